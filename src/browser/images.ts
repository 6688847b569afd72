/** Pictures in a page: from whatever can be drawn to pixels, and from pixels to a canvas. */
import { GradCamError } from "../errors.ts";
import { drawFigure, type Figure } from "../image/figure.ts";
import { asImage, type Image, type ImageLike } from "../image/image.ts";
import { toPng } from "../image/png.ts";
import { toSvg } from "../image/svg.ts";
import { request } from "./url-source.ts";

/** A URL, a file, a drawable element, or pixels that are there already. */
export type PictureSource = string | URL | Blob | ImageData | CanvasImageSource;

/** The picture's pixels at its natural size, EXIF orientation applied. Throws E_IMAGE_UNREADABLE, E_IMAGE_FORMAT, E_HTTP. */
export async function readImage(source: PictureSource): Promise<Image> {
  if (source instanceof ImageData) return asImage(source, "ImageData");
  if (typeof source === "string" || source instanceof URL) {
    return readImage(await (await request(new URL(source, globalThis.location.href))).blob());
  }
  const bitmap = await decode(source);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw unreadable("this browser has no 2d canvas");
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  try {
    return asImage(context.getImageData(0, 0, canvas.width, canvas.height), "picture");
  } catch (cause) {
    throw unreadable("a picture from another origin", cause);
  }
}

/** Shows an image; the canvas takes its size. Throws E_INPUT_SHAPE. */
export function drawImage(canvas: HTMLCanvasElement | OffscreenCanvas, image: ImageLike): void {
  const { data, width, height, channels } = asImage(image, "drawImage");
  const pixels = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) pixels.data[i * 4 + c] = data[i * channels + (channels === 1 ? 0 : c)]!;
    pixels.data[i * 4 + 3] = channels === 4 ? data[i * 4 + 3]! : 255;
  }
  canvas.width = width;
  canvas.height = height;
  (canvas as HTMLCanvasElement).getContext("2d")?.putImageData(pixels, 0, 0);
}

/** Formats of `toBlob`. */
export type BlobType = "image/png" | "image/webp" | "image/jpeg" | "image/svg+xml";

/**
 * A picture or a figure as a file. PNG and SVG are made as in Node, with the browser's deflate; the others are the browser's own,
 * with a quality from 0 to 1. Throws E_INPUT_SHAPE, and E_OPTION where the browser cannot write the format.
 */
export async function toBlob(image: ImageLike | Figure, type: BlobType = "image/png", quality?: number): Promise<Blob> {
  if (type === "image/svg+xml") return new Blob([await toSvg(image)], { type });
  const pixels = "items" in image ? drawFigure(image) : image;
  if (type === "image/png") return new Blob([(await toPng(pixels)) as Uint8Array<ArrayBuffer>], { type });
  const canvas = new OffscreenCanvas(pixels.width, pixels.height);
  drawImage(canvas, pixels);
  const blob = await canvas.convertToBlob({ type, ...(quality !== undefined && { quality }) });
  if (blob.type === type) return blob;
  throw new GradCamError("E_OPTION", {
    where: "toBlob: type",
    expected: "a format that this browser writes",
    got: type,
    hint: 'use "image/png"',
  });
}

async function decode(source: Blob | CanvasImageSource): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(source, { imageOrientation: "from-image" });
  } catch (cause) {
    if (!(source instanceof Blob)) throw unreadable("an element without pixels: not loaded yet, or closed", cause);
    throw new GradCamError("E_IMAGE_FORMAT", {
      where: source instanceof File ? source.name : "picture",
      expected: "a picture this browser can decode",
      got: source.type || "bytes of unknown type",
      cause,
    });
  }
}

const unreadable = (got: string, cause?: unknown): GradCamError =>
  new GradCamError("E_IMAGE_UNREADABLE", { where: "picture", expected: "readable pixels", got, cause });
