/**
 * Allows exactly the `<style>` elements that media-chrome puts into its shadow trees, by their hashes, so that no other
 * inline style is obeyed. The page's policy adds to the server's, which cannot know them: both must agree.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Plugin } from "vite";

const player = fileURLToPath(new URL("../src/player/player.tsx", import.meta.url));
const library = fileURLToPath(new URL("../node_modules/media-chrome/dist/", import.meta.url));

interface Drawn {
  default?: { getTemplateHTML?(attributes: object, properties: object): string };
}

/** The files of all elements that the player imports, and of those they are made of. */
function elementFiles(): Set<string> {
  const files = new Set<string>();
  const follow = (file: string) => {
    if (files.has(file)) return;
    files.add(file);
    for (const [, next] of readFileSync(file, "utf8").matchAll(
      /(?:from|import) "(\.[^"]*media-[\w-]+\.js)"/g,
    )) {
      if (next) follow(resolve(dirname(file), next));
    }
  };
  for (const [, name] of readFileSync(player, "utf8").matchAll(/"media-chrome\/(media-[\w-]+\.js)"/g)) {
    if (name) follow(resolve(library, name));
  }
  return files;
}

export function stylePolicy(): Plugin {
  return {
    name: "clipset-style-policy",
    apply: "build",
    async transformIndexHtml() {
      const hashes = new Set<string>();
      for (const file of elementFiles()) {
        const element = ((await import(pathToFileURL(file).href)) as Drawn).default;
        const html = element?.getTemplateHTML?.({}, {}) ?? "";
        for (const [, css] of html.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/g)) {
          hashes.add(
            `'sha256-${createHash("sha256")
              .update(css ?? "")
              .digest("base64")}'`,
          );
        }
      }
      if (hashes.size === 0)
        throw new Error("media-chrome shows its styles no longer: the page's policy has to change.");
      const content = `style-src-elem 'self' ${[...hashes].sort().join(" ")}`;
      return [
        {
          tag: "meta",
          attrs: { "http-equiv": "Content-Security-Policy", content },
          injectTo: "head",
        },
      ];
    },
  };
}
