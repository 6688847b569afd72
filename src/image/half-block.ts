/** A picture as text for a terminal with 24-bit colours: every character "▀" shows two pixels, one above the other. */
import { asImage, checkSize, type Image, type ImageLike, toRgb } from "./image.ts";
import { resizeImage } from "./resize-image.ts";

export interface HalfBlockOptions {
  /** Width in characters. 80 by default; a smaller picture is not enlarged. */
  columns?: number;
  /** Height in characters that must not be exceeded; the aspect is kept. No limit by default. */
  rows?: number;
}

const UPPER_HALF = "▀";
const RESET = "\x1b[0m";

/** Lines end with a colour reset and a line feed, so that the text can be cut at any line. */
export function halfBlocks(source: ImageLike, { columns = 80, rows = Infinity }: HalfBlockOptions = {}): string {
  const image = toRgb(asImage(source, "halfBlocks"));
  checkSize(columns, rows === Infinity ? 1 : rows, "halfBlocks: columns, rows");
  const scale = Math.min(1, columns / image.width, (2 * rows) / image.height);
  const width = Math.max(1, Math.round(image.width * scale));
  const height = 2 * Math.max(1, Math.round((image.height * scale) / 2));
  const small = resizeImage(image, { width, height, filter: "bicubic" });
  let text = "";
  for (let y = 0; y < height; y += 2) text += line(small, y);
  return text;
}

/** Pixel rows y and y + 1. Colours are only sent where they change. */
function line({ data, width }: Image, y: number): string {
  let text = "";
  let [upperBefore, lowerBefore] = ["", ""];
  for (let x = 0; x < width; x++) {
    const upper = colorAt(data, y * width + x);
    const lower = colorAt(data, (y + 1) * width + x);
    if (upper !== upperBefore) text += `\x1b[38;2;${upper}m`;
    if (lower !== lowerBefore) text += `\x1b[48;2;${lower}m`;
    text += UPPER_HALF;
    [upperBefore, lowerBefore] = [upper, lower];
  }
  return `${text}${RESET}\n`;
}

const colorAt = (data: Uint8ClampedArray, pixel: number): string =>
  `${data[pixel * 3]};${data[pixel * 3 + 1]};${data[pixel * 3 + 2]}`;
