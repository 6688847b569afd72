/**
 * Arrays for NumPy: .npy (format version 1.0) and .npz (a zip archive of those, stored without compression, as numpy.savez).
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html; APPNOTE.TXT of PKWARE for the archive.
 */
import { littleEndian } from "./little-endian.ts";
import { GradCamError } from "../errors.ts";
import { concat, crc32 } from "../image/chunks.ts";
import { elements } from "../shape.ts";
import type { HostTensor } from "../tensor.ts";

const MAGIC = [0x93, ...Array.from("NUMPY", (letter) => letter.charCodeAt(0)), 1, 0];
/** The numbers begin at a multiple of this. */
const ALIGNMENT = 64;

/** A float32 array as a .npy file, row-major. Throws E_INPUT_SHAPE when the numbers do not fill the shape. */
export function toNpy({ data, shape }: HostTensor): Uint8Array {
  if (elements(shape) !== data.length) {
    const expected = `${elements(shape)} numbers for [${shape.join(",")}]`;
    throw new GradCamError("E_INPUT_SHAPE", { where: "toNpy", expected, got: String(data.length) });
  }
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  return npy("<f4", tuple, littleEndian(data));
}

/**
 * Arrays by name as a .npz file; lists of strings become arrays of NumPy's Unicode strings. Equal arrays give equal bytes.
 * Throws E_INPUT_SHAPE, and E_INPUT_VALUE where the file would be larger than a plain zip archive can be.
 */
export function toNpz(arrays: Readonly<Record<string, HostTensor | readonly string[]>>): Uint8Array {
  const entries = Object.entries(arrays).map(([name, array]) => ({
    name: new TextEncoder().encode(`${name}.npy`),
    bytes: "shape" in array ? toNpy(array) : stringsToNpy(array),
  }));
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const facts = { name, size: bytes.length, crc: crc32(bytes) };
    directory.push(record(facts, offset), name);
    parts.push(record(facts), name, bytes);
    offset += LOCAL_BYTES + name.length + bytes.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  if (offset + size > 0xffffffff || entries.length > 0xffff) {
    throw new GradCamError("E_INPUT_VALUE", { where: "toNpz", expected: "less than 4 GiB", got: `${offset} bytes` });
  }
  return concat([...parts, ...directory, ending(entries.length, size, offset)]);
}

function npy(type: string, tuple: string, bytes: Uint8Array): Uint8Array {
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const before = MAGIC.length + 2;
  const length = Math.ceil((before + header.length + 1) / ALIGNMENT) * ALIGNMENT - before;
  const text = `${header.padEnd(length - 1)}\n`;
  return concat([Uint8Array.of(...MAGIC, length & 255, length >> 8), new TextEncoder().encode(text), bytes]);
}

/** Four bytes a character, as long as the longest. */
function stringsToNpy(strings: readonly string[]): Uint8Array {
  const points = strings.map((text) => Array.from(text, (character) => character.codePointAt(0)!));
  const longest = Math.max(1, ...points.map(({ length }) => length));
  const view = new DataView(new ArrayBuffer(strings.length * longest * 4));
  points.forEach((codes, row) => {
    codes.forEach((code, i) => {
      view.setUint32((row * longest + i) * 4, code, true);
    });
  });
  return npy(`<U${longest}`, `(${strings.length},)`, new Uint8Array(view.buffer));
}

interface ZipFacts {
  readonly name: Uint8Array;
  readonly size: number;
  readonly crc: number;
}

const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
/** 1 January 1980: the archive does not depend on when it was made. */
const NO_DATE = 0x00210000;
/** Names are UTF-8. */
const UTF8 = 0x0800;

/** The header before a file, or with its offset the entry of the directory. */
function record({ name, size, crc }: ZipFacts, offset?: number): Uint8Array {
  const central = offset !== undefined;
  const view = new DataView(new ArrayBuffer(central ? CENTRAL_BYTES : LOCAL_BYTES));
  view.setUint32(0, central ? 0x02014b50 : 0x04034b50, true);
  if (central) view.setUint16(4, 20, true);
  // What both have in common begins after the versions.
  const at = central ? 6 : 4;
  view.setUint16(at, 20, true);
  view.setUint16(at + 2, UTF8, true);
  view.setUint32(at + 6, NO_DATE, true);
  view.setUint32(at + 10, crc, true);
  view.setUint32(at + 14, size, true);
  view.setUint32(at + 18, size, true);
  view.setUint16(at + 22, name.length, true);
  if (central) view.setUint32(42, offset, true);
  return new Uint8Array(view.buffer);
}

function ending(count: number, size: number, offset: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(22));
  view.setUint32(0, 0x06054b50, true);
  view.setUint16(8, count, true);
  view.setUint16(10, count, true);
  view.setUint32(12, size, true);
  view.setUint32(16, offset, true);
  return new Uint8Array(view.buffer);
}
