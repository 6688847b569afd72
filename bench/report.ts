/**
 * npm run bench:report: writes everything that is generated from bench/results/: the README's table and chart,
 * bench/RESULTS.md and the profiles in docs/performance.md. Knows nothing that is not in those files.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generatedFiles } from "./report/files.ts";
import { ROOT } from "./root.ts";

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

for (const [path, content] of Object.entries(await generatedFiles(read))) {
  writeFileSync(join(ROOT, path), content);
  console.log(path);
}
