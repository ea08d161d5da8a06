import { describe, expect, it } from "vitest";
import { chooseTrack, firstTrack, sayTrack, wishOf } from "../src/player/captions.ts";
import { readTime, startOf } from "../src/player/position.ts";
import { chooseQuality } from "../src/player/preferences.ts";
import { type Taps, tap } from "../src/player/taps.ts";
import { pickTiles, readStoryboard } from "../src/videos/storyboard.ts";

describe("where a video starts", () => {
  it.each([
    ["where one stopped", null, 83_000, 600, 83],
    ["at the beginning after a few seconds", null, 4000, 600, 0],
    ["at the beginning after the end", null, 590_000, 600, 0],
    ["where one stopped, of unknown length", null, 590_000, null, 590],
    ["where the address says", 12, 83_000, 600, 12],
    ["at the beginning, if the address says so", 0, 83_000, 600, 0],
  ])("%s", (_name, askedS, positionMs, durationS, startS) => {
    expect(startOf(askedS, positionMs, durationS)).toBe(startS);
  });

  it.each([
    ["83", 83],
    ["83s", 83],
    ["1m23s", 83],
    ["2h", 7200],
    ["1h1m1s", 3661],
    ["", null],
    ["soon", null],
    ["-5", null],
    [undefined, null],
  ])("?t=%s is %s", (text, seconds) => {
    expect(readTime(text)).toBe(seconds);
  });
});

describe("double taps", () => {
  const row = (...taps: [number, number][]) => {
    let before: Taps | null = null;
    return taps.map(([fraction, atMs]) => {
      const tapped = tap(before, fraction, atMs);
      before = tapped.taps;
      return [tapped.seconds, tapped.sum];
    });
  };

  it("at the right go forward, each further one again", () => {
    const taps = row([0.9, 0], [0.9, 200], [0.8, 400]);
    expect(taps).toEqual([
      [0, 0],
      [10, 10],
      [10, 20],
    ]);
  });

  it("at the left go back", () => {
    const taps = row([0.1, 0], [0.2, 300]);
    expect(taps.at(-1)).toEqual([-10, -10]);
  });

  it.each([
    ["too slow", row([0.9, 0], [0.9, 400])],
    ["on both sides", row([0.9, 0], [0.1, 200])],
    ["in the middle", row([0.5, 0], [0.5, 200])],
  ])("mean nothing when they are %s", (_name, taps) => {
    expect(taps.every(([seconds]) => seconds === 0)).toBe(true);
  });
});

describe("captions", () => {
  const english = { n: 1, language: "en", label: "en" };
  const signs = { n: 2, language: "en", label: "Signs" };
  const swiss = { n: 3, language: "de-CH", label: null };
  const nameless = { n: 4, language: null, label: null };
  const tracks = [english, signs, swiss, nameless];

  it.each(tracks.map((track) => [track]))("%o is found again by its own wish", (track) => {
    expect(chooseTrack(tracks, wishOf(track))).toBe(track);
  });

  it("are off without a wish, and where the language is missing", () => {
    expect(chooseTrack(tracks, "")).toBeUndefined();
    expect(chooseTrack(tracks, "fr/French")).toBeUndefined();
  });

  it("follow the language from video to video, whatever the region and the name", () => {
    expect(chooseTrack(tracks, "de/German")).toBe(swiss);
    expect(firstTrack(tracks, "de")).toBe(swiss);
    expect(firstTrack(tracks, "fr")).toBe(english);
  });

  it("are named as people speak of them", () => {
    expect(tracks.map(sayTrack)).toEqual(["English", "Signs", expect.stringMatching(/German/), "4"]);
  });
});

describe("the quality to ask for", () => {
  it.each([
    ["", undefined],
    ["1080", undefined],
    ["720", 480],
    ["480", 480],
    ["240", 240],
    ["144", 240],
  ])("a wish for “%s” of 1080, 480 and 240 gets %s", (wish, height) => {
    expect(chooseQuality([480, 1080, 240], wish)).toBe(height);
  });

  it("is the file itself where there is nothing to choose", () => {
    expect(chooseQuality([], "480")).toBeUndefined();
    expect(chooseQuality([720], "480")).toBeUndefined();
  });
});

describe("the storyboard", () => {
  const vtt =
    "WEBVTT\n\n00:00.000 --> 00:05.000\nsheet.jpg?link=a#xywh=0,0,160,90\n\n01:00:05.500 --> 01:00:10.000\n" +
    "sheet.jpg#xywh=160,90,160,90\n\n00:10.000 --> 00:15.000\njust words\n";

  it("is read with its times and places", () => {
    expect(readStoryboard(vtt)).toEqual([
      { startS: 0, sheet: "sheet.jpg?link=a", x: 0, y: 0, width: 160, height: 90 },
      { startS: 3605.5, sheet: "sheet.jpg", x: 160, y: 90, width: 160, height: 90 },
    ]);
  });

  it("is thinned evenly", () => {
    const tiles = Array.from({ length: 100 }, (_, x) => ({
      startS: x,
      sheet: "",
      x,
      y: 0,
      width: 1,
      height: 1,
    }));
    expect(pickTiles(tiles, 4).map((tile) => tile.x)).toEqual([0, 25, 50, 75]);
    expect(pickTiles(tiles.slice(0, 3), 4)).toHaveLength(3);
  });
});
