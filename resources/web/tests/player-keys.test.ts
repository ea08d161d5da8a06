import { describe, expect, it } from "vitest";
import { frameRatios } from "../src/player/frame.ts";
import { commandFor, type Focus, speedAfter } from "../src/player/keys.ts";

const press = (key: string, more = {}) => ({ key, ctrlKey: false, altKey: false, metaKey: false, ...more });

describe("the player's keys", () => {
  it.each<[string, Focus, object | null]>([
    [" ", "elsewhere", { do: "toggle" }],
    ["k", "elsewhere", { do: "toggle" }],
    ["K", "elsewhere", { do: "toggle" }],
    ["j", "elsewhere", { do: "seekBy", seconds: -10 }],
    ["l", "button", { do: "seekBy", seconds: 10 }],
    ["ArrowLeft", "elsewhere", { do: "seekBy", seconds: -5 }],
    ["ArrowRight", "button", { do: "seekBy", seconds: 5 }],
    ["ArrowUp", "player", { do: "volumeBy", step: 0.05 }],
    ["ArrowUp", "elsewhere", null],
    ["End", "player", { do: "seekTo", fraction: 1 }],
    ["End", "elsewhere", null],
    ["c", "elsewhere", { do: "captions" }],
    ["t", "elsewhere", { do: "theatre" }],
    ["N", "elsewhere", { do: "next" }],
    ["n", "elsewhere", null],
    [".", "elsewhere", { do: "frameBy", frames: 1 }],
    ["?", "button", { do: "help" }],
    ["f", "elsewhere", { do: "fullscreen" }],
    ["m", "elsewhere", { do: "mute" }],
    ["0", "elsewhere", { do: "seekTo", fraction: 0 }],
    ["7", "elsewhere", { do: "seekTo", fraction: 0.7 }],
    [" ", "button", null],
    ["Enter", "button", null],
    ["ArrowRight", "range", null],
    [" ", "range", { do: "toggle" }],
    ["k", "text", null],
    ["x", "elsewhere", null],
    ["Tab", "elsewhere", null],
    ["F5", "elsewhere", null],
  ])("%s with the focus on %s", (key, focus, command) => {
    expect(commandFor(press(key), focus)).toEqual(command);
  });

  it.each(["ctrlKey", "altKey", "metaKey"])("leaves %s combinations to the browser", (modifier) => {
    expect(commandFor(press("f", { [modifier]: true }), "elsewhere")).toBeNull();
  });
});

describe("speeds", () => {
  it.each([
    [1, 1, 1.25],
    [1, -1, 0.75],
    [2, 1, 2],
    [0.25, -1, 0.25],
    [1.1, 1, 1.25],
  ] as const)("from %d by %d is %d", (from, steps, to) => {
    expect(speedAfter(from, steps)).toBe(to);
  });
});

describe("the picture's place", () => {
  it.each([
    [1920, 1080, "1.7778", "1.7778"],
    [1080, 1920, "1.7778", "0.8000"],
    [640, 480, "1.7778", "1.3333"],
    [8192, 64, "2.3333", "2.3333"],
    [null, null, "1.7778", "1.7778"],
  ])("for %s × %s", (width, height, wide, narrow) => {
    expect(frameRatios(width, height)).toEqual({ wide, narrow });
  });
});
