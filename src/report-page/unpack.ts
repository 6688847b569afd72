/** From base64 back to numbers. */
import type { PackedMap } from "../report/page-data.ts";

export const bytesOf = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));

/** Row-major values. */
export function valuesOf({ encoding, data, low, high }: PackedMap): Float32Array {
  const bytes = bytesOf(data);
  if (encoding === "u8") return Float32Array.from(bytes, (byte) => low + ((high - low) * byte) / 255);
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(i * 4, true));
}
