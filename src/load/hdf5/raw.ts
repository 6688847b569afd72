/** Reading through h5wasm's bindings by hand: its own convenience classes do not look at HDF5's status. */
import { GradCamError } from "../../errors.ts";
import { elements } from "../../shape.ts";
import type { H5Module } from "./sandbox.ts";
import { decodeFloats, FLOAT_BYTES, type FloatType } from "../numbers.ts";

interface SlabRequest {
  readonly file: bigint;
  readonly path: string;
  readonly dtype: FloatType;
  readonly offset: readonly number[];
  readonly count: readonly number[];
}

/** The numbers of a box of a dataset into `target`, as many as fill it; HDF5 has brought them to little-endian order. */
export function readSlab(
  module: H5Module,
  { file, path, dtype, offset, count }: SlabRequest,
  target: Float32Array,
): void {
  const bytes = elements(count) * FLOAT_BYTES[dtype];
  // A scalar has no ranges: it is read whole.
  const ranges = (list: readonly number[]): bigint[] | null => (count.length === 0 ? null : list.map(BigInt));
  withMemory(module, bytes, (pointer) => {
    const steps = ranges(count.map(() => 1));
    required(module.get_dataset_data(file, path, ranges(count), ranges(offset), steps, BigInt(pointer)));
    // malloc's blocks are aligned; a copy on the way would be garbage of the size of the file.
    const { buffer } = module.HEAPU8;
    if (dtype === "F32") target.set(new Float32Array(buffer, pointer, target.length));
    else target.set(decodeFloats(new Uint8Array(buffer, pointer, bytes), dtype));
  });
}

interface StringsRequest {
  readonly file: bigint;
  readonly path: string;
  readonly attribute: string;
  /** The file's name, for errors. */
  readonly name: string;
  /** Bytes. */
  readonly limit: number;
}

/** An attribute of strings, of fixed or of variable length. Throws E_HEADER_INVALID for another type. */
export function readStrings(module: H5Module, { file, path, attribute, name, limit }: StringsRequest): string[] {
  const metadata = module.get_attribute_metadata(file, path, attribute);
  const bytes = metadata.size * metadata.total_size;
  if (bytes === 0) return [];
  if (metadata.type !== module.H5T_class_t.H5T_STRING.value || bytes > limit) {
    throw new GradCamError("E_HEADER_INVALID", {
      where: `${name}: attribute "${attribute}" of "${path}"`,
      expected: `strings of at most ${limit} bytes (limit headerBytes)`,
      got: `type ${metadata.type} with ${bytes} bytes`,
    });
  }
  return withMemory(module, bytes, (pointer) => {
    required(module.get_attribute_data(file, path, attribute, BigInt(pointer)));
    const raw = module.HEAPU8.slice(pointer, pointer + bytes);
    if (!metadata.vlen) return fixedStrings(raw, metadata.size);
    const texts = Array.from(new Uint32Array(raw.buffer), (text) => module.UTF8ToString(text));
    module.reclaim_vlen_memory(file, path, attribute, BigInt(pointer));
    return texts;
  });
}

/** HDF5 answers failure with a negative number; the reason is on its standard error, which the sandbox reads. */
export function required<T extends number | bigint>(status: T): T {
  if (status < 0) throw new Error("HDF5 failed");
  return status;
}

function withMemory<T>(module: H5Module, bytes: number, use: (pointer: number) => T): T {
  const pointer = module._malloc(bytes);
  if (pointer === 0) throw new GradCamError("E_OUT_OF_MEMORY", { where: "HDF5", got: `no ${bytes} bytes` });
  try {
    return use(pointer);
  } finally {
    module._free(pointer);
  }
}

/** Fixed-length strings end at the first NUL, or at their length. */
function fixedStrings(bytes: Uint8Array, size: number): string[] {
  const decoder = new TextDecoder();
  return Array.from({ length: bytes.length / size }, (_, i) => {
    const text = bytes.subarray(i * size, (i + 1) * size);
    const end = text.indexOf(0);
    return decoder.decode(end < 0 ? text : text.subarray(0, end));
  });
}
