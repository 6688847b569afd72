/**
 * Files by pattern, for patterns in quotes and shells that expand none: *, ?, [abc], [!abc], {a,b}, and ** for any number of
 * folders. Hidden names are matched only by patterns that begin with a dot; ** follows no links and enters no node_modules.
 */
import { type Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path, { type PlatformPath } from "node:path";
import { GradCamError } from "../../errors.ts";
import { bracesExpanded } from "./braces.ts";
import { DEFAULT_FOLDER } from "./output-folder.ts";
import { wildcard } from "./wildcard.ts";

const ANY_FOLDERS = "**";

export const isGlob = (word: string): boolean => /[*?[{]/.test(word);

/**
 * Files that match, in natural order, folder by folder. `unreadable` hears of folders that cannot be looked into.
 * Throws E_OPTION for braces that stand for too much.
 */
export async function glob(pattern: string, unreadable: (error: GradCamError) => void): Promise<string[]> {
  const folders = new Folders(unreadable);
  const found = await Promise.all(
    bracesExpanded(pattern).map((plain) => {
      const { root, segments } = placesOf(plain);
      return new Search(segments, folders).below(root, 0);
    }),
  );
  return [...new Set(found.flat())];
}

interface Places {
  readonly root: string;
  readonly segments: string[];
}

/** Where a search begins and what is looked for below. "**" twice in a row is "**". On Windows also C:\ and \\server\share\. */
export function placesOf(pattern: string, platform: PlatformPath = path): Places {
  const { root } = platform.parse(pattern);
  const rest = pattern.slice(root.length);
  const segments = (platform.sep === "\\" ? rest.replaceAll("\\", "/") : rest)
    .split("/")
    .filter((segment) => segment !== "");
  return { root, segments: segments.filter((segment, i) => segment !== ANY_FOLDERS || segments[i - 1] !== segment) };
}

/** What is in folders: each is read, and complained about, once. */
class Folders {
  readonly #unreadable: (error: GradCamError) => void;
  readonly #read = new Map<string, Promise<Dirent[]>>();

  constructor(unreadable: (error: GradCamError) => void) {
    this.#unreadable = unreadable;
  }

  entries(folder: string): Promise<Dirent[]> {
    const entries =
      this.#read.get(folder) ??
      entriesOf(folder).catch((error: unknown) => {
        if (!(error instanceof GradCamError)) throw error;
        this.#unreadable(error);
        return [];
      });
    this.#read.set(folder, entries);
    return entries;
  }
}

class Search {
  readonly #segments: readonly string[];
  readonly #folders: Folders;
  /** By segment and folder: several "**" lead to the same folder in many ways, and it is looked into once for each. */
  readonly #found = new Map<string, Promise<string[]>>();

  constructor(segments: readonly string[], folders: Folders) {
    this.#segments = segments;
    this.#folders = folders;
  }

  /** Files below `folder` that match the segments from `at` on, each once. */
  below(folder: string, at: number): Promise<string[]> {
    const state = `${at}:${folder}`;
    const found = this.#found.get(state) ?? this.#look(folder, at).then((files) => [...new Set(files)]);
    this.#found.set(state, found);
    return found;
  }

  async #look(folder: string, at: number): Promise<string[]> {
    const segment = this.#segments[at];
    if (segment === undefined) return [];
    if (segment === ANY_FOLDERS) return this.#anywhere(folder, at);
    const paths = isGlob(segment) ? await this.#matching(folder, segment) : [path.join(folder, segment)];
    const last = at === this.#segments.length - 1;
    const found = await Promise.all(
      paths.map(async (each) => (last ? ((await isFile(each)) ? [each] : []) : this.below(each, at + 1))),
    );
    return found.flat();
  }

  async #anywhere(folder: string, at: number): Promise<string[]> {
    const last = at === this.#segments.length - 1;
    const here = last ? await this.#filesIn(folder) : await this.below(folder, at + 1);
    const deeper = (await this.#folders.entries(folder)).filter(isWalked);
    const found = await Promise.all(deeper.map(({ name }) => this.below(path.join(folder, name), at)));
    return [...here, ...found.flat()];
  }

  /** "photos/**" means the files everywhere below. */
  async #filesIn(folder: string): Promise<string[]> {
    const paths = await this.#matching(folder, "*");
    const real = await Promise.all(paths.map(isFile));
    return paths.filter((_, i) => real[i]);
  }

  async #matching(folder: string, segment: string): Promise<string[]> {
    const fits = wildcard(segment);
    const names = (await this.#folders.entries(folder)).map(({ name }) => name);
    return names
      .filter((name) => (segment.startsWith(".") || !name.startsWith(".")) && fits(name))
      .map((name) => path.join(folder, name));
  }
}

/** In natural order: 2 before 10. Nothing for what is no folder. Throws E_IO for a folder that cannot be read. */
export async function entriesOf(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder || ".", { withFileTypes: true }).catch((cause: unknown) => {
    const { code = "an error" } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    const got = code === "EACCES" || code === "EPERM" ? `no permission to read it (${code})` : code;
    throw new GradCamError("E_IO", { where: folder, expected: "a folder that can be read", got, cause });
  });
  const { compare } = new Intl.Collator("en", { numeric: true });
  return entries.sort((a, b) => compare(a.name, b.name));
}

/** Results of earlier runs are no pictures to explain. */
const isWalked = (entry: Dirent): boolean =>
  entry.isDirectory() && !entry.name.startsWith(".") && !["node_modules", DEFAULT_FOLDER].includes(entry.name);

/** What may not be looked at counts as a file: whoever reads it says why it cannot be read. */
export const isFile = (file: string): Promise<boolean> =>
  stat(file).then(
    (info) => info.isFile(),
    (cause: unknown) => ["EACCES", "EPERM"].includes((cause as NodeJS.ErrnoException).code ?? ""),
  );
