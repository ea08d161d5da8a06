import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readTokens } from "../build/tokens.ts";

const sources = fileURLToPath(new URL("../src/", import.meta.url));
const files = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((name) =>
  /\.(tsx?|css)$/.test(name),
);

/** WCAG 2.2's relative luminance of "#RRGGBB". */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((start) => {
    const part = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

describe("colours", () => {
  it.each(files)("%s names none: they are tokens", (name) => {
    const text = readFileSync(join(sources, name), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    expect(text).not.toMatch(
      /#[0-9a-f]{3,8}\b(?!["'`]?\s*\))|\b(rgba?|hsla?|oklch|lab)\(|:\s*(white|black|red|gr[ae]y)\b/i,
    );
  });

  /** Which words stand on which ground in our styles. */
  const pairs = [
    ["text", "paper"],
    ["text", "surface"],
    ["text", "raised"],
    ["text", "sunken"],
    ["text-quiet", "paper"],
    ["text-quiet", "surface"],
    ["text-quiet", "raised"],
    ["text-quiet", "sunken"],
    ["on-accent", "accent"],
    ["on-accent", "accent-hover"],
    ["text", "accent-soft"],
    ["accent", "paper"],
    ["surface", "bad"],
    ["bad", "bad-soft"],
    ["bad", "surface"],
    ["bad", "paper"],
    ["good", "surface"],
    ["accent", "accent-soft"],
    ["good", "good-soft"],
    ["warn", "warn-soft"],
    ["paper", "text"],
    ["on-video", "video"],
  ] as const;
  const { light, dark } = readTokens().color;

  it.each(pairs)("%s on %s can be read in both themes", (words, ground) => {
    for (const theme of [light, dark]) {
      expect(contrast(theme[words] ?? "", theme[ground] ?? "")).toBeGreaterThanOrEqual(4.5);
    }
  });
});
