/** Makes the client installable: a manifest, an icon, and the worker that shows a page while there is no connection. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { readTokens } from "./tokens.ts";

const markFile = fileURLToPath(new URL("../../icons/mark.svg", import.meta.url));
const workerFile = fileURLToPath(new URL("../src/offline/worker.js", import.meta.url));

/** The mark on a ground of our paper, with the room around it that systems cut their shapes from. */
function appIcon(): string {
  const { light } = readTokens().color;
  const drawing = readFileSync(markFile, "utf8").replace(/^<svg[^>]*>|<\/svg>\s*$/g, "");
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512"><rect width="512" height="512" fill="${light.paper}"/>` +
    `<g transform="translate(112 112) scale(12)" fill="none" stroke="${light.accent}" color="${light.accent}" ` +
    `stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${drawing}</g></svg>`
  );
}

export function installable(): Plugin {
  const icon = appIcon();
  const digest = createHash("sha256").update(icon).digest("hex").slice(0, 8);
  const iconFile = `assets/app-${digest}.svg`;
  const { light } = readTokens().color;
  const manifest = {
    id: "/",
    name: "Clipset",
    start_url: "/",
    display: "standalone",
    background_color: light.paper,
    theme_color: light.paper,
    icons: [{ src: `/${iconFile}`, type: "image/svg+xml", sizes: "any", purpose: "any maskable" }],
  };
  return {
    name: "clipset-installable",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      this.emitFile({ type: "asset", fileName: iconFile, source: icon });
      this.emitFile({ type: "asset", fileName: "app.webmanifest", source: JSON.stringify(manifest) });
      // What the page without a connection needs: the entry, what it imports at once, the style and the languages.
      const files = new Set<string>([iconFile]);
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
    ],
  };
}
