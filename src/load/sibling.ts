/**
 * Models in several files: shards, external data. A path that comes from a file may only lead to files in the same folder or
 * below it, whatever it is spelt like; everything else is refused before anybody looks at the disk or the network.
 */
import { GradCamError } from "../errors.ts";
import type { RandomAccessSource } from "./source.ts";

/** Longer than any sane path, shorter than what file systems choke on. */
const LONGEST = 1024;

/** More files than any model has; each is held open. */
export const MOST_SIBLINGS = 1000;

/** Opens the file at `path`, relative to the folder of `source`. Throws E_PATH_ESCAPE, E_SHARD_MISSING, E_IO, E_HTTP. */
export async function openSibling(
  source: RandomAccessSource,
  path: string,
  where: string,
): Promise<RandomAccessSource> {
  checkSiblingPath(path, where);
  if (source.sibling) return source.sibling(path);
  throw new GradCamError("E_SHARD_MISSING", {
    where,
    expected: `the file ${JSON.stringify(path)} beside the model`,
    got: "bytes without a folder",
    hint: "give the model's path, its URL, or all of its files",
  });
}

/** Throws E_PATH_ESCAPE unless `path` names a file in the same folder or below, in plain words. */
export function checkSiblingPath(path: string, where: string): void {
  const problem = problemOf(path);
  if (problem === undefined) return;
  throw new GradCamError("E_PATH_ESCAPE", {
    where,
    expected: "a relative path to a file in the model's folder",
    got: `${problem}: ${JSON.stringify(path.slice(0, 200))}`,
    hint: "the file may have been made to read other files; nothing was opened",
  });
}

function problemOf(path: string): string | undefined {
  if (path === "" || path.length > LONGEST)
    return path === "" ? "an empty path" : `a path of ${path.length} characters`;
  if (/[\p{Cc}\\]/u.test(path)) return "a backslash or control character";
  if (path.startsWith("/")) return "an absolute path";
  // Also drive letters; and what a server would see as one of the things above once it has decoded it.
  if (/^[a-z][a-z0-9+.-]*:/i.test(path)) return "a path with a scheme or drive";
  if (/%(2e|2f|5c|00|25)/i.test(path)) return "an encoded dot, slash or NUL";
  if (/[?#]/.test(path)) return "a query or fragment";
  if (path.split("/").some((part) => part === ".." || part === "")) return "a path that climbs or has empty parts";
  return undefined;
}
