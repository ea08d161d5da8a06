import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { changesOf } from "../src/admin/settings.tsx";
import { ApiError } from "../src/api/index.ts";
import { strengthOf } from "../src/app/strength.ts";
import { chooseLanguage, saySentence } from "../src/i18n/index.ts";

describe("how hard a password is to guess", () => {
  it.each([
    ["short", 0],
    ["password1", 0],
    ["12345678", 0],
    ["qwertyuiop", 0],
    ["aaaaaaaaaaaa", 0],
    ["Passwort2024", 0],
    ["Sommer2025!", 0],
    ["correct horse battery", 3],
    ["vT9#kq2Lx8pw", 3],
  ] as const)("%s is %i", (password, strength) => {
    expect(strengthOf(password)).toBe(strength);
  });

  it("does not count what others know about the person", () => {
    expect(strengthOf("mia.miller", ["mia", "miller"])).toBe(0);
    expect(strengthOf("mia.miller")).toBeGreaterThan(0);
  });

  it("only grows with more of the same kind of letters", () => {
    const strengths = [8, 10, 13, 18].map((length) => strengthOf("bkwtmhzxvnrdlgpcsf".slice(0, length)));
    expect(strengths).toEqual([...strengths].sort());
    expect(strengths.at(-1)).toBe(3);
  });
});

describe("settings", () => {
  it("sends what was changed and nothing else", () => {
    const before = { server_name: "A", renditions: [1080], keep: true };
    expect(changesOf(before, { ...before, renditions: [1080] })).toEqual({});
    expect(changesOf(before, { ...before, renditions: [1080, 480] })).toEqual({ renditions: [1080, 480] });
  });
});

describe("what the server says, in German", () => {
  const refuse = (code: string, detail: string, field?: string) =>
    new ApiError({ status: 422, code, detail, ...(field ? { errors: [{ field, detail }] } : {}) });

  it("is said by sentence, by field, by code, or as it came", async () => {
    await chooseLanguage("de");
    expect(refuse("invalid_input", "Give the video a title.").message).toBe("Gib dem Video einen Titel.");
    expect(refuse("conflict", "Taken.", "email").fields[0]?.detail).toMatch(/^Mit dieser E-Mail-Adresse/);
    expect(refuse("quota_exceeded", "Too much.").message).toMatch(/diese Woche/);
    expect(refuse("something_new", "It is new.").message).toBe("It is new.");
    await chooseLanguage("en");
    expect(refuse("quota_exceeded", "Too much.").message).toBe("Too much.");
  });

  it("knows every reason why a file cannot become a video", async () => {
    const refusals = readFileSync(new URL("../../../server/media/refusals.py", import.meta.url), "utf8");
    const sentences = [...refusals.matchAll(/^ {4}"\w+": "(.+)",$/gm)].map((match) => match[1] ?? "");
    expect(sentences.length).toBeGreaterThan(10);
    await chooseLanguage("de");
    for (const sentence of sentences) expect(saySentence(sentence)).not.toBe(sentence);
    await chooseLanguage("en");
  });
});
