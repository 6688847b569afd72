/**
 * safetensors: u64 N, N bytes of JSON {name: {dtype, shape, data_offsets}}, then the tensors back to back, read range
 * by range. After the specification in https://github.com/huggingface/safetensors (README, "Format").
 */
import type { Parameter } from "../graph/parameter.ts";
import type { StoredTensor } from "../zoo/weights.ts";
import type { Head } from "./head.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { decodeFloats, FLOAT_BYTES } from "./numbers.ts";
import { type Entry, PREFIX, readHeader } from "./safetensors-header.ts";
import type { RandomAccessSource } from "./source.ts";
import { requireFloat, type TensorFile } from "./tensor-file.ts";

/** A plausible length, or the beginning of the header where one has to be: the reader explains what is wrong then. */
export function isSafetensors(head: Head): boolean {
  let length = 0;
  for (let i = PREFIX - 1; i >= 0; i--) length = length * 256 + head.at(i);
  const fits = length >= 2 && length <= Math.min(head.size - PREFIX, DEFAULT_LIMITS.headerBytes);
  return fits || (head.at(PREFIX) === 0x7b && /^\{\s*["}]/.test(head.latin1.slice(PREFIX)) && !head.isText);
}

/** Opens a safetensors file, its tensors as they are stored; `bytes` of it are tensors. Throws what readHeader throws. */
export async function openSafetensors(
  source: RandomAccessSource,
  limits: Limits = DEFAULT_LIMITS,
): Promise<TensorFile & { bytes: number }> {
  const { entries, metadata, dataStart } = await readHeader(source, limits);
  const tensors = new Map(entries.map((entry) => [entry.name, storedTensor(source, entry, dataStart)]));
  return {
    format: "safetensors",
    tensors,
    metadata,
    bytes: source.size - dataStart,
    close: () => source.close(),
  };
}

function storedTensor(source: RandomAccessSource, entry: Entry, dataStart: number): StoredTensor {
  const { name, shape, dtype } = entry;
  return {
    name,
    shape,
    dtype,
    parameter: () => lazyParameter(source, entry, dataStart),
    ...(dtype === "I8" && {
      async integers(start, end) {
        const bytes = await source.read(dataStart + entry.begin + start, end - start);
        return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
      },
    }),
  };
}

function lazyParameter(source: RandomAccessSource, entry: Entry, dataStart: number): Parameter {
  const dtype = requireFloat(entry.dtype, `${source.name}: tensor "${entry.name}"`);
  const size = FLOAT_BYTES[dtype];
  const at = (index: number): number => dataStart + entry.begin + index * size;
  return {
    stored: entry.shape,
    source: {
      length: (entry.end - entry.begin) / size,
      read(start, end) {
        const bytes = (end - start) * size;
        if (source.readSync) return decodeFloats(source.readSync(at(start), bytes), dtype);
        return source.read(at(start), bytes).then((range) => decodeFloats(range, dtype));
      },
      ...(dtype === "F32" &&
        source.readIntoSync && {
          readInto(start, { buffer, byteOffset, byteLength }) {
            source.readIntoSync?.(at(start), new Uint8Array(buffer, byteOffset, byteLength));
          },
        }),
      ...(dtype === "F16" && {
        readHalves: async (start, end) => halvesOf(await source.read(at(start), (end - start) * size)),
      }),
    },
  };
}

/** A view where the bytes lie on an even address, else a copy. */
function halvesOf(bytes: Uint8Array): Uint16Array {
  const { buffer, byteOffset } = bytes.byteOffset % 2 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint16Array(buffer, byteOffset, bytes.length / 2);
}
