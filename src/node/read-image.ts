/** Picture files to pixels, with sharp (libvips). It is loaded with the first picture, so that importing the package stays cheap. */
import type { Sharp } from "sharp";
import { GradCamError } from "../errors.ts";
import { type AlphaRule, asImage, type Image, toRgb } from "../image/image.ts";
import { decodeBmp } from "./bmp.ts";
import { checkPixels, MAX_BYTES, MAX_PIXELS, type PictureLimits } from "./limits.ts";
import { type PictureBytes, pictureBytes, type PictureSource } from "./picture-bytes.ts";
import { type DecodedKind, pictureKind } from "./picture-kind.ts";
import { loadSharp } from "./sharp.ts";

/** What is done with what a file says besides its pixels, and how large it may be. */
export interface ReadOptions extends PictureLimits {
  /** "apply" (default): upright, as cameras mean it. "ignore": as stored, as Pillow and Keras' load_img read it. */
  exif?: "apply" | "ignore";
  /** "flatten" (default): over white. "drop": the colours behind the transparency, as Pillow's convert("RGB"). */
  alpha?: AlphaRule;
  /** "apply" (default): colours of an embedded ICC profile are converted to sRGB. "ignore": bytes as stored, as in Pillow. */
  icc?: "apply" | "ignore";
}

/**
 * An RGB picture from a JPEG, PNG, WebP, AVIF, GIF (first frame) or BMP. Gray and palettes are expanded, CMYK is converted,
 * of 16-bit channels the high byte is taken.
 * Throws E_IO, E_IMAGE_FORMAT, E_IMAGE_CORRUPT, E_IMAGE_TOO_LARGE, E_LFS_POINTER, E_HTTP, E_URL_SCHEME.
 */
export async function readImage(source: PictureSource, options: ReadOptions = {}): Promise<Image> {
  return decodePicture(await pictureBytes(source, options.maxBytes ?? MAX_BYTES), options);
}

/** What readImage does with the bytes. Throws E_IMAGE_FORMAT, E_IMAGE_CORRUPT, E_IMAGE_TOO_LARGE, E_LFS_POINTER. */
export async function decodePicture({ bytes, name }: PictureBytes, options: ReadOptions = {}): Promise<Image> {
  const { maxPixels = MAX_PIXELS } = options;
  const kind = pictureKind(bytes, name);
  if (kind === "BMP") return decodeBmp(bytes, name, maxPixels);
  const sharp = await loadSharp();
  try {
    const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
    checkPixels(width, height, maxPixels, name);
    const settings = {
      autoOrient: options.exif !== "ignore",
      ignoreIcc: options.icc === "ignore",
      limitInputPixels: maxPixels,
      failOn: "error",
    } as const;
    return toRgb(await pixelsOf(sharp(bytes, settings)), options.alpha);
  } catch (cause) {
    throw cause instanceof GradCamError ? cause : corrupt(kind, bytes, name, cause);
  }
}

async function pixelsOf(picture: Sharp): Promise<Image> {
  const { data, info } = await picture.toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return asImage({ data, width, height, channels: channels as Image["channels"] }, "sharp");
}

/** libvips' reason is a fact of the message, after ours. */
function corrupt(kind: DecodedKind, bytes: Uint8Array, where: string, cause: unknown): GradCamError {
  const [reason = ""] = String(cause instanceof Error ? cause.message : cause).split("\n");
  return new GradCamError("E_IMAGE_CORRUPT", {
    where,
    expected: `a complete ${kind} picture`,
    got: `${bytes.length} bytes that do not decode (${reason.trim()})`,
    hint: "download or export the picture again",
    cause,
  });
}
