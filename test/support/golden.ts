/** Reading reference data, and the measures that compare with it. */
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const file = (path: string): URL => new URL(`../golden/${path}`, import.meta.url);

/** A JSON file, or the same with `.gz` behind its name. */
export function goldenJson<T>(path: string): T {
  const plain = existsSync(file(path));
  const text = plain ? readFileSync(file(path)) : gunzipSync(readFileSync(file(`${path}.gz`)));
  return JSON.parse(text.toString("utf8")) as T;
}

export function goldenBytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(file(path)));
}

/** Little-endian float32. */
export function goldenFloats(path: string, offset = 0, length?: number): Float32Array {
  const bytes = goldenBytes(path);
  return new Float32Array(bytes.buffer, bytes.byteOffset + offset * 4, length ?? bytes.byteLength / 4 - offset);
}

/** max|a − b| */
export function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let worst = a.length === b.length ? 0 : NaN;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
  return worst;
}

/** max|a − b| / max|b| */
export const relativeMax = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  maxDifference(a, b) / Array.from(b).reduce((top, value) => Math.max(top, Math.abs(value)), 0);

/** ‖a − b‖ / ‖b‖ */
export function relativeL2(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    norm += b[i]! ** 2;
  }
  return Math.sqrt(difference / norm);
}
