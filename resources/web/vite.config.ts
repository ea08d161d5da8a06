/** How the web client is built: into resources/web_dist, served by Clipset at / with its files under /assets. */
import { defineConfig } from "vite";
import { compressed } from "./build/compressed.ts";
import { favicon } from "./build/favicon.ts";
import { installable } from "./build/installable.ts";
import { stylePolicy } from "./build/style-policy.ts";
import { themeTokens } from "./build/tokens.ts";

export default defineConfig({
  plugins: [themeTokens(), favicon(), installable(), stylePolicy(), compressed()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../web_dist",
    emptyOutDir: true,
    manifest: true,
    // One small style sheet: nothing jumps when a page's own would come late, and it cannot get lost on the way.
    cssCodeSplit: false,
    // Phones of 2021 and newer.
    target: ["chrome94", "edge94", "firefox93", "safari15"],
    // Inlined fonts and pictures would need data: in the policy, and icons are drawn inline already.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // What every page needs comes in one file: Clipset speaks HTTP/1.1, where each file costs a round trip.
        codeSplitting: {
          groups: [
            {
              name: "client",
              test: /src\/(api|app|components|icons|format|i18n\/(index|en)|uploads\/(store|machine)|videos)\b|node_modules\/(@?preact)/,
            },
          ],
          includeDependenciesRecursively: true,
        },
      },
    },
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": process.env.CLIPSET_SERVER ?? "http://127.0.0.1:8400" },
  },
});
