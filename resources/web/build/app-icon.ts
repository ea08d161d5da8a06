/** The mark on a ground of our paper, with the room around it that systems cut their shapes from, as SVG and as PNG. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { readTokens } from "./tokens.ts";

const markFile = fileURLToPath(new URL("../../icons/mark.svg", import.meta.url));

/** The mark's drawing as it is in the file. */
export const readMark = () => readFileSync(markFile, "utf8");

export function appIcon(): string {
  const { light } = readTokens().color;
  const drawing = readMark().replace(/^<svg[^>]*>|<\/svg>\s*$/g, "");
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512"><rect width="512" height="512" fill="${light.paper}"/>` +
    `<g transform="translate(112 112) scale(12)" fill="none" stroke="${light.accent}" color="${light.accent}" ` +
    `stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${drawing}</g></svg>`
  );
}

let ready: Promise<void> | null = null;

/** A drawing as a PNG of `sidePx` by `sidePx`, for the systems that take no SVG. */
export async function asPng(drawing: string, sidePx: number): Promise<Uint8Array> {
  ready ??= initWasm(readFileSync(createRequire(import.meta.url).resolve("@resvg/resvg-wasm/index_bg.wasm")));
  await ready;
  return new Resvg(drawing, { fitTo: { mode: "width", value: sidePx } }).render().asPng();
}
