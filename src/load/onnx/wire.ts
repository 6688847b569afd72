/**
 * Protocol buffers, field by field, from wherever they lie: what nobody wants to see (megabytes of weights) is stepped over
 * without being read. Groups, which ONNX never had, are refused, so that nothing nests but what the reader asks for.
 * After https://protobuf.dev/programming-guides/encoding.
 */
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { GradCamError } from "../../errors.ts";
import type { RandomAccessSource } from "../source.ts";

export interface Field {
  readonly number: number;
  readonly type: WireType;
  /** Of varints; 0 for others. */
  readonly value: bigint;
  /** Where its contents lie in the file. */
  readonly begin: number;
  readonly end: number;
}

/** Bytes that are read at a time. */
const WINDOW = 1 << 17;
/** The longest tag and the longest number behind it. */
const LONGEST_HEADER = 20;

export class Wire {
  readonly source: RandomAccessSource;
  #start = 0;
  #window = new Uint8Array(0);
  #reader = new BinaryReader(this.#window);

  constructor(source: RandomAccessSource) {
    this.source = source;
  }

  /** The fields of the message at begin … end. Throws E_PROTOBUF with the place, E_TRUNCATED where the file is too short. */
  async *fields(begin: number, end: number): AsyncGenerator<Field> {
    for (let at = begin; at < end;) {
      await this.#show(at, Math.min(LONGEST_HEADER, end - at));
      const field = this.#field(at, end);
      yield field;
      at = field.end;
    }
  }

  /** Throws E_PROTOBUF unless `field` is of this type: what one number means to us and another to the file is damage. */
  require({ number, type, begin }: Field, wanted: WireType): void {
    if (type === wanted) return;
    throw this.invalid(begin, `field ${number} as ${WireType[wanted]}`, WireType[type]);
  }

  async bytes({ begin, end }: Pick<Field, "begin" | "end">): Promise<Uint8Array> {
    if (end - begin > WINDOW) return this.source.read(begin, end - begin);
    await this.#show(begin, end - begin);
    return this.#window.subarray(begin - this.#start, end - this.#start);
  }

  /** Throws E_PROTOBUF where it is no UTF-8. */
  async text(field: Field): Promise<string> {
    this.require(field, WireType.LengthDelimited);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(await this.bytes(field));
    } catch (cause) {
      throw this.invalid(field.begin, "UTF-8 text", "bytes that are none", cause);
    }
  }

  /** The integers of a repeated field, packed or a single one. */
  async integers(field: Field): Promise<bigint[]> {
    if (field.type === WireType.Varint) return [BigInt.asIntN(64, field.value)];
    this.require(field, WireType.LengthDelimited);
    return this.decode(field.begin, await this.bytes(field), (reader) => BigInt(reader.int64()));
  }

  /** The 32-bit floats of a repeated field, packed or a single one. */
  async floats(field: Field): Promise<number[]> {
    if (field.type !== WireType.Bit32) this.require(field, WireType.LengthDelimited);
    return this.decode(field.begin, await this.bytes(field), (reader) => reader.float());
  }

  /** Numbers until the bytes end. @param at where the bytes lie in the file */
  decode<T>(at: number, bytes: Uint8Array, next: (reader: BinaryReader) => T): T[] {
    const reader = new BinaryReader(bytes);
    const numbers: T[] = [];
    try {
      while (reader.pos < bytes.length) numbers.push(next(reader));
    } catch (cause) {
      throw this.invalid(at + reader.pos, "packed numbers", "bytes that end in the middle of one", cause);
    }
    return numbers;
  }

  invalid(at: number, expected: string, got: string, cause?: unknown): GradCamError {
    return new GradCamError("E_PROTOBUF", { where: `${this.source.name} at byte ${at}`, expected, got, cause });
  }

  #field(at: number, end: number): Field {
    const reader = this.#reader;
    reader.pos = at - this.#start;
    try {
      const [number, type] = reader.tag();
      const behindTag = this.#start + reader.pos;
      const value = type === WireType.Varint || type === WireType.LengthDelimited ? BigInt(reader.uint64()) : 0n;
      const behind = this.#start + reader.pos;
      const contents = type === WireType.Varint ? behindTag : behind;
      return { number, type, value, begin: contents, end: this.#endOf(type, behind, value, end) };
    } catch (cause) {
      if (cause instanceof GradCamError) throw cause;
      if (at + LONGEST_HEADER > this.source.size && cause instanceof RangeError) throw this.#truncated(at, "a field");
      throw this.invalid(at, "a field", cause instanceof Error ? cause.message : "something else", cause);
    }
  }

  #endOf(type: WireType, behind: number, length: bigint, end: number): number {
    const sizes = new Map([
      [WireType.Varint, 0n],
      [WireType.Bit32, 4n],
      [WireType.Bit64, 8n],
      [WireType.LengthDelimited, length],
    ]);
    const size = sizes.get(type);
    if (size === undefined) throw this.invalid(behind, "no groups", WireType[type]);
    if (size <= BigInt(end - behind)) return behind + Number(size);
    if (end === this.source.size) throw this.#truncated(behind, `${size} bytes`);
    throw this.invalid(behind, `at most ${end - behind} bytes, which the message has left`, String(size));
  }

  #truncated(at: number, expected: string): GradCamError {
    const got = `the end of the file at ${this.source.size}`;
    return new GradCamError("E_TRUNCATED", {
      where: `${this.source.name} at byte ${at}`,
      expected,
      got,
      hint: "fetch the file again",
    });
  }

  /** Makes the window begin at `at` unless it holds the next `length` bytes already. */
  async #show(at: number, length: number): Promise<void> {
    if (at >= this.#start && at + length <= this.#start + this.#window.length) return;
    this.#window = (await this.source.read(at, Math.min(WINDOW, this.source.size - at))) as Uint8Array<ArrayBuffer>;
    this.#start = at;
    this.#reader = new BinaryReader(this.#window);
  }
}
