/** Writing safetensors files, right and wrong ones. */

/** A file with this header (an object, its text or its bytes), padded with `spaces`, and these tensor bytes. */
export function safetensors(header: object | string | Uint8Array, data: Uint8Array, spaces = 0): Uint8Array {
  const text = typeof header === "string" ? header : JSON.stringify(header);
  const bytes = header instanceof Uint8Array ? header : new TextEncoder().encode(text + " ".repeat(spaces));
  const file = new Uint8Array(8 + bytes.length + data.length);
  file.set(bytes, 8);
  file.set(data, 8 + bytes.length);
  return withHeader(file, BigInt(bytes.length));
}

/** The same file with another declared header length. */
export function withHeader(file: Uint8Array, length: bigint): Uint8Array {
  const copy = file.slice();
  new DataView(copy.buffer).setBigUint64(0, length, true);
  return copy;
}
