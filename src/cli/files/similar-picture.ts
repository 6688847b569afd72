/** For a picture that is not there: the one that was probably meant. */
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { nearest } from "../../errors.ts";
import { picturesIn } from "./picture-files.ts";

/** Subfolders that are looked into when the folder itself holds no picture. */
const MAX_SUBFOLDERS = 32;

/** The picture in the same folder, or else one folder below, whose name is nearest; any picture when none is near. */
export async function similarPicture(path: string): Promise<string | undefined> {
  const folder = dirname(path);
  const here = await picturesOf(folder);
  const candidates = here.length > 0 ? here : await picturesBelow(folder);
  const near = nearest(
    basename(path),
    candidates.map((file) => basename(file)),
  );
  return candidates.find((file) => basename(file) === near) ?? candidates[0];
}

async function picturesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory() && !/^\.|^node_modules$/.test(entry.name));
  const found = await Promise.all(folders.slice(0, MAX_SUBFOLDERS).map(({ name }) => picturesOf(join(folder, name))));
  return found.flat();
}

/** None in a folder that cannot be read: only a hint is looked for. */
const picturesOf = (folder: string): Promise<string[]> => picturesIn(folder).catch(() => []);
