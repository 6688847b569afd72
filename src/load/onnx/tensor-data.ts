/** The numbers of stored tensors: read from where they lie when somebody asks, never held longer than that. */
import { GradCamError } from "../../errors.ts";
import type { ParameterSource } from "../../graph/parameter.ts";
import { FLOAT_BYTES } from "../numbers.ts";
import type { RandomAccessSource } from "../source.ts";
import type { ExternalFiles } from "./external.ts";
import { type OnnxTensor, type Range, size } from "./tensor-proto.ts";
import type { Wire } from "./wire.ts";

/** Where tensors come from. */
export interface Store {
  readonly wire: Wire;
  readonly external: ExternalFiles;
}

/** All numbers of a tensor. Throws E_TENSOR_SIZE, E_PROTOBUF, E_NONFINITE never: NaN is a number here. */
export async function readNumbers(store: Store, tensor: OnnxTensor): Promise<ArrayLike<number>> {
  const { data, count } = tensor;
  if (data.kind === "fields") return readFields(store.wire, tensor, data.ranges);
  const { source, range } = await place(store, tensor);
  return readRange(source, range, tensor, 0, count);
}

/** The numbers of a tensor, in pieces where they lie as plain bytes. */
export async function numberSource(store: Store, tensor: OnnxTensor): Promise<ParameterSource> {
  const { data, count, type } = tensor;
  if (data.kind === "fields") {
    let all: Promise<Float32Array> | undefined;
    const read = async (start: number, end: number): Promise<Float32Array> => {
      all ??= readFields(store.wire, tensor, data.ranges).then((numbers) => Float32Array.from(numbers));
      return (await all).subarray(start, end);
    };
    return { length: count, read };
  }
  const { source, range } = await place(store, tensor);
  return {
    length: count,
    read: async (start, end) => Float32Array.from(await readRange(source, range, tensor, start, end)),
    ...(type.name === "float" &&
      source.readIntoSync && {
        readInto(start: number, { buffer, byteOffset, byteLength }: Float32Array): void {
          source.readIntoSync!(range.begin + start * FLOAT_BYTES.F32, new Uint8Array(buffer, byteOffset, byteLength));
        },
      }),
    ...(type.name === "float16" && {
      async readHalves(start: number, end: number): Promise<Uint16Array> {
        const bytes = await source.read(range.begin + start * type.bytes, (end - start) * type.bytes);
        return new Uint16Array(new Uint8Array(bytes).buffer);
      },
    }),
  };
}

interface Place {
  readonly source: RandomAccessSource;
  readonly range: Range;
}

async function place({ wire, external }: Store, tensor: OnnxTensor): Promise<Place> {
  if (tensor.data.kind === "external") return external.locate(tensor, tensor.data.keys);
  return { source: wire.source, range: (tensor.data as { range: Range }).range };
}

async function readRange(
  source: RandomAccessSource,
  { begin }: Range,
  { type }: OnnxTensor,
  start: number,
  end: number,
): Promise<ArrayLike<number>> {
  return type.decode(await source.read(begin + start * type.bytes, (end - start) * type.bytes));
}

/** Numbers as protocol buffers write them: floats of 4 or 8 bytes, or varints. Halves are varints of their bits. */
async function readFields(wire: Wire, tensor: OnnxTensor, ranges: readonly Range[]): Promise<ArrayLike<number>> {
  const { type, count, name } = tensor;
  const numbers = new Float64Array(count);
  let filled = 0;
  for (const range of ranges) {
    const found = pieces(wire, range, await wire.bytes(range), tensor);
    if (filled + found.length > count) filled = Infinity;
    else numbers.set(found, filled);
    filled += found.length;
  }
  if (filled !== count) {
    throw size(`${wire.source.name}: tensor "${name}"`, `${count} numbers of type ${type.name}`, `${filled}`);
  }
  return numbers;
}

function pieces(wire: Wire, { begin }: Range, bytes: Uint8Array, { type }: OnnxTensor): ArrayLike<number> {
  if (type.name === "float" || type.name === "double") {
    if (bytes.length % type.bytes === 0) return type.decode(bytes);
    throw new GradCamError("E_PROTOBUF", {
      where: `${wire.source.name} at byte ${begin}`,
      expected: `numbers of ${type.bytes} bytes`,
      got: `${bytes.length} bytes`,
    });
  }
  if (type.kind === "float") {
    const bits = wire.decode(begin, bytes, (reader) => reader.uint32());
    return type.decode(new Uint8Array(Uint16Array.from(bits).buffer));
  }
  return wire.decode(begin, bytes, (reader) => Number(type.name === "uint64" ? reader.uint64() : reader.int64()));
}
