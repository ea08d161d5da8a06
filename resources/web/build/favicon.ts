/** Makes the page's icon from the mark's drawing and the accent token, under a name that changes with it. */
import { createHash } from "node:crypto";
import type { Plugin } from "vite";
import { readMark } from "./app-icon.ts";
import { readTokens } from "./tokens.ts";

export function favicon(): Plugin {
  const { light, dark } = readTokens().color;
  const drawing = readMark().replace(
    ">",
    `><style>svg{color:${light.accent}}@media (prefers-color-scheme:dark){svg{color:${dark.accent}}}</style>`,
  );
  const digest = createHash("sha256").update(drawing).digest("hex").slice(0, 8);
  const fileName = `assets/mark-${digest}.svg`;
  return {
    name: "clipset-favicon",
    apply: "build",
    generateBundle() {
      this.emitFile({ type: "asset", fileName, source: drawing });
    },
    transformIndexHtml: () => [
      { tag: "link", attrs: { rel: "icon", type: "image/svg+xml", href: `/${fileName}` }, injectTo: "head" },
    ],
  };
}
