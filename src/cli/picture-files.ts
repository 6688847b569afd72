/** What words of the command line mean: files, folders (the pictures in them, not below) and patterns. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { GradCamError } from "../errors.ts";
import { entriesOf, glob, isFile, isGlob } from "./glob.ts";
import type { Terminal } from "./terminal.ts";

/** "-" is what comes through the pipe. */
export const STDIN = "-";

/** Pictures in the order they are worked on. */
export interface PictureList {
  readonly names: readonly string[];
  /** Words that stood for no picture; they have been reported. */
  readonly failed: number;
}

const isPictureName = (name: string): boolean => /\.(jpe?g|jfif|png|webp|avif|gif|bmp)$/i.test(name);

/** Reports words that stand for no picture. Throws E_OPTION when the pipe is named twice. */
export async function findPictures(words: readonly string[], terminal: Terminal): Promise<PictureList> {
  if (words.filter((word) => word === STDIN).length > 1) {
    throw new GradCamError("E_OPTION", { where: "command line", expected: '"-" at most once', got: "several" });
  }
  const names: string[] = [];
  let failed = 0;
  for (const word of words) {
    const found = await picturesCalled(word);
    names.push(...found);
    if (found.length > 0) continue;
    failed++;
    terminal.fail(noPicture(word));
  }
  return { names, failed };
}

/** A missing file is reported by whoever reads it: there may be a similar one. */
async function picturesCalled(word: string): Promise<string[]> {
  if (word === STDIN || /^([a-z][a-z\d+.-]*:\/\/|data:)/i.test(word)) return [word];
  const info = await stat(word).catch(() => undefined);
  if (info?.isDirectory()) return picturesIn(word);
  if (info || !isGlob(word)) return [word];
  return (await glob(word)).filter(isPictureName);
}

/** In natural order. */
export async function picturesIn(folder: string): Promise<string[]> {
  const names = (await entriesOf(folder)).map(({ name }) => name).filter((name) => isPictureName(name));
  const paths = names.filter((name) => !name.startsWith(".")).map((name) => join(folder, name));
  const real = await Promise.all(paths.map(isFile));
  return paths.filter((_, i) => real[i]);
}

function noPicture(word: string): GradCamError {
  const facts = isGlob(word)
    ? { got: "no picture that matches", hint: "*, ?, [abc], {a,b} and ** for folders below are understood" }
    : { got: "a folder without pictures", hint: `"${join(word, "**")}" also looks into the folders below` };
  return new GradCamError("E_IMAGE_UNREADABLE", { where: word, expected: "a picture file", ...facts });
}
