/**
 * Files by pattern, for patterns in quotes and shells that expand none: *, ?, [abc], [!abc], {a,b}, and ** for any number of
 * folders. Hidden names are matched only by patterns that begin with a dot; ** follows no links and enters no node_modules.
 */
import { type Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { DEFAULT_FOLDER } from "./output-folder.ts";

const ANY_FOLDERS = "**";

export const isGlob = (word: string): boolean => /[*?[{]/.test(word);

/** Files that match, in natural order, folder by folder. */
export async function glob(pattern: string): Promise<string[]> {
  const plain = bracesExpanded(sep === "\\" ? pattern.replaceAll("\\", "/") : pattern);
  const found = await Promise.all(
    plain.map((one) => (one.startsWith("/") ? below("/", segmentsOf(one)) : below("", segmentsOf(one)))),
  );
  return [...new Set(found.flat())];
}

const segmentsOf = (pattern: string): string[] => pattern.split("/").filter((segment) => segment !== "");

/** "a{b,c}" → "ab", "ac"; groups may hold groups. */
function bracesExpanded(pattern: string): string[] {
  const [, before, inside, after] = /^(.*)\{([^{}]*,[^{}]*)\}(.*)$/.exec(pattern) ?? [];
  if (inside === undefined) return [pattern];
  return inside.split(",").flatMap((choice) => bracesExpanded(`${before}${choice}${after}`));
}

async function below(folder: string, [segment, ...rest]: readonly string[]): Promise<string[]> {
  if (segment === undefined) return [];
  if (segment === ANY_FOLDERS) {
    const here = await below(folder, rest.length > 0 ? rest : ["*"]);
    const deeper = (await entriesOf(folder)).filter(isWalked);
    const found = await Promise.all(deeper.map(({ name }) => below(join(folder, name), [segment, ...rest])));
    return [...here, ...found.flat()];
  }
  const paths = isGlob(segment) ? await matching(folder, segment) : [join(folder, segment)];
  const last = rest.length === 0;
  const found = await Promise.all(
    paths.map(async (path) => (last ? ((await isFile(path)) ? [path] : []) : below(path, rest))),
  );
  return found.flat();
}

async function matching(folder: string, segment: string): Promise<string[]> {
  const test = regexpOf(segment);
  const names = (await entriesOf(folder)).map(({ name }) => name);
  return names
    .filter((name) => (segment.startsWith(".") || !name.startsWith(".")) && test?.test(name))
    .map((name) => join(folder, name));
}

/** Of one segment; undefined for impossible ranges, which match nothing. */
function regexpOf(segment: string): RegExp | undefined {
  const source = segment.replace(/\[(!?)([^\]]+)\]|[*?]|[\\^$.|+(){}[\]]/g, (part, not?: string, set?: string) => {
    if (set !== undefined) return `[${not ? "^" : ""}${set.replace(/[\\^[]/g, "\\$&")}]`;
    return part === "*" ? ".*" : part === "?" ? "." : `\\${part}`;
  });
  try {
    return new RegExp(`^${source}$`, "su");
  } catch {
    return undefined;
  }
}

/** In natural order: 2 before 10. Nothing for what is no folder. */
export async function entriesOf(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder || ".", { withFileTypes: true }).catch(() => []);
  const { compare } = new Intl.Collator("en", { numeric: true });
  return entries.sort((a, b) => compare(a.name, b.name));
}

/** Results of earlier runs are no pictures to explain. */
const isWalked = (entry: Dirent): boolean =>
  entry.isDirectory() && !entry.name.startsWith(".") && !["node_modules", DEFAULT_FOLDER].includes(entry.name);

export const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (info) => info.isFile(),
    () => false,
  );
