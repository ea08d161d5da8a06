import { describe, expect, it } from "vitest";
import { isSameFile, titleFromFilename } from "../src/uploads/names.ts";
import { secondsLeft, startRate, updateRate } from "../src/uploads/rate.ts";

describe("titles from file names", () => {
  it.each([
    ["Holiday_in__Rome.mp4", "Holiday in Rome"],
    ["oma.geburtstag.80.mov", "oma geburtstag.80"],
    ["名前 🎬 (1).mkv", "名前 🎬 (1)"],
    ["no ending", "no ending"],
    [".mp4", ".mp4"],
    ["___.mp4", "___.mp4"],
    ["<img src=x onerror=alert(1)>.webm", "<img src=x onerror=alert(1)>"],
  ])("%s → %s", (name, title) => {
    expect(titleFromFilename(name)).toBe(title);
  });

  it("cuts by characters, not in the middle of one", () => {
    expect([...titleFromFilename(`${"🎬".repeat(300)}.mp4`)]).toHaveLength(200);
  });
});

describe("the same file again", () => {
  const mark = { name: "a.mp4", size: 5, lastModified: 1 };
  it.each([
    [mark, true],
    [{ ...mark, size: 6 }, false],
    [{ ...mark, name: "b.mp4" }, false],
    [{ ...mark, lastModified: 2 }, false],
  ])("%o: %s", (other, same) => {
    expect(isSameFile(mark, other)).toBe(same);
  });
});

describe("the rate of sending", () => {
  it("says nothing before it knows", () => {
    const rate = updateRate(startRate(0, 0), 1000, 1000);
    expect(secondsLeft(rate, 10_000)).toBeNull();
  });

  it("estimates the rest from a steady rate", () => {
    let rate = startRate(0, 0);
    for (let second = 1; second <= 10; second += 1) rate = updateRate(rate, second * 1000, second * 1000);
    expect(secondsLeft(rate, 20_000)).toBeCloseTo(10, 5);
  });

  it("follows a change within seconds, not at once", () => {
    let rate = startRate(0, 0);
    for (let second = 1; second <= 5; second += 1) rate = updateRate(rate, second * 1000, second * 1000);
    const after = updateRate(rate, 15_000, 6000);
    expect(after.bytesPerSecond).toBeGreaterThan(1000);
    expect(after.bytesPerSecond).toBeLessThan(10_000);
  });

  it("starts anew when the server had less than was sent", () => {
    const rate = updateRate(updateRate(startRate(0, 0), 5000, 2000), 1000, 3000);
    expect(rate).toEqual(startRate(1000, 3000));
  });
});
