/**
 * Prints what the built client weighs and fails when the first load of the library page is over its budget.
 * The first load is the entry's script with everything it imports statically; the player comes later.
 */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const FIRST_LOAD_BUDGET_BYTES = 80_000;
const dist = new URL("../../web_dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));
const gzipped = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`.padStart(9);

function reachedFrom(key, seen = new Set()) {
  if (!seen.has(key)) {
    seen.add(key);
    for (const next of manifest[key].imports ?? []) reachedFrom(next, seen);
  }
  return seen;
}

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const first = reachedFrom(entry);
let total = 0;
for (const [key, chunk] of Object.entries(manifest)) {
  if (!chunk.file.endsWith(".js")) continue;
  const bytes = gzipped(chunk.file);
  if (first.has(key)) total += bytes;
  console.log(
    `${kilobytes(bytes)} gzipped  ${first.has(key) ? "first load" : "          "}  ${chunk.name ?? key}`,
  );
}
console.log(
  `${kilobytes(total)} of ${kilobytes(FIRST_LOAD_BUDGET_BYTES).trim()}: script of the library page's first load`,
);
if (total > FIRST_LOAD_BUDGET_BYTES) {
  console.error("The first load is over its budget. Load what the library page does not need lazily.");
  process.exit(1);
}
