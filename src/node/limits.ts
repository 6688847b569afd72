/** How large a picture may be before decoding it could exhaust memory: a 0.6 MB PNG can hold 200 megapixels. */
import { GradCamError } from "../errors.ts";

export interface PictureLimits {
  /** Width × height. 50 megapixels by default. */
  maxPixels?: number;
  /** Size of the file. 100 MB by default. */
  maxBytes?: number;
}

export const MAX_PIXELS = 50e6;
export const MAX_BYTES = 100e6;

/** Throws E_IMAGE_TOO_LARGE, naming the cap and how to raise it. */
export function checkPixels(width: number, height: number, maxPixels: number, where: string): void {
  if (width * height <= maxPixels) return;
  throw new GradCamError("E_IMAGE_TOO_LARGE", {
    where,
    expected: `at most ${count(maxPixels)}`,
    got: `${width}×${height} = ${count(width * height)}`,
    hint: `make it smaller, or allow it: readImage(source, { maxPixels: ${width * height} })`,
  });
}

/** Throws E_IMAGE_TOO_LARGE, naming the cap and how to raise it. */
export function checkBytes(bytes: number, maxBytes: number, where: string): void {
  if (bytes <= maxBytes) return;
  throw new GradCamError("E_IMAGE_TOO_LARGE", {
    where,
    expected: `a file of at most ${maxBytes / 1e6} MB`,
    got: `${(bytes / 1e6).toFixed(1)} MB or more`,
    hint: "make it smaller, or allow it with the option maxBytes",
  });
}

const count = (pixels: number): string =>
  pixels < 1e6 ? `${pixels} pixels` : `${Number((pixels / 1e6).toFixed(1))} megapixels`;
