/** Puts a gzipped twin beside each file of the client that becomes smaller by it; the server sends that one to browsers. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** Pictures are compressed already. */
const TEXT = /\.(js|css|svg|html|webmanifest)$/;

export function compressed(): Plugin {
  return {
    name: "clipset-compressed",
    apply: "build",
    writeBundle({ dir }, bundle) {
      for (const name of Object.keys(bundle).filter((one) => TEXT.test(one))) {
        const file = join(dir ?? "", name);
        const whole = readFileSync(file);
        const small = gzipSync(whole, { level: 9 });
        if (small.length < whole.length) writeFileSync(`${file}.gz`, small);
      }
    },
  };
}
