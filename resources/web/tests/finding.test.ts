import { describe, expect, it } from "vitest";
import { markMatches, snippet } from "../src/videos/matches.ts";
import { nextVisits } from "../src/videos/visits.ts";

const marked = (text: string, query: string) =>
  markMatches(text, query)
    .map((piece) => (piece.matches ? `[${piece.text}]` : piece.text))
    .join("");

describe("the words of a search are marked", () => {
  it.each([
    ["Ocean in July", "ocean", "[Ocean] in July"],
    ["Ocean in July", "ju oce", "[Oce]an in [Ju]ly"],
    ["Café Müller", "cafe mull", "[Café] [Müll]er"],
    ["Cafe\u0301 au lait", "café", "[Cafe\u0301] au lait"],
    ["Große Straße", "strasse", "Große [Straße]"],
    ["夏の海", "の海", "夏[の海]"],
    ["aaa", "aa", "[aaa]"],
    ["<b>bold</b>", "<b>", "[<b>]bold</b>"],
    ["Anything", "", "Anything"],
    ["", "x", ""],
  ])("%s for %s", (text, query, expected) => {
    expect(marked(text, query)).toBe(expected);
  });

  it("gives back the whole text, whatever is marked", () => {
    const text = "İstanbul ﬁlm 🎬 ǅ Å";
    for (const query of ["i", "fi", "🎬", "dž", "a"]) {
      const pieces = markMatches(text, query);
      expect(pieces.map((piece) => piece.text).join("")).toBe(text);
    }
  });

  it("shows the part of a description that matches", () => {
    const long = `${"word ".repeat(40)}needle ${"more ".repeat(60)}`;
    expect(snippet(long, "needle")).toMatch(/^….*needle.*…$/);
    expect(snippet(long, "needle")?.length).toBeLessThan(200);
    expect(snippet("A needle here", "needle")).toBe("A needle here");
    expect(snippet(long, "absent")).toBeNull();
  });
});

describe("visits", () => {
  const HOUR = 3_600_000;

  it("mark nothing as new the first time", () => {
    expect(nextVisits(null, HOUR)).toEqual({ before: null, last: HOUR });
  });

  it("go on after a short pause and begin anew after a long one", () => {
    const first = nextVisits(null, HOUR);
    const same = nextVisits(first, HOUR + 60_000);
    expect(same.before).toBeNull();
    const second = nextVisits(same, 5 * HOUR);
    expect(second.before).toBe(HOUR + 60_000);
    expect(nextVisits(second, 5 * HOUR + 60_000).before).toBe(HOUR + 60_000);
  });
});
