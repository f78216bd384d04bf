// Fails when the annotator's page loads more script before its first paint than the budget allows.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 150;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

/** Files that the browser needs before the entry runs: itself and its static imports, transitively. */
function filesBeforePaint(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const imported of manifest[key].imports ?? []) filesBeforePaint(imported, seen);
  return seen;
}

function pageSizeKb(page) {
  const files = [...filesBeforePaint(page)].map((key) => manifest[key].file);
  const bytes = files.map(
    (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length,
  );
  return bytes.reduce((sum, size) => sum + size, 0) / 1000;
}

for (const page of ["index.html", "embed.html", "review.html", "admin.html"]) {
  console.log(`${page.padEnd(12)} ${pageSizeKb(page).toFixed(1).padStart(6)} kB of script (gzip)`);
}
if (pageSizeKb("embed.html") > BUDGET_KB) {
  console.error(
    `embed.html exceeds ${BUDGET_KB} kB: load what the first paint does not need later.`,
  );
  process.exit(1);
}
