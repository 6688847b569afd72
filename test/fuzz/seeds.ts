/** node seeds.js PARSER FOLDER: writes the files that the search begins with. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { targets } from "./targets/index.ts";

const [, , parser = "", folder = ""] = process.argv;
mkdirSync(folder, { recursive: true });
for (const [i, bytes] of (await targets[parser]!.seeds()).entries()) writeFileSync(join(folder, `seed-${i}`), bytes);
