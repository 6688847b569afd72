/** Packages that `npm run bench:setup` put into this folder. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { ROOT } from "../root.ts";
import { AbsentError } from "./contender.ts";

const FOLDER = join(ROOT, "bench/contenders");
const requireHere = createRequire(join(FOLDER, "package.json"));

/** What a CommonJS package exports. Throws AbsentError. */
export function installed(name: string): unknown {
  try {
    return requireHere(name);
  } catch (error) {
    throw absent(name, error);
  }
}

/** The folder of a file that a package has. Throws AbsentError. */
export function folderOf(file: string): string {
  try {
    return dirname(requireHere.resolve(file));
  } catch (error) {
    throw absent(file, error);
  }
}

function absent(name: string, error: unknown): AbsentError {
  const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  return new AbsentError(`${name}: ${reason}; npm run bench:setup installs it`);
}
