/** Work over pictures named on the command line: files, folders, patterns and the pipe. */
import { createHash } from "node:crypto";
import { GradCamError } from "../../errors.ts";
import type { Image } from "../../image/image.ts";
import type { PictureBytes } from "../../node/picture-bytes.ts";
import type { Progress as Samples } from "../../series.ts";
import { exitCodeOf, EXIT_CODES } from "../exit-codes.ts";
import { inOrder } from "./in-order.ts";
import type { Io } from "../terminal/io.ts";
import { findPictures, type PictureList, STDIN } from "./picture-files.ts";
import { Progress } from "../terminal/progress.ts";
import { shutDecoders } from "./shut-decoders.ts";
import { similarPicture } from "./similar-picture.ts";
import type { Terminal } from "../terminal/terminal.ts";

export interface Picture {
  readonly name: string;
  /** As a person sees it: turned as its EXIF data says. */
  readonly upright: Image;
  /** Its pixels as stored, for recipes that ignore EXIF data. */
  asStored(): Promise<Image>;
  /** Of the bytes of its file, in hexadecimal digits. */
  sha256(): string;
}

/** What is done after a picture was computed: writing and printing, one picture after the other in the order given. */
type Delivered = () => Promise<void> | void;

/** How the work on one picture is accompanied: goes into every long call. */
interface Conduct {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Samples) => void;
}

/**
 * What is done with a picture. Prints nothing itself where `jobs` may be above one: it returns what prints.
 */
export type Work = (picture: Picture, conduct: Conduct) => Promise<Delivered> | Promise<void>;

export interface RunSettings {
  /** What is done, for the progress line. */
  readonly verb?: string;
  /** Pictures that are in memory at once: read ahead, computed, or waiting for their turn. */
  readonly jobs?: number;
}

/**
 * Works on all pictures. One that cannot be read or explained is reported and does not stop the others; a summary follows, and
 * the exit code is 1 when several were asked for, its own for a single one.
 * Throws E_OPTION when the pipe is named twice, and what every other picture would fail with too: mistakes of the command line or
 * the model, E_EXISTS, a full disk, Ctrl-C.
 */
export async function forEachPicture(
  words: readonly string[] | PictureList,
  terminal: Terminal,
  work: Work,
  settings: RunSettings = {},
): Promise<void> {
  const { verb = "looking at", jobs = 1 } = settings;
  const { names, failed } = "names" in words ? words : await findPictures(words, terminal);
  const progress = new Progress(terminal, verb, names.length);
  const { signal } = terminal.io;
  const tally = { done: 0, failed };
  const begin = async (name: string): Promise<unknown> => {
    signal.throwIfAborted();
    const picture = await openPicture(name, terminal.io);
    progress.begin(name);
    return work(picture, { signal, onProgress: progress.within });
  };
  const finish = async (result: Promise<unknown>): Promise<void> => {
    try {
      const delivered = (await result) as Delivered | undefined;
      await delivered?.();
      tally.done++;
    } catch (error) {
      if (concernsAll(error)) throw error;
      tally.failed++;
      terminal.fail(error instanceof UnreadablePicture ? error.cause : error);
    }
    progress.step();
    await terminal.io.stdout.drained();
  };
  try {
    await inOrder(names, jobs, begin, finish);
  } finally {
    progress.end();
    summarize(tally, names.length + failed, terminal);
  }
}

/** Says how many there are, where that is not plain: when some failed or the rest was not begun. */
function summarize({ done, failed }: { done: number; failed: number }, total: number, terminal: Terminal): void {
  if (total < 2 || done === total) return;
  if (failed > 0) terminal.failedInPart();
  const rest = total - done - failed;
  const parts = [failed > 0 && `${failed} failed`, rest > 0 && `${rest} not begun or not finished`].filter(Boolean);
  terminal.note(`${done} of ${total} pictures done, ${parts.join(", ")}`);
}

/** Marks a failure that concerns one picture only; its cause is what is wrong. */
class UnreadablePicture extends Error {}

/** Whether the other pictures would fail in the same way. */
function concernsAll(error: unknown): boolean {
  if (error instanceof UnreadablePicture) return false;
  if (!(error instanceof GradCamError)) return exitCodeOf(error) === EXIT_CODES.interrupted;
  return error.code !== "E_NONFINITE" && exitCodeOf(error) !== EXIT_CODES.image;
}

/** Its bytes are read once, for everything: a pipe has none the second time, and a file may have changed. */
async function openPicture(name: string, io: Io): Promise<Picture> {
  const { decodePicture } = await import("../../node/read-image.ts");
  await shutDecoders();
  try {
    const source = await bytesOf(name, io);
    return {
      name,
      upright: await decodePicture(source),
      asStored: () => decodePicture(source, { exif: "ignore" }),
      sha256: () => createHash("sha256").update(source.bytes).digest("hex"),
    };
  } catch (error) {
    io.signal.throwIfAborted();
    throw new UnreadablePicture(name, { cause: await asPictureError(error, name) });
  }
}

async function bytesOf(name: string, { readStdin, signal }: Io): Promise<PictureBytes> {
  if (name === STDIN) return { bytes: await readStdin(), name: "stdin" };
  const [{ pictureBytes }, { MAX_BYTES }] = await Promise.all([
    import("../../node/picture-bytes.ts"),
    import("../../node/limits.ts"),
  ]);
  return pictureBytes(name, MAX_BYTES, signal);
}

/** For the shell, a picture file that cannot be opened is a bad picture, not a failure while running. */
async function asPictureError(error: unknown, name: string): Promise<unknown> {
  if (!(error instanceof GradCamError) || error.code !== "E_IO") return error;
  const { where, expected = "a picture file", got = "none" } = error;
  const similar = await similarPicture(name);
  const hint = similar === undefined ? error.hint : `did you mean ${similar}?`;
  return new GradCamError("E_IMAGE_UNREADABLE", { where, expected, got, ...(hint && { hint }), cause: error });
}
