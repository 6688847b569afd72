/** Pictures named on the command line. */
import { basename, extname } from "node:path";
import { GradCamError } from "../errors.ts";
import type { Image } from "../image/image.ts";
import type { Io } from "./io.ts";
import { similarPicture } from "./similar-picture.ts";
import type { Terminal } from "./terminal.ts";

/** "-" is what comes through the pipe. */
export const STDIN = "-";

/** What output files are named after: "examples/cat.jpg" → "cat". */
export const stemOf = (picture: string): string => (picture === STDIN ? "stdin" : basename(picture, extname(picture)));

export interface Picture {
  readonly name: string;
  /** As a person sees it: turned as its EXIF data says. */
  readonly upright: Image;
  /** Its pixels as stored, for recipes that ignore EXIF data. */
  asStored(): Promise<Image>;
}

/**
 * Reads the pictures one after the other. One that cannot be read is reported and does not stop the others.
 * Throws E_OPTION when the pipe is named twice, and what `work` throws.
 */
export async function forEachPicture(
  names: readonly string[],
  terminal: Terminal,
  work: (picture: Picture) => Promise<void>,
): Promise<void> {
  if (names.filter((name) => name === STDIN).length > 1) {
    throw new GradCamError("E_OPTION", { where: "command line", expected: '"-" at most once', got: "several" });
  }
  for (const name of names) {
    terminal.io.signal.throwIfAborted();
    try {
      await work(await openPicture(name, terminal.io));
    } catch (error) {
      if (!(error instanceof UnreadablePicture)) throw error;
      terminal.fail(error.cause);
    }
  }
}

/** Marks a failure that concerns one picture only; its cause is what is wrong. */
class UnreadablePicture extends Error {}

async function openPicture(name: string, { readStdin }: Io): Promise<Picture> {
  const { readImage } = await import("../node.ts");
  try {
    const source = name === STDIN ? await readStdin() : name;
    return { name, upright: await readImage(source), asStored: () => readImage(source, { exif: "ignore" }) };
  } catch (error) {
    throw new UnreadablePicture(name, { cause: await asPictureError(error, name) });
  }
}

/** For the shell, a picture file that cannot be opened is a bad picture, not a failure while running. */
async function asPictureError(error: unknown, name: string): Promise<unknown> {
  if (!(error instanceof GradCamError) || error.code !== "E_IO") return error;
  const { where, expected = "a picture file", got = "none" } = error;
  const similar = await similarPicture(name);
  const hint = similar === undefined ? error.hint : `did you mean ${similar}?`;
  return new GradCamError("E_IMAGE_UNREADABLE", { where, expected, got, ...(hint && { hint }), cause: error });
}
