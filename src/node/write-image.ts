/** Pixels to picture files. A reader of the path sees the old file or the whole new one, never a part. */
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { GradCamError } from "../errors.ts";
import { given } from "../given.ts";
import { checkChoice } from "../image/choice.ts";
import { drawFigure, type Figure } from "../image/figure.ts";
import { asImage, type Image, type ImageLike, toRgb } from "../image/image.ts";
import { toPng } from "../image/png.ts";
import { toSvg } from "../image/svg.ts";
import { replaceFile } from "./replace-file.ts";
import { loadSharp } from "./sharp.ts";

/** How a picture file is written. */
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
  if (typeof path !== "string" && !(path instanceof URL)) {
    const facts = { where: "writeImage", expected: "a path, then a picture" };
    throw new GradCamError("E_INPUT_VALUE", { ...facts, ...given(path) });
  }
  const file = path instanceof URL ? fileURLToPath(path) : path;
  const { overwrite = true, quality } = options;
  const extension = extname(file).toLowerCase();
  checkChoice(extension, EXTENSIONS, `${file}: extension`);
  checkQuality(quality, extension, file);
  await replaceFile(file, await encoded(image, extension, quality), overwrite);
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
