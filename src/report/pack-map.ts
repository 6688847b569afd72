/**
 * Maps for a report: f32 to the bit at a layer's resolution. At that of a picture numbers would be most of the file: such maps
 * are averaged over equal cells, whose mean times their size is still the sum of the raw map, and kept as one byte per value.
 */
import { base64 } from "../image/base64.ts";
import type { Map2D } from "../image/image.ts";
import { littleEndian } from "./little-endian.ts";
import type { PackedMap } from "./page-data.ts";

/** 64 × 64: every layer's map that is worth reading cell by cell. */
const MAX_EXACT = 4096;
/** Cells along a side of larger maps: 2 × 2 pixels of a 224 × 224 input each. */
const MAX_SIDE = 112;

export function packMap(raw: Map2D): PackedMap {
  const { width, height } = raw;
  if (raw.data.length <= MAX_EXACT) {
    return { width, height, encoding: "f32", ...rangeOf(raw.data), data: base64(littleEndian(raw.data)) };
  }
  const small = averaged(raw, Math.min(width, MAX_SIDE), Math.min(height, MAX_SIDE));
  const { low, high } = rangeOf(small.data);
  const scale = high > low ? 255 / (high - low) : 0;
  const bytes = Uint8Array.from(small.data, (value) => Math.round((value - low) * scale));
  const size = { width: small.width, height: small.height };
  return { ...size, encoding: "u8", low, high, data: base64(bytes), of: { width, height } };
}

/** Means over width × height equal cells; a raw value that two cells share counts for each by its part. In f64. */
function averaged({ data, width: from, height: lines }: Map2D, width: number, height: number): Map2D {
  const columns = cells(from, width);
  const rows = cells(lines, height);
  const across = new Float64Array(lines * width);
  columns.forEach(({ first, parts }, x) => {
    for (let y = 0; y < lines; y++) {
      parts.forEach((part, i) => (across[y * width + x]! += part * data[y * from + first + i]!));
    }
  });
  const result = new Float64Array(width * height);
  rows.forEach(({ first, parts }, y) => {
    for (let x = 0; x < width; x++) {
      parts.forEach((part, i) => (result[y * width + x]! += part * across[(first + i) * width + x]!));
    }
  });
  return { data: Float32Array.from(result), width, height };
}

/** For each of `count` equal parts of `size` samples: the first it touches, and the share of the mean of each, which add up to 1. */
function cells(size: number, count: number): { first: number; parts: number[] }[] {
  return Array.from({ length: count }, (_, cell) => {
    // Numerators over `count`: whole numbers, so that no edge is off by rounding.
    const [begin, end] = [cell * size, (cell + 1) * size];
    const first = Math.floor(begin / count);
    const length = Math.ceil(end / count) - first;
    const parts = Array.from({ length }, (__, i) => {
      const at = (first + i) * count;
      return (Math.min(end, at + count) - Math.max(begin, at)) / size;
    });
    return { first, parts };
  });
}

function rangeOf(values: Float32Array): { low: number; high: number } {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { low, high };
}
