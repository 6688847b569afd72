/**
 * Keras's legacy HDF5 files, weights only or whole models: one group per layer, listed in `layer_names`, with its
 * tensors listed in `weight_names`. Names differ by age (`fc1_W_1:0`, `fc1/kernel:0`, `fc1/kernel`) and are brought to
 * canonical ones. After keras/src/legacy/saving/legacy_h5_format.py.
 */
import { GradCamError } from "../errors.ts";
import type { StoredTensor } from "../zoo/weights.ts";
import type { Hdf5File } from "./hdf5.ts";
import type { Limits } from "./limits.ts";
import { checkName } from "./names.ts";
import { requireFloat, type TensorFile } from "./tensor-file.ts";

/** Throws E_HEADER_INVALID, E_H5_…, E_NAME_INVALID, E_SHAPE_…, E_TENSOR_TOO_LARGE, E_WEIGHT_…, E_NOT_A_MODEL. */
export function legacyTensors(file: Hdf5File, limits: Limits): TensorFile {
  const tensors = readTensors(file, limits);
  return { format: "keras-h5", tensors, metadata: versions(file), close: () => file.close() };
}

function readTensors(file: Hdf5File, limits: Limits): Map<string, StoredTensor> {
  const root = findWeights(file);
  const layers = requireNames(file, root, "layer_names", limits);
  const tensors = new Map<string, StoredTensor>();
  for (const layer of layers) {
    const group = join(root, layer);
    requireKind(file.isGroup(group), file.name, group, "group");
    const weights = requireNames(file, group, "weight_names", limits);
    const canonical = canonicalNames(layer, weights, new Set(layers));
    weights.forEach((weight, index) => {
      const path = join(group, weight);
      requireKind(file.isDataset(path), file.name, path, "dataset");
      addTensor(tensors, canonical[index]!, storedTensor(file, path), file.name);
    });
  }
  return tensors;
}

/** The group that lists the layers: the root, or `model_weights` of a whole model. */
export function findWeights(file: Hdf5File): string {
  const found = ["", "model_weights"].find((path) => file.isGroup(path) && readNames(file, path, "layer_names"));
  if (found !== undefined) return found;
  throw new GradCamError("E_NOT_A_MODEL", {
    where: file.name,
    expected: "a Keras .h5 file (attribute layer_names, or the group layers)",
    got: "an HDF5 file without Keras weights",
    hint: "is it the right file? PyTorch and MATLAB also write HDF5",
  });
}

/** A list of names; one longer than 64 kB is stored in parts: `layer_names0`, `layer_names1`, … */
function readNames(file: Hdf5File, path: string, attribute: string): readonly string[] | undefined {
  const whole = file.strings(path, attribute);
  if (whole) return whole;
  const names: string[] = [];
  let parts = 0;
  for (let part; (part = file.strings(path, `${attribute}${parts}`)); parts++) names.push(...part);
  return parts > 0 ? names : undefined;
}

export function requireNames(file: Hdf5File, path: string, attribute: string, limits: Limits): readonly string[] {
  const names = readNames(file, path, attribute);
  const where = `${file.name}: ${attribute} of "${path || "/"}"`;
  if (!names || names.length > limits.tensors) {
    throw new GradCamError("E_HEADER_INVALID", {
      where,
      expected: `a list of at most ${limits.tensors} names (limit tensors)`,
      got: names ? `${names.length} names` : "none",
    });
  }
  for (const name of names) checkName(name, where);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new GradCamError("E_WEIGHT_DUPLICATE", { where, got: `${JSON.stringify(twice)} twice` });
  return names;
}

function requireKind(isKind: boolean, file: string, path: string, kind: string): void {
  if (isKind) return;
  throw new GradCamError("E_WEIGHT_MISSING", { where: file, expected: `a ${kind} at "${path}"`, got: "none" });
}

export const join = (path: string, name: string): string => (path === "" ? name : `${path}/${name}`);

function addTensor(tensors: Map<string, StoredTensor>, name: string, tensor: StoredTensor, file: string): void {
  if (tensors.has(name)) {
    throw new GradCamError("E_WEIGHT_DUPLICATE", { where: file, got: `two tensors for "${name}"` });
  }
  tensors.set(name, tensor);
}

export function storedTensor(file: Hdf5File, path: string): StoredTensor {
  const dataset = file.dataset(path);
  return {
    name: path,
    shape: dataset.shape,
    dtype: dataset.dtype,
    parameter() {
      const dtype = requireFloat(dataset.dtype, `${file.name}: dataset "${path}"`);
      const length = dataset.shape.reduce((product, size) => product * size, 1);
      const readInto = file.directly(path, dtype);
      return {
        stored: dataset.shape,
        source: {
          length,
          read: (start, end) => file.read(path, dataset, dtype, start, end),
          ...(readInto && { readInto }),
        },
      };
    },
  };
}

/** Keras 1's and 2's words for what Keras 3 calls otherwise; Keras 1's "running_std" already held the variance. */
const PARTS: ReadonlyMap<string, string> = new Map([
  ["W", "kernel"],
  ["b", "bias"],
  ["depthwise_W", "depthwise_kernel"],
  ["pointwise_W", "pointwise_kernel"],
  ["running_mean", "moving_mean"],
  ["running_std", "moving_variance"],
]);

/**
 * `layer/part` for the weights of a plain layer. A model used as a layer has all its weights in one group: they become
 * `inner/part`, or `layer/inner/part` where the outer model has a layer `inner` of its own.
 */
function canonicalNames(layer: string, weights: readonly string[], layers: ReadonlySet<string>): string[] {
  const owners = weights.map((weight) => weight.split("/").at(-2) ?? layer);
  const isPlain = new Set(owners).size <= 1;
  const parts = weights.map((weight) => partOf(layer, weight));
  const separable = new Set(owners.filter((_, index) => parts[index] === "pointwise_kernel"));
  return parts.map((part, index) => {
    const owner = owners[index]!;
    const name = isPlain ? layer : layers.has(owner) ? `${layer}/${owner}` : owner;
    // A depthwise kernel is the kernel, except beside a pointwise one (SeparableConv2D).
    const isKernel = part === "depthwise_kernel" && !separable.has(owner);
    return `${name}/${isKernel ? "kernel" : part}`;
  });
}

/** "block1_conv1_W_1:0" → "kernel", "bn/gamma:0" → "gamma". */
export function partOf(layer: string, weight: string): string {
  let part = weight.replace(/:\d+$/, "").split("/").at(-1)!;
  if (!weight.includes("/") && part.startsWith(`${layer}_`)) part = part.slice(layer.length + 1).replace(/_\d+$/, "");
  return PARTS.get(part) ?? part;
}

export function versions(file: Hdf5File): Record<string, string> {
  const found = ["keras_version", "backend"].flatMap((name) => {
    const value = file.strings("", name)?.[0];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found);
}
