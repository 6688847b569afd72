/** What words of the command line mean: files, folders (the pictures in them, not below) and patterns. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { GradCamError } from "../../errors.ts";
import { entriesOf, glob, isFile, isGlob } from "./glob.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** "-" is what comes through the pipe. */
export const STDIN = "-";

/** Pictures in the order they are worked on. */
export interface PictureList {
  readonly names: readonly string[];
  /** Words that stood for no picture and folders that cannot be read; they have been reported. */
  readonly failed: number;
}

/** What a word stands for, and what could not be looked into. */
interface Found {
  readonly names: readonly string[];
  readonly errors: readonly GradCamError[];
}

const isPictureName = (name: string): boolean => /\.(jpe?g|jfif|png|webp|avif|gif|bmp)$/i.test(name);

export const isUrl = (word: string): boolean => /^([a-z][a-z\d+.-]*:\/\/|data:)/i.test(word);

/**
 * Reports words that stand for no picture. Throws E_OPTION when the pipe is named twice, and for braces that stand for thousands
 * of patterns.
 */
export async function findPictures(words: readonly string[], terminal: Terminal): Promise<PictureList> {
  if (words.filter((word) => word === STDIN).length > 1) {
    throw new GradCamError("E_OPTION", { where: "command line", expected: '"-" at most once', got: "several" });
  }
  const names: string[] = [];
  let failed = 0;
  for (const word of words) {
    const found = await picturesCalled(word);
    names.push(...found.names);
    const none = found.names.length === 0 && found.errors.length === 0;
    const errors = none ? [noPicture(word)] : found.errors;
    failed += errors.length;
    for (const error of errors) terminal.fail(error);
  }
  return { names, failed };
}

/** A missing file is reported by whoever reads it: there may be a similar one. */
async function picturesCalled(word: string): Promise<Found> {
  if (word === STDIN || isUrl(word)) return { names: [word], errors: [] };
  const info = await stat(word).catch(() => undefined);
  const errors: GradCamError[] = [];
  if (info?.isDirectory()) {
    const names = await picturesIn(word).catch((error: unknown) => {
      if (!(error instanceof GradCamError)) throw error;
      errors.push(error);
      return [];
    });
    return { names, errors };
  }
  if (info || !isGlob(word)) return { names: [word], errors };
  const files = await glob(word, (error) => errors.push(error));
  return { names: files.filter(isPictureName), errors };
}

/** In natural order. Throws E_IO for a folder that cannot be read. */
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
