import { describe, expect, it } from "vitest";
import {
  formatAgo,
  formatBytes,
  formatDuration,
  formatMoment,
  formatPercent,
  formatTimeLeft,
  isoDuration,
} from "../src/format.ts";

/** Intl uses several kinds of spaces; people see one. */
const plain = (text: string) => text.replace(/\s/g, " ");

describe("sizes", () => {
  it.each([
    [0, "en", "0 bytes"],
    [999, "en", "999 bytes"],
    [1023, "en", "1 kB"],
    [1_300_000, "en", "1.2 MB"],
    [2_147_483_648, "en", "2 GB"],
    [1_288_490_189, "de", "1,2 GB"],
    [220_000_000, "en", "210 MB"],
    [1_099_511_627_776, "en", "1 TB"],
    [-5, "en", "0 bytes"],
  ])("%d in %s is %s", (bytes, locale, said) => {
    expect(plain(formatBytes(bytes, locale))).toBe(said);
  });
});

describe("durations", () => {
  it.each([
    [0, "0:00", "PT0M0S"],
    [7.96, "0:07", "PT0M7S"],
    [247, "4:07", "PT4M7S"],
    [3723, "1:02:03", "PT62M3S"],
    [-1, "0:00", "PT0M0S"],
  ])("%d s is %s", (seconds, said, iso) => {
    expect(formatDuration(seconds)).toBe(said);
    expect(isoDuration(seconds)).toBe(iso);
  });
});

describe("percents", () => {
  it.each([
    [34.2, "34%"],
    [99.9, "99%"],
    [100, "100%"],
    [140, "100%"],
    [-3, "0%"],
  ])("%d is %s, and 100 only when it is true", (percent, said) => {
    expect(plain(formatPercent(percent, "en"))).toBe(said);
  });

  it("has the reader's spacing", () => {
    expect(plain(formatPercent(34, "de"))).toBe("34 %");
  });
});

describe("time left", () => {
  it.each([
    [0, "1 sec"],
    [3.2, "4 sec"],
    [38, "40 sec"],
    [58, "1 min"],
    [121, "3 min"],
    [3540, "59 min"],
    [3541, "1 hr"],
    [5401, "2 hr"],
  ])("%d s is %s", (seconds, said) => {
    expect(plain(formatTimeLeft(seconds, "en"))).toBe(said);
  });
});

describe("moments", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");

  it.each([
    ["2026-11-22T11:59:30Z", "now"],
    ["2026-11-22T11:15:00Z", "45 minutes ago"],
    ["2026-11-21T11:00:00Z", "yesterday"],
    ["2026-11-01T12:00:00Z", "3 weeks ago"],
    ["2024-11-01T12:00:00Z", "2 years ago"],
    ["2026-11-22T12:05:00Z", "now"],
  ])("%s was %s", (iso, said) => {
    expect(formatAgo(iso, now, "en")).toBe(said);
  });

  it("names the day of the next reset in the reader's zone", () => {
    expect(formatMoment("2026-11-29T00:00:00Z", now, "en-GB", "UTC")).toBe("Sunday 00:00");
    expect(formatMoment("2026-11-29T00:00:00Z", now, "de", "America/New_York")).toBe("Samstag 19:00");
  });

  it("gives the date where a weekday could mean two days", () => {
    expect(formatMoment("2026-12-06T00:00:00Z", now, "en-GB", "UTC")).toBe("6 Dec 2026 00:00");
  });
});
