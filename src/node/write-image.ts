/** Pixels to picture files. A reader of the path sees the old file or the whole new one, never a part. */
import { randomUUID } from "node:crypto";
import { link, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, extname } from "node:path";
import { fileURLToPath } from "node:url";
import { GradCamError } from "../errors.ts";
import { checkChoice } from "../image/choice.ts";
import { drawFigure, type Figure } from "../image/figure.ts";
import { asImage, type Image, type ImageLike, toRgb } from "../image/image.ts";
import { toPng } from "../image/png.ts";
import { toSvg } from "../image/svg.ts";
import { loadSharp } from "./sharp.ts";

export interface WriteOptions {
  /** true by default; false: E_EXISTS when there is a file already. */
  overwrite?: boolean;
  /** 1 … 100, for JPEG (default 95), WebP (90) and AVIF (75). PNG has none: it is exact. */
  quality?: number;
}

type Encoder = (image: Image, quality?: number) => Promise<Uint8Array>;

/** By file extension. No chroma subsampling in JPEG: it would smear the edges of the colours. */
const ENCODERS = {
  ".png": (image) => toPng(image),
  ".jpg": jpeg,
  ".jpeg": jpeg,
  ".webp": async (image, quality = 90) => (await toSharp(image)).webp({ quality }).toBuffer(),
  ".avif": async (image, quality = 75) => (await toSharp(image)).avif({ quality }).toBuffer(),
} as const satisfies Record<string, Encoder>;

const EXTENSIONS = [...(Object.keys(ENCODERS) as (keyof typeof ENCODERS)[]), ".svg"] as const;

/** Formats without a quality. */
const EXACT: Readonly<Record<string, string>> = { ".png": "a PNG", ".svg": "an SVG" };

/**
 * Writes a PNG, JPEG, WebP, AVIF or SVG, by the extension of `path`: a picture, or a figure, whose text stays text in an SVG.
 * Throws E_OPTION, E_INPUT_VALUE, E_INPUT_SHAPE, E_IO, E_EXISTS.
 */
export async function writeImage(
  path: string | URL,
  image: ImageLike | Figure,
  options: WriteOptions = {},
): Promise<void> {
  const file = path instanceof URL ? fileURLToPath(path) : path;
  const { overwrite = true, quality } = options;
  const extension = extname(file).toLowerCase();
  checkChoice(extension, EXTENSIONS, `${file}: extension`);
  checkQuality(quality, extension, file);
  await replace(file, await encoded(image, extension, quality), overwrite);
}

async function encoded(
  image: ImageLike | Figure,
  extension: (typeof EXTENSIONS)[number],
  quality: number | undefined,
): Promise<Uint8Array> {
  if (extension === ".svg") return new TextEncoder().encode(await toSvg(image));
  const encoder: Encoder = ENCODERS[extension];
  return encoder("items" in image ? drawFigure(image) : asImage(image, "writeImage"), quality);
}

async function jpeg(image: Image, quality = 95): Promise<Uint8Array> {
  const opaque = image.channels === 4 ? toRgb(image) : image;
  return (await toSharp(opaque)).jpeg({ quality, chromaSubsampling: "4:4:4" }).toBuffer();
}

async function toSharp({ data, width, height, channels }: Image) {
  const sharp = await loadSharp();
  return sharp(data, { raw: { width, height, channels } });
}

function checkQuality(quality: number | undefined, extension: string, where: string): void {
  if (quality === undefined) return;
  const exact = EXACT[extension];
  if (exact !== undefined) {
    const expected = `no quality for ${exact}: it is exact`;
    throw new GradCamError("E_OPTION", {
      where,
      expected,
      got: `quality ${quality}`,
      hint: "write .jpg, .webp or .avif",
    });
  }
  if (Number.isInteger(quality) && quality >= 1 && quality <= 100) return;
  throw new GradCamError("E_INPUT_VALUE", { where, expected: "a quality from 1 to 100", got: String(quality) });
}

/** Writes beside the target, then renames over it, or links so that an existing file wins. */
async function replace(file: string, bytes: Uint8Array, overwrite: boolean): Promise<void> {
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    // A device or folder must not be replaced by a picture.
    const existing = await stat(file).catch(() => undefined);
    if (existing && !existing.isFile()) throw Object.assign(new Error("not a regular file"), { code: "EISDIR" });
    await writeFile(draft, bytes, { flag: "wx" });
    if (overwrite) await rename(draft, file);
    // Some file systems have no links; "wx" refuses an existing file as a link does.
    else await link(draft, file).catch(() => writeFile(file, bytes, { flag: "wx" }));
  } catch (cause) {
    throw unwritable(file, cause);
  } finally {
    await rm(draft, { force: true });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "its folder does not exist",
  ENOTDIR: "its folder is a file",
  EISDIR: "a folder or device of this name",
  EACCES: "no permission to write there",
  EPERM: "no permission to write there",
  EROFS: "a read-only file system",
  ENOSPC: "no space left on the device",
};

function unwritable(where: string, cause: unknown): GradCamError {
  const { code = "unknown error" } = cause as NodeJS.ErrnoException;
  if (code === "EEXIST") {
    const facts = { expected: "a new file", got: "an existing one", hint: "delete it, or allow it to be overwritten" };
    return new GradCamError("E_EXISTS", { where, ...facts, cause });
  }
  const hint = code === "ENOENT" ? { hint: `create ${dirname(where)} first` } : {};
  return new GradCamError("E_IO", {
    where,
    expected: "to write a picture",
    got: REASONS[code] ?? code,
    cause,
    ...hint,
  });
}
