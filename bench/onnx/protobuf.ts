/**
 * Just enough of protobuf's wire format to write one: a field is varint(number·8 + wire type), then its value.
 * Large payloads stay promises of bytes until they are written: a 553 MB model is never held in memory.
 * https://protobuf.dev/programming-guides/encoding/
 */

/** Bytes that are made when they are written. */
export interface LazyBytes {
  readonly byteLength: number;
  chunks(): AsyncIterable<Uint8Array>;
}

/** An encoded message, in pieces that follow one another. */
export type Message = readonly (Uint8Array | LazyBytes)[];

const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

export function encodeVarint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  // Negative numbers are written as 64-bit two's complement.
  for (let rest = BigInt.asUintN(64, BigInt(value)); ;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
    if (rest === 0n) return Uint8Array.from(bytes);
  }
}

const key = (field: number, wireType: number): Uint8Array => encodeVarint(field * 8 + wireType);

export const integer = (field: number, value: number | bigint): Message => [key(field, VARINT), encodeVarint(value)];

export const integers = (field: number, values: readonly number[]): Message =>
  values.flatMap((value) => integer(field, value));

export function float(field: number, value: number): Message {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [key(field, FIXED32), bytes];
}

export const text = (field: number, value: string): Message => embedded(field, [new TextEncoder().encode(value)]);

export const texts = (field: number, values: readonly string[]): Message =>
  values.flatMap((value) => text(field, value));

/** A message or bytes inside of a message. */
export const embedded = (field: number, message: Message): Message => [
  key(field, BYTES),
  encodeVarint(byteLength(message)),
  ...message,
];

export const byteLength = (message: Message): number => message.reduce((sum, piece) => sum + piece.byteLength, 0);

/** All bytes of a message, in order. */
export async function* bytesOf(message: Message): AsyncGenerator<Uint8Array> {
  for (const piece of message) {
    if (piece instanceof Uint8Array) yield piece;
    else yield* piece.chunks();
  }
}
