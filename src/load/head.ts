/** The first bytes of a file, in the forms in which formats are recognised. */
import type { RandomAccessSource } from "./source.ts";

/** What can be loaded, for messages. */
export const A_MODEL = "a Keras, ONNX, TensorFlow.js or safetensors model";

const HEAD_BYTES = 4096;

export interface Head {
  readonly name: string;
  /** Of the whole file. */
  readonly size: number;
  /** Byte i, or −1 behind the end. */
  at(i: number): number;
  /** One character per byte. */
  readonly latin1: string;
  /** As UTF-8, without a byte order mark. */
  readonly text: string;
  /** Whether the file begins with these bytes, one per character. */
  starts(bytes: string): boolean;
  readonly isZip: boolean;
  readonly isJson: boolean;
  /** Printable UTF-8. */
  readonly isText: boolean;
  /** Field 1 a small integer or a message, then a plausible next field: ONNX, SavedModel, GraphDef. */
  readonly isProtobuf: boolean;
}

export async function readHead(source: RandomAccessSource): Promise<Head> {
  const bytes = await source.read(0, Math.min(source.size, HEAD_BYTES));
  // Not TextDecoder("latin1"), which the web defines as windows-1252.
  const latin1 = String.fromCharCode(...bytes);
  const text = new TextDecoder("utf-8").decode(bytes);
  const starts = (magic: string): boolean => latin1.startsWith(magic);
  const at = (i: number): number => bytes[i] ?? -1;
  return {
    name: source.name,
    size: source.size,
    at,
    latin1,
    text,
    starts,
    isZip: starts("PK\x03\x04") || starts("PK\x05\x06"),
    isJson: /^\s*[{[]/.test(text) && isPrintable(text),
    isText: isPrintable(text),
    isProtobuf: isProtobuf(at),
  };
}

/** A multi-byte character may be cut at the end of the head: its replacement there does not count. */
function isPrintable(text: string): boolean {
  return text.length > 0 && !/[^\P{Cc}\t\n\v\f\r]|\ufffd/u.test(text.replace(/\ufffd{1,3}$/, ""));
}

/** Wire tags of ModelProto's and SavedModel's fields 2–8, which are written in ascending order. */
const NEXT_TAGS = new Set([0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42]);

function isProtobuf(at: (i: number) => number): boolean {
  const version = at(1);
  return at(0) === 0x08 && version > 0 && version < 0x40 && NEXT_TAGS.has(at(2));
}
