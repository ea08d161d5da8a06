/** Makes the client installable: a manifest, an icon, and the worker that shows a page while there is no connection. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { appIcon, asPng } from "./app-icon.ts";
import { readTokens } from "./tokens.ts";

const workerFile = fileURLToPath(new URL("../src/offline/worker.js", import.meta.url));

/** Home screens take PNG: iOS one of 180, Android's launchers 192 and 512 (web.dev/articles/add-manifest). */
const TOUCH_PX = 180;
const LAUNCHER_PX = [192, 512];

export function installable(): Plugin {
  const icon = appIcon();
  const digest = createHash("sha256").update(icon).digest("hex").slice(0, 8);
  const nameOf = (end: string) => `assets/app-${digest}${end}`;
  const pngOf = (sidePx: number) => nameOf(`-${sidePx}.png`);
  const { light } = readTokens().color;
  const manifest = {
    id: "/",
    name: "Clipset",
    start_url: "/",
    display: "standalone",
    background_color: light.paper,
    theme_color: light.paper,
    icons: [
      { src: `/${nameOf(".svg")}`, type: "image/svg+xml", sizes: "any", purpose: "any maskable" },
      ...LAUNCHER_PX.map((sidePx) => ({
        src: `/${pngOf(sidePx)}`,
        type: "image/png",
        sizes: `${sidePx}x${sidePx}`,
        purpose: "any maskable",
      })),
    ],
  };
  return {
    name: "clipset-installable",
    apply: "build",
    enforce: "post",
    async generateBundle(_options, bundle) {
      this.emitFile({ type: "asset", fileName: nameOf(".svg"), source: icon });
      for (const sidePx of [TOUCH_PX, ...LAUNCHER_PX])
        this.emitFile({ type: "asset", fileName: pngOf(sidePx), source: await asPng(icon, sidePx) });
      this.emitFile({ type: "asset", fileName: "app.webmanifest", source: JSON.stringify(manifest) });
      // What the page without a connection needs: the entry, what it imports at once, the style and the languages.
      const files = new Set<string>([nameOf(".svg")]);
      const add = (name: string) => {
        const chunk = bundle[name];
        if (files.has(name) || chunk?.type !== "chunk") return;
        files.add(name);
        for (const next of chunk.imports) add(next);
      };
      for (const [name, chunk] of Object.entries(bundle)) {
        if (chunk.type === "chunk" && (chunk.isEntry || chunk.name.startsWith("de"))) add(name);
        if (name.endsWith(".css")) files.add(name);
      }
      const list = [...files].sort().map((name) => `/${name}`);
      const version = createHash("sha256").update(list.join()).digest("hex").slice(0, 8);
      const worker = readFileSync(workerFile, "utf8")
        .replace("__VERSION__", version)
        .replace('["__FILES__"]', JSON.stringify(list));
      this.emitFile({ type: "asset", fileName: "worker.js", source: worker });
    },
    transformIndexHtml: () => [
      { tag: "link", attrs: { rel: "manifest", href: "/app.webmanifest" }, injectTo: "head" },
      { tag: "link", attrs: { rel: "apple-touch-icon", href: `/${pngOf(TOUCH_PX)}` }, injectTo: "head" },
    ],
  };
}
