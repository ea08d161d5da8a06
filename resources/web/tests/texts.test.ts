import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readTokens, tokensToCss } from "../build/tokens.ts";
import { readProblem } from "../src/api/http.ts";
import { deviceOf } from "../src/app/device.ts";
import type { Plural } from "../src/i18n/catalogue.ts";
import { de } from "../src/i18n/de.ts";
import { served } from "../src/i18n/de-served.ts";
import { en } from "../src/i18n/en.ts";
import { bestLanguage, fill, localeFor, t } from "../src/i18n/index.ts";

const sources = fileURLToPath(new URL("../src/", import.meta.url));

const forms = (entry: string | Plural) => (typeof entry === "string" ? [entry] : [entry.one, entry.other]);
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

describe("the catalogue", () => {
  const keys = Object.keys(en) as (keyof typeof en)[];

  it.each(keys)("%s has the same placeholders in both languages", (key) => {
    const wanted = placeholders(forms(en[key])[0] ?? "");
    for (const text of [...forms(en[key]), ...forms(de[key])]) expect(placeholders(text)).toEqual(wanted);
  });

  /** Keys that are put together from a part and a value. */
  const COMPOSED = /^(sort|account\.theme|player\.captionSize|ledger|setting)\./;
  const used = readdirSync(sources, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !name.startsWith("i18n"))
    .map((name) => readFileSync(join(sources, name), "utf8"))
    .join("");

  it.each(keys.filter((key) => !COMPOSED.test(key)))("%s is said somewhere", (key) => {
    expect(used).toContain(`"${key}"`);
  });

  it("speaks quietly: no exclamation marks, no jargon", () => {
    const all = keys.flatMap((key) => [...forms(en[key]), ...forms(de[key])]).join("\n");
    expect(all).not.toMatch(/!|transcod|codec|invalid|oops/i);
  });

  it("fills in names and chooses the plural", () => {
    expect(t("video.views", { count: 1 })).toBe("1 view");
    expect(t("video.views", { count: 1204 })).toBe("1,204 views");
    expect(t("join.title", { server: "the Müllers" })).toBe("Join the Müllers");
    expect(fill("{a} {b}", { a: "$&" })).toBe("$& {b}");
  });

  it.each([
    [["fr-FR", "de-AT"], "de", "de-AT"],
    [["en-GB", "de"], "en", "en-GB"],
    [["ja"], "en", "en"],
    [[], "en", "en"],
  ] as const)("wishes %o get %s in %s", (wishes, language, locale) => {
    expect(bestLanguage(wishes)).toBe(language);
    expect(localeFor(language, wishes)).toBe(locale);
  });
});

describe("what the server says of a video that failed", () => {
  const refusals = readFileSync(join(sources, "../../../server/media/refusals.py"), "utf8");
  const table = /^SENTENCES.*?^}/ms.exec(refusals)?.[0] ?? "";
  const sentences = [...table.matchAll(/": "(.+)",$/gm)].map((match) => match[1] ?? "");

  it("was found", () => expect(sentences.length).toBeGreaterThan(10));
  it.each(sentences)("%s has German words", (sentence) => expect(served[sentence]).toBeTruthy());
});

describe("answers that are no problem document", () => {
  it.each(["", "<html>502</html>", "null", "[]", '{"detail": 3}'])("%s becomes a sentence", (body) => {
    expect(readProblem(502, body)).toEqual({
      status: 502,
      code: "unexpected",
      detail: en["error.unexpected"],
    });
  });

  it("keeps the server's own sentence", () => {
    const body = JSON.stringify({ detail: "The disk is full.", code: "out_of_space" });
    expect(readProblem(507, body)).toEqual({
      status: 507,
      code: "out_of_space",
      detail: "The disk is full.",
    });
  });
});

describe("devices", () => {
  it.each([
    [
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36",
      "Chrome on Linux",
      false,
    ],
    [
      "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156.0 Safari/537.36 Edg/156.0",
      "Edge on Windows",
      false,
    ],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1",
      "Safari on iPhone",
      true,
    ],
    ["Mozilla/5.0 (Android 15; Mobile; rv:149.0) Gecko/149.0 Firefox/149.0", "Firefox on Android", true],
    ["curl/8.5.0", "curl", false],
    [null, "Unknown device", false],
  ])("%s is %s", (agent, name, isPhone) => {
    expect(deviceOf(agent)).toEqual({ name, isPhone });
  });
});

describe("the tokens", () => {
  const css = tokensToCss(readTokens());

  it("become custom properties for both themes", () => {
    const { light, dark } = readTokens().color;
    expect(css).toContain(`--color-accent:${light.accent};`);
    expect(css.split(`--color-accent:${dark.accent};`)).toHaveLength(3);
  });

  it("grow with the reader's type size", () => {
    expect(css).toContain("--size-medium:1rem;");
  });
});
