/**
 * A safetensors model in several files: an index {metadata: {total_size}, weight_map: {tensor: file}} and the files beside it,
 * each a safetensors file. After huggingface_hub's `save_torch_state_dict`.
 */
import { GradCamError } from "../../errors.ts";
import type { StoredTensor } from "../../zoo/weights.ts";
import { withInt8Weights } from "../int8.ts";
import { readJson } from "../json-file.ts";
import type { Limits } from "../limits.ts";
import { checkName } from "../names.ts";
import { openSafetensors } from "../safetensors.ts";
import { show } from "../show.ts";
import { MOST_SIBLINGS, openSibling } from "../sibling.ts";
import type { RandomAccessSource } from "../source.ts";
import type { TensorFile } from "../tensor-file.ts";

/**
 * Throws E_HEADER_TOO_LARGE, E_HEADER_INVALID, E_JSON_DEPTH, E_NAME_INVALID, E_PATH_ESCAPE, E_SHARD_MISSING, E_SHARD_SIZE,
 * E_WEIGHT_MISSING, E_WEIGHT_DUPLICATE, E_QUANT_INVALID, and what the files themselves throw.
 */
export async function openSafetensorsIndex(source: RandomAccessSource, limits: Limits): Promise<TensorFile> {
  const { files, totalBytes } = await readIndex(source, limits);
  const shards: TensorFile[] = [];
  const close = async (): Promise<void> => {
    for (const shard of shards) await shard.close();
    await source.close();
  };
  try {
    const tensors = new Map<string, StoredTensor>();
    let bytes = 0;
    for (const [path, wanted] of files) {
      const file = await openSibling(source, path, `${source.name}: weight_map`);
      const shard = await opened(file, limits);
      shards.push(shard);
      bytes += shard.bytes;
      for (const [name, tensor] of shard.tensors) {
        if (!wanted.delete(name)) throw misplaced(name, path, source.name);
        tensors.set(name, tensor);
      }
      const [missing] = wanted;
      if (missing !== undefined) throw lost(missing, path, source.name);
    }
    if (totalBytes !== undefined && bytes !== totalBytes) throw wrongSize(totalBytes, bytes, source.name);
    // Only now: the scales of one file's weights may lie in another.
    const weights = withInt8Weights(tensors, source.name);
    return { format: "safetensors", tensors: weights, metadata: shards[0]?.metadata ?? {}, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function opened(file: RandomAccessSource, limits: Limits): Promise<TensorFile & { bytes: number }> {
  try {
    return await openSafetensors(file, limits);
  } catch (error) {
    await file.close();
    throw error;
  }
}

interface Index {
  /** The tensors that each file should have. */
  readonly files: ReadonlyMap<string, Set<string>>;
  readonly totalBytes: number | undefined;
}

async function readIndex(source: RandomAccessSource, limits: Limits): Promise<Index> {
  const { metadata, weight_map: map } = checkObject(await readJson(source, limits), source.name);
  const where = `${source.name}: weight_map`;
  const files = new Map<string, Set<string>>();
  for (const [name, path] of Object.entries(checkObject(map, where))) {
    checkName(name, where);
    if (typeof path !== "string") throw malformed(where, `a file name for ${JSON.stringify(name)}`, path);
    const tensors = files.get(path) ?? new Set();
    files.set(path, tensors.add(name));
  }
  if (files.size > MOST_SIBLINGS) throw malformed(where, `at most ${MOST_SIBLINGS} files`, files.size);
  return { files, totalBytes: totalOf(metadata, source.name) };
}

function totalOf(metadata: unknown, file: string): number | undefined {
  if (metadata === undefined) return undefined;
  const { total_size: total } = checkObject(metadata, `${file}: metadata`);
  if (total === undefined) return undefined;
  if (typeof total === "number" && Number.isSafeInteger(total) && total >= 0) return total;
  throw malformed(`${file}: metadata`, "total_size, a number of bytes", total);
}

function checkObject(value: unknown, where: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw malformed(where, "an object", value);
}

const malformed = (where: string, expected: string, got: unknown): GradCamError =>
  new GradCamError("E_HEADER_INVALID", { where, expected, got: show(got) });

const misplaced = (name: string, path: string, file: string): GradCamError =>
  new GradCamError("E_WEIGHT_DUPLICATE", {
    where: `${file}: weight_map`,
    expected: `only the tensors that it places in ${JSON.stringify(path)}`,
    got: `${JSON.stringify(name)}, which it places in another file or in none`,
  });

const lost = (name: string, path: string, file: string): GradCamError =>
  new GradCamError("E_WEIGHT_MISSING", {
    where: `${file}: weight_map`,
    expected: `${JSON.stringify(name)} in ${JSON.stringify(path)}`,
    got: "no such tensor there",
    hint: "the files belong to different versions of the model: fetch them all again",
  });

const wrongSize = (expected: number, got: number, file: string): GradCamError =>
  new GradCamError("E_SHARD_SIZE", {
    where: `${file}: metadata`,
    expected: `${expected} bytes of tensors in all files together`,
    got: String(got),
    hint: "the files belong to different versions of the model: fetch them all again",
  });
