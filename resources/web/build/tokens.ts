/** Turns resources/theme/tokens.json into CSS custom properties (`virtual:tokens.css`). Owns no value itself. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

type Named<T> = Record<string, T>;

export interface Tokens {
  color: { light: Named<string>; dark: Named<string> };
  space: Named<number>;
  radius: Named<number>;
  type: { family: string; size: Named<number>; line: Named<number>; weight: Named<number> };
  motion: { quick: number; calm: number; easing: string };
}

/** The size browsers call 1rem, so that a reader's larger text enlarges ours. */
const ROOT_PX = 16;

const declare = (prefix: string, values: Named<string | number>, show: (value: string | number) => string) =>
  Object.entries(values)
    .map(([name, value]) => `--${prefix}-${name}:${show(value)};`)
    .join("");

const px = (value: string | number) => `${value}px`;
const rem = (value: string | number) => `${Number(value) / ROOT_PX}rem`;
const plain = (value: string | number) => `${value}`;

/** CSS for both themes: `data-theme` on the root wins, else the system's wish. Pixels become rem for type. */
export function tokensToCss(tokens: Tokens): string {
  const light = `color-scheme:light;${declare("color", tokens.color.light, plain)}`;
  const dark = `color-scheme:dark;${declare("color", tokens.color.dark, plain)}`;
  const rest =
    declare("space", tokens.space, px) +
    declare("radius", tokens.radius, px) +
    declare("size", tokens.type.size, rem) +
    declare("line", tokens.type.line, rem) +
    declare("weight", tokens.type.weight, plain) +
    `--font:${tokens.type.family};` +
    `--quick:${tokens.motion.quick}ms;--calm:${tokens.motion.calm}ms;--easing:${tokens.motion.easing};`;
  return (
    `:root{${rest}${light}}` +
    `@media (prefers-color-scheme:dark){:root:not([data-theme="light"]){${dark}}}` +
    `:root[data-theme="dark"]{${dark}}` +
    `@media (prefers-reduced-motion:reduce){:root{--quick:0ms;--calm:0ms;}}`
  );
}

export const tokensFile = fileURLToPath(new URL("../../theme/tokens.json", import.meta.url));

export function readTokens(): Tokens {
  return JSON.parse(readFileSync(tokensFile, "utf8")) as Tokens;
}

export function themeTokens(): Plugin {
  const id = "virtual:tokens.css";
  return {
    name: "clipset-tokens",
    resolveId: (source) => (source === id ? `\0${id}` : null),
    load(loaded) {
      if (loaded !== `\0${id}`) return null;
      this.addWatchFile(tokensFile);
      return tokensToCss(readTokens());
    },
  };
}
