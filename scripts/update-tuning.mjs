/**
 * Replaces the committed table of algorithms, src/graph/tuning-table.ts, by the union of files that `gradcam bench --tune`
 * wrote; where two disagree the later one counts: node scripts/update-tuning.mjs FILE…
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const TARGET = fileURLToPath(new URL("../src/graph/tuning-table.ts", import.meta.url));
const sorted = (table) =>
  Object.fromEntries(Object.entries(table).sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true })));

const builds = {};
for (const file of process.argv.slice(2)) {
  const { version, builds: measured } = JSON.parse(readFileSync(file, "utf8"));
  if (version !== 1) throw new Error(`${file}: not of version 1`);
  for (const [build, table] of Object.entries(measured)) builds[build] = { ...builds[build], ...table };
}
for (const build of Object.keys(builds)) builds[build] = sorted(builds[build]);

const table = JSON.stringify({ version: 1, builds: sorted(builds) }, null, 2)
  .replaceAll(/"(\w+)":/g, "$1:")
  .replaceAll(/(?<=["}])\n/g, ",\n");
writeFileSync(
  TARGET,
  `/** Written by scripts/update-tuning.mjs from what \`gradcam bench --tune\` measured: see there. */
import type { Tuning } from "./tuning.ts";

export const TUNING_TABLE: Tuning = ${table.replace(/,$/, "")};
`,
);
