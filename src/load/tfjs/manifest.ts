/**
 * The manifest of weights: groups of files whose bytes, one after the other, are tensors in the order of a list. Nothing is
 * aligned, and a tensor may begin in one file and end in the next.
 */
import { GradCamError } from "../../errors.ts";
import type { Shape } from "../../shape.ts";
import type { Limits } from "../limits.ts";
import { checkName } from "../names.ts";
import { checkShape, countElements } from "../shapes.ts";
import { show } from "../show.ts";
import { invalid, object } from "./model-json.ts";
import { checkQuantization, type Quantization } from "./quantization.ts";

/** Bytes of an element as it is computed with. Strings have no fixed size and are no weights. */
const BYTES = { float32: 4, int32: 4, bool: 1, complex64: 8 } as const;
const QUANTIZED_BYTES = { uint8: 1, uint16: 2, float16: 2 } as const;

export interface ManifestEntry {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: keyof typeof BYTES;
  /** How it is stored, where that is not how it is computed with. */
  readonly quantization: Quantization | undefined;
  readonly count: number;
  /** Of one stored element. */
  readonly elementBytes: number;
  /** Where it begins in the bytes of its group. */
  readonly begin: number;
}

export interface ManifestGroup {
  /** Relative to the file with the manifest. */
  readonly paths: readonly string[];
  readonly entries: readonly ManifestEntry[];
  /** All its files together. */
  readonly bytes: number;
}

/** Throws E_HEADER_INVALID, E_NAME_INVALID, E_SHAPE_…, E_DTYPE, E_QUANT_INVALID, E_TENSOR_TOO_LARGE, E_WEIGHT_DUPLICATE. */
export function checkManifest(manifest: readonly unknown[], file: string, limits: Limits): ManifestGroup[] {
  const seen = new Set<string>();
  const groups = manifest.map((group, index) => checkGroup(group, `${file}: weightsManifest[${index}]`, limits));
  for (const { name } of groups.flatMap(({ entries }) => entries)) {
    if (seen.has(name)) {
      throw new GradCamError("E_WEIGHT_DUPLICATE", { where: `${file}: weightsManifest`, got: `${show(name)} twice` });
    }
    seen.add(name);
  }
  if (seen.size > limits.tensors) {
    throw invalid(`${file}: weightsManifest`, `at most ${limits.tensors} weights (limit tensors)`, seen.size);
  }
  return groups;
}

function checkGroup(group: unknown, where: string, limits: Limits): ManifestGroup {
  const { paths, weights } = object(group, where) as { paths?: unknown; weights?: unknown };
  if (!Array.isArray(paths) || !paths.every((path) => typeof path === "string")) {
    throw invalid(where, "a list of paths", paths);
  }
  if (!Array.isArray(weights)) throw invalid(where, "a list of weights", weights);
  const entries: ManifestEntry[] = [];
  let begin = 0;
  for (const weight of weights) {
    const entry = checkEntry(weight, where, begin, limits);
    entries.push(entry);
    begin += entry.count * entry.elementBytes;
  }
  return { paths, entries, bytes: begin };
}

function checkEntry(weight: unknown, group: string, begin: number, limits: Limits): ManifestEntry {
  const fields = object(weight, group);
  const { name, dtype } = fields;
  if (typeof name !== "string") throw invalid(group, "a weight with a name", weight);
  checkName(name, group);
  const where = `${group}: weight "${name}"`;
  if (typeof dtype !== "string" || !Object.hasOwn(BYTES, dtype)) {
    throw new GradCamError("E_DTYPE", { where, expected: Object.keys(BYTES).join(", "), got: show(dtype) });
  }
  const type = dtype as keyof typeof BYTES;
  const shape = checkShape(fields["shape"], where, limits);
  const quantization = checkQuantization(fields["quantization"], type, where);
  const elementBytes = quantization ? QUANTIZED_BYTES[quantization.dtype] : BYTES[type];
  const count = countElements(shape, where);
  if (count * elementBytes > limits.tensorBytes) {
    throw new GradCamError("E_TENSOR_TOO_LARGE", {
      where,
      expected: `at most ${limits.tensorBytes} bytes (limit tensorBytes)`,
      got: String(count * elementBytes),
    });
  }
  return { name, shape, dtype: type, quantization, count, elementBytes, begin };
}
