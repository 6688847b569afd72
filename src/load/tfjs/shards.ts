/** The bytes of a group of files, one after the other: any range, wherever the files meet. */
import { GradCamError } from "../../errors.ts";
import type { Parameter } from "../../graph/parameter.ts";
import type { StoredTensor } from "../../zoo/weights.ts";
import { openSibling } from "../sibling.ts";
import type { RandomAccessSource } from "../source.ts";
import type { ManifestEntry, ManifestGroup } from "./manifest.ts";
import { decode } from "./quantization.ts";

export interface Shards {
  /** Every weight of the manifest, by name. */
  readonly weights: ReadonlyMap<string, StoredWeight>;
  close(): Promise<void>;
}

export interface StoredWeight extends StoredTensor {
  /** Whole numbers and truth values are no parameters. */
  readonly isFloat: boolean;
  /** All its numbers now, for what decides about shapes. */
  numbers(): Promise<Float32Array>;
}

/** Opens all files of all groups. Throws E_PATH_ESCAPE, E_SHARD_MISSING, E_SHARD_SIZE, E_IO, E_HTTP. */
export async function openShards(source: RandomAccessSource, groups: readonly ManifestGroup[]): Promise<Shards> {
  const opened: RandomAccessSource[] = [];
  const close = async (): Promise<void> => {
    for (const shard of opened) await shard.close();
  };
  try {
    const weights = new Map<string, StoredWeight>();
    for (const group of groups) {
      const shards: RandomAccessSource[] = [];
      for (const path of group.paths) {
        const shard = await openSibling(source, path, `${source.name}: weightsManifest`);
        opened.push(shard);
        shards.push(shard);
      }
      checkSize(source.name, group, shards);
      for (const entry of group.entries) weights.set(entry.name, storedWeight(source.name, entry, shards));
    }
    return { weights, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function checkSize(file: string, { paths, bytes }: ManifestGroup, shards: readonly RandomAccessSource[]): void {
  const got = shards.reduce((sum, { size }) => sum + size, 0);
  if (got === bytes) return;
  throw new GradCamError("E_SHARD_SIZE", {
    where: `${file}: ${paths.join(", ") || "a group without files"}`,
    expected: `${bytes} bytes, as the weights of this group need`,
    got: `${got} (${shards.map(({ size }) => size).join(" + ")})`,
    hint: "a file is incomplete, or belongs to another model: fetch all of them again",
  });
}

function storedWeight(file: string, entry: ManifestEntry, shards: readonly RandomAccessSource[]): StoredWeight {
  const { name, shape, dtype, count, elementBytes, begin } = entry;
  const read = async (start: number, end: number): Promise<Float32Array> =>
    decode(await readRange(shards, begin + start * elementBytes, (end - start) * elementBytes), entry);
  return {
    name,
    shape,
    isFloat: dtype === "float32",
    dtype: entry.quantization ? `${dtype} stored as ${entry.quantization.dtype}` : dtype,
    parameter(): Parameter {
      if (dtype === "float32") return { stored: shape, source: { length: count, read } };
      throw new GradCamError("E_DTYPE", { where: `${file}: weight "${name}"`, expected: "float32", got: dtype });
    },
    numbers: () => read(0, count),
  };
}

async function readRange(shards: readonly RandomAccessSource[], begin: number, length: number): Promise<Uint8Array> {
  const result = new Uint8Array(length);
  let start = 0;
  for (const shard of shards) {
    const from = Math.max(begin, start);
    const to = Math.min(begin + length, start + shard.size);
    if (from < to) result.set(await shard.read(from - start, to - from), from - begin);
    start += shard.size;
  }
  return result;
}
