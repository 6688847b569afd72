/**
 * Maps for a report: f32 to the bit at a layer's resolution, one byte per value at that of a picture, where the eye cannot tell
 * and the numbers would be most of the file.
 */
import { base64 } from "../image/base64.ts";
import type { Map2D } from "../image/image.ts";
import { littleEndian } from "./little-endian.ts";
import type { PackedMap } from "./page-data.ts";

/** 64 × 64: every layer's map that is worth reading cell by cell. */
const MAX_EXACT = 4096;

export function packMap({ data, width, height }: Map2D): PackedMap {
  let [low, high] = [Infinity, -Infinity];
  for (const value of data) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (data.length <= MAX_EXACT) return { width, height, encoding: "f32", low, high, data: base64(littleEndian(data)) };
  const scale = high > low ? 255 / (high - low) : 0;
  const bytes = Uint8Array.from(data, (value) => Math.round((value - low) * scale));
  return { width, height, encoding: "u8", low, high, data: base64(bytes) };
}
