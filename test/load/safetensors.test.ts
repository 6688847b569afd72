/** The reader keeps every promise of the format, or says which one a file breaks. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GradCamError } from "../../src/errors.ts";
import { readParameter } from "../../src/graph/parameter.ts";
import { DEFAULT_LIMITS } from "../../src/load/limits.ts";
import { openSafetensors } from "../../src/load/safetensors.ts";
import { blobSource, bytesSource, type RandomAccessSource } from "../../src/load/source.ts";
import { codeOf } from "../support/error-code.ts";
import { safetensors, withHeader } from "../support/safetensors.ts";

const open = (bytes: Uint8Array) => openSafetensors(bytesSource(bytes, "file.safetensors"));
const numbers = (...values: number[]): Uint8Array => new Uint8Array(new Float32Array(values).buffer);
const read = async (bytes: Uint8Array, name: string): Promise<number[]> =>
  Array.from(await readParameter((await open(bytes)).tensors.get(name)!.parameter()));

const TWO = {
  a: { dtype: "F32", shape: [2, 2], data_offsets: [0, 16] },
  b: { dtype: "F32", shape: [3], data_offsets: [16, 28] },
};
const sound = safetensors(TWO, numbers(1, 2, 3, 4, 5, 6, 7));

describe("a sound file", () => {
  it("gives names, shapes, types and numbers", async () => {
    const { tensors, format } = await open(sound);
    expect(format).toBe("safetensors");
    expect([...tensors.values()].map(({ name, shape, dtype }) => [name, shape, dtype])).toEqual([
      ["a", [2, 2], "F32"],
      ["b", [3], "F32"],
    ]);
    expect(await read(sound, "a")).toEqual([1, 2, 3, 4]);
    expect(await read(sound, "b")).toEqual([5, 6, 7]);
  });

  it("may pad its header with spaces and list tensors out of order", async () => {
    const swapped = safetensors({ b: TWO.b, a: TWO.a }, numbers(1, 2, 3, 4, 5, 6, 7), 9);
    expect(await read(swapped, "b")).toEqual([5, 6, 7]);
  });

  it("may hold scalars, empty tensors, NaN, infinities and metadata", async () => {
    const bytes = safetensors(
      {
        __metadata__: { format: "pt", note: "naïve" },
        scalar: { dtype: "F32", shape: [], data_offsets: [0, 4] },
        empty: { dtype: "F32", shape: [4, 0, 2 ** 30], data_offsets: [4, 4] },
        wild: { dtype: "F32", shape: [3], data_offsets: [4, 16] },
      },
      numbers(7, NaN, Infinity, -0),
    );
    const { metadata } = await open(bytes);
    expect(metadata).toEqual({ format: "pt", note: "naïve" });
    expect(await read(bytes, "scalar")).toEqual([7]);
    expect(await read(bytes, "empty")).toEqual([]);
    expect(await read(bytes, "wild")).toEqual([NaN, Infinity, -0]);
  });

  it("may be empty of tensors", async () => {
    expect((await open(safetensors({}, numbers()))).tensors.size).toBe(0);
  });

  it("widens F16 and BF16 exactly and rounds F64 to the nearest", async () => {
    const halves = new Uint8Array(new Uint16Array([0x3c00, 0xc400, 0x0001, 0x7bff]).buffer);
    const brains = new Uint8Array(new Uint16Array([0x3f80, 0xc080, 0x0001, 0x7f80]).buffer);
    const doubles = new Uint8Array(new Float64Array([0.1, -1e300, 2 ** -150]).buffer);
    const bytes = safetensors(
      {
        h: { dtype: "F16", shape: [4], data_offsets: [0, 8] },
        b: { dtype: "BF16", shape: [4], data_offsets: [8, 16] },
        d: { dtype: "F64", shape: [3], data_offsets: [16, 40] },
      },
      Uint8Array.of(...halves, ...brains, ...doubles),
    );
    expect(await read(bytes, "h")).toEqual([1, -4, 2 ** -24, 65504]);
    expect(await read(bytes, "b")).toEqual([1, -4, 2 ** -133, Infinity]);
    expect(await read(bytes, "d")).toEqual([Math.fround(0.1), -Infinity, 0]);
  });

  it("reads only the ranges that are asked for, without copying the file", async () => {
    const ranges: [number, number][] = [];
    const inner = bytesSource(sound);
    const source: RandomAccessSource = {
      name: "counted",
      size: inner.size,
      read(offset, length) {
        ranges.push([offset, length]);
        return inner.read(offset, length);
      },
      close: () => undefined,
    };
    const { tensors } = await openSafetensors(source);
    const dataStart = sound.length - 28;
    ranges.length = 0;
    expect(await tensors.get("a")!.parameter().source.read(1, 3)).toEqual(new Float32Array([2, 3]));
    expect(ranges).toEqual([[dataStart + 4, 8]]);
  });

  it("goes straight into memory where its source can write there and nothing has to be converted", async () => {
    const half = { ...TWO, b: { dtype: "F16", shape: [6], data_offsets: [16, 28] } };
    const file = safetensors(half, numbers(1, 2, 3, 4, 5, 6, 7));
    const readIntoSync = (offset: number, target: Uint8Array): void =>
      target.set(file.subarray(offset, offset + target.length));
    const { tensors } = await openSafetensors({ ...bytesSource(file), readIntoSync });
    const memory = new Float32Array(4);
    tensors.get("a")!.parameter().source.readInto?.(1, memory.subarray(1, 3));
    expect([...memory]).toEqual([0, 2, 3, 0]);
    expect(tensors.get("b")!.parameter().source).not.toHaveProperty("readInto");
  });

  it("is the same from a Blob and from a slice of a Node buffer pool", async () => {
    const pooled = Buffer.concat([Buffer.from("x"), sound]).subarray(1);
    for (const source of [blobSource(new Blob([sound as BlobPart])), bytesSource(pooled)]) {
      const { tensors } = await openSafetensors(source);
      expect(Array.from(await readParameter(tensors.get("b")!.parameter()))).toEqual([5, 6, 7]);
    }
  });

  it("with types that are no floats opens, and refuses only their use", async () => {
    const bytes = safetensors({ n: { dtype: "I64", shape: [], data_offsets: [0, 8] } }, new Uint8Array(8));
    const { tensors } = await open(bytes);
    expect(await codeOf(() => tensors.get("n")!.parameter())).toBe("E_DTYPE");
  });
});

const entry = (fields: object): Uint8Array => safetensors({ a: { ...TWO.a, ...fields } }, numbers(1, 2, 3, 4));

const BROKEN: Readonly<Record<string, readonly [code: string, bytes: Uint8Array]>> = {
  "row 1: seven bytes": ["E_TRUNCATED", sound.subarray(0, 7)],
  "row 6: the first quarter": ["E_TRUNCATED", sound.subarray(0, sound.length / 4)],
  "row 6: the first half": ["E_TRUNCATED", sound.subarray(0, sound.length / 2)],
  "row 6: all but the last byte": ["E_TRUNCATED", sound.subarray(0, sound.length - 1)],
  "row 8: a byte too many": ["E_TRAILING_DATA", Uint8Array.of(...sound, 0)],
  "row 9: a header length beyond the end of a complete header": [
    "E_HEADER_TOO_LARGE",
    withHeader(sound, BigInt(sound.length)),
  ],
  "row 9: a header length over the limit": ["E_HEADER_TOO_LARGE", withHeader(sound, 100_000_001n)],
  "row 9: a header length of 2^63": ["E_HEADER_TOO_LARGE", withHeader(sound, 1n << 63n)],
  "row 10: a header length of 0": ["E_HEADER_INVALID", withHeader(sound, 0n)],
  "row 10: a header that begins with a space": ["E_HEADER_INVALID", safetensors(" {}", numbers())],
  "row 10: a header that is an array": ["E_HEADER_INVALID", safetensors("[]", numbers())],
  "row 10: a header that is not JSON": ["E_HEADER_INVALID", safetensors('{"a":}', numbers())],
  "row 10: a header that ends too early": ["E_HEADER_INVALID", safetensors('{"a":{', numbers())],
  "row 10: invalid UTF-8": ["E_HEADER_INVALID", safetensors(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d), numbers())],
  "row 10: the same name twice": ["E_HEADER_INVALID", safetensors(twice('"a"', '"a"'), numbers(1, 2, 3, 4))],
  "row 10: the same name twice, once escaped": [
    "E_HEADER_INVALID",
    safetensors(twice('"a"', '"\\u0061"'), numbers(1, 2, 3, 4)),
  ],
  "row 10: the same field twice": [
    "E_HEADER_INVALID",
    safetensors('{"a":{"dtype":"F32","dtype":"F32","shape":[0],"data_offsets":[0,0]}}', numbers()),
  ],
  "metadata that is not text": ["E_HEADER_INVALID", safetensors({ __metadata__: { a: 1 } }, numbers())],
  "an entry that is a number": ["E_HEADER_INVALID", safetensors({ a: 1 }, numbers())],
  "row 14: a hundred levels of brackets": [
    "E_JSON_DEPTH",
    safetensors(`{"a":${"[".repeat(100)}${"]".repeat(100)}}`, numbers()),
  ],
  "row 14: a million levels of brackets": ["E_JSON_DEPTH", safetensors(`{"a":${"[".repeat(1e6)}}`, numbers())],
  "row 11: reversed offsets": ["E_OFFSETS", entry({ data_offsets: [16, 0] })],
  "row 11: negative offsets": ["E_OFFSETS", entry({ data_offsets: [-16, 0] })],
  "row 11: fractional offsets": ["E_OFFSETS", entry({ data_offsets: [0, 15.5] })],
  "row 14: infinite offsets": [
    "E_OFFSETS",
    safetensors('{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,1e400]}}', numbers()),
  ],
  "three offsets": ["E_OFFSETS", entry({ data_offsets: [0, 8, 16] })],
  "no offsets": ["E_OFFSETS", entry({ data_offsets: undefined })],
  "row 11: overlapping tensors": [
    "E_OFFSETS",
    safetensors({ a: TWO.a, b: { ...TWO.b, data_offsets: [12, 24] } }, numbers(1, 2, 3, 4, 5, 6)),
  ],
  "row 11: a hole between tensors": [
    "E_OFFSETS",
    safetensors({ a: TWO.a, b: { ...TWO.b, data_offsets: [20, 32] } }, numbers(1, 2, 3, 4, 5, 6, 7, 8)),
  ],
  "row 11: a hole before the first tensor": ["E_OFFSETS", safetensors({ b: TWO.b }, numbers(1, 2, 3, 4, 5, 6, 7))],
  "row 12: a shape smaller than its range": ["E_SHAPE_OVERFLOW", entry({ shape: [3] })],
  "row 12: a shape of 2^62 elements": ["E_SHAPE_OVERFLOW", entry({ shape: [2 ** 31, 2 ** 31] })],
  "row 12: a product beyond 2^53": ["E_SHAPE_OVERFLOW", entry({ shape: [2 ** 30, 2 ** 30] })],
  "row 12: a size of NaN": ["E_SHAPE_INVALID", entry({ shape: [NaN] })],
  "row 12: a size of −1": ["E_SHAPE_INVALID", entry({ shape: [-1, -4] })],
  "row 12: a size of 1.5": ["E_SHAPE_INVALID", entry({ shape: [1.5] })],
  'row 12: a size of "4"': ["E_SHAPE_INVALID", entry({ shape: ["4"] })],
  "a shape that is a number": ["E_SHAPE_INVALID", entry({ shape: 4 })],
  "nine dimensions": ["E_SHAPE_INVALID", entry({ shape: [4, 1, 1, 1, 1, 1, 1, 1, 1] })],
  "an unknown type": ["E_DTYPE", entry({ dtype: "F99" })],
  "a type from Object.prototype": ["E_DTYPE", entry({ dtype: "toString" })],
  "row 15: an empty name": ["E_NAME_INVALID", named("")],
  "row 15: a name with NUL": ["E_NAME_INVALID", named("a\u0000b")],
  "row 15: a name that climbs": ["E_NAME_INVALID", named("../x")],
  "row 15: __proto__ as a name": ["E_NAME_INVALID", named("__proto__")],
  "row 15: constructor.prototype as a name": ["E_NAME_INVALID", named("constructor.prototype")],
};

function twice(first: string, second: string): string {
  const fields = '{"dtype":"F32","shape":[4],"data_offsets":[0,16]}';
  return `{${first}:${fields},${second}:${fields}}`;
}

function named(name: string): Uint8Array {
  return safetensors(
    `{${JSON.stringify(name)}:{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}`,
    numbers(1, 2, 3, 4),
  );
}

describe("a broken file", () => {
  it.each(Object.entries(BROKEN))("%s is refused by its code", async (_, [code, bytes]) => {
    expect(await codeOf(() => open(bytes))).toBe(code);
    expect(({} as Record<string, unknown>)["dtype"]).toBeUndefined();
  });

  it("row 13: with ten thousand names for one range is refused before anything is allocated", async () => {
    const header = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`t${String(i)}`, TWO.a]));
    expect(await codeOf(() => open(safetensors(header, numbers(1, 2, 3, 4))))).toBe("E_OFFSETS");
  });

  it("over an overridden limit names the limit", async () => {
    const limits = { ...DEFAULT_LIMITS, tensorBytes: 8 };
    const opening = openSafetensors(bytesSource(sound, "big.safetensors"), limits);
    await expect(opening).rejects.toThrow(
      'big.safetensors: tensor "a": expected at most 8 bytes (limit tensorBytes), got 16',
    );
  });

  it("row 6: cut anywhere is refused as truncated", async () => {
    for (let length = 0; length < sound.length; length++) {
      expect(await codeOf(() => open(sound.subarray(0, length)))).toBe("E_TRUNCATED");
    }
  });

  it("row 7: with any bytes changed either opens or fails with a code", async () => {
    const flips = fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(flips, async (changes) => {
        const bytes = sound.slice();
        for (const [at, value] of changes) bytes[at] = value;
        try {
          const { tensors } = await open(bytes);
          for (const tensor of tensors.values()) expect(tensor.shape.length).toBeLessThanOrEqual(8);
        } catch (error) {
          expect(error).toBeInstanceOf(GradCamError);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});

it("opens the embedded file with its remarks and without a copy", async () => {
  const { tensors, metadata } = await open(readFileSync("weights/efficientnet-lite0.f16.safetensors"));
  expect(tensors.size).toBe(247);
  expect(metadata["license"]).toContain("Apache-2.0");
});
