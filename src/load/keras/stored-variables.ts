/**
 * Weights as Keras 3 stores them (`.keras`, `.weights.h5`, shards): `layers/<class>[_k]/vars/<i>`, nested models inside. The k
 * counts layers of a class, with gaps in files of Keras 2.12; newer files also say the layer's name. After
 * keras/src/saving/saving_lib.py.
 */
import type { StoredTensor } from "../../zoo/weights.ts";
import type { Hdf5File } from "../hdf5.ts";
import { storedTensor } from "../keras-h5.ts";
import type { LayerConfig, ModelConfig } from "./config.ts";
import type { WeightLookup } from "./weights.ts";

/** What holds a model's layers; the second one is Keras 2.12's. */
const FOLDERS = ["layers", "_layer_checkpoint_dependencies"] as const;

/** The group of layers at the beginning of a path. */
const join = (path: string, name: string): string => (path === "" ? name : `${path}/${name}`);

export const isVariableFile = (file: Hdf5File): boolean => FOLDERS.some((folder) => file.isGroup(folder));

/** @param files one, or the shards of a model */
export function variableLookup(files: readonly Hdf5File[], config: ModelConfig): WeightLookup {
  const children = childrenOf(files);
  const known = new Map<ModelConfig, Groups>();
  const groupOf = (path: readonly LayerConfig[]): string | undefined => {
    const model = path.at(-2)?.model ?? config;
    let groups = known.get(model);
    if (!groups) {
      const outer = path.length === 1 ? "" : groupOf(path.slice(0, -1));
      groups = outer === undefined ? new Map() : groupsIn(outer, model.layers, children, files);
      known.set(model, groups);
    }
    return groups.get(path.at(-1)!);
  };
  return ({ path, index }) => {
    const group = groupOf(path);
    return group === undefined ? undefined : tensorAt(files, `${group}/vars/${index}`);
  };
}

function tensorAt(files: readonly Hdf5File[], path: string): StoredTensor | undefined {
  const file = files.find((one) => one.isDataset(path));
  return file && storedTensor(file, path);
}

type Children = ReadonlyMap<string, ReadonlySet<string>>;

/** The names inside of every group. */
function childrenOf(files: readonly Hdf5File[]): Children {
  const children = new Map<string, Set<string>>();
  for (const path of files.flatMap((file) => [...file.paths])) {
    const cut = path.lastIndexOf("/");
    const group = path.slice(0, Math.max(cut, 0));
    const names = children.get(group) ?? new Set();
    children.set(group, names.add(path.slice(cut + 1)));
  }
  return children;
}

/** Where the layers of one model lie. */
type Groups = ReadonlyMap<LayerConfig, string>;

/**
 * By their names, where all layers of a class find theirs; else by their places among the layers of their class, which is all
 * that Keras goes by. Never a class by both: two layers would share what belongs to one.
 */
function groupsIn(
  outer: string,
  layers: readonly LayerConfig[],
  children: Children,
  files: readonly Hdf5File[],
): Groups {
  const found = new Map<LayerConfig, string>();
  const folder = FOLDERS.map((name) => join(outer, name)).find((path) => children.has(path));
  if (folder === undefined) return found;
  const groups = [...children.get(folder)!];
  const names = new Map(groups.map((group) => [group, nameOf(files, `${folder}/${group}/vars`)]));
  for (const [base, alike] of byClass(layers)) {
    const counted = groups
      .filter((group) => group.replace(/_\d+$/, "") === base || group === base)
      .sort((a, b) => countOf(a, base) - countOf(b, base));
    const named = new Map(counted.map((group) => [names.get(group), group]));
    const isNamed = alike.every(({ name }) => named.has(name));
    for (const [place, layer] of alike.entries()) {
      const group = isNamed ? named.get(layer.name) : counted[place];
      if (group !== undefined) found.set(layer, `${folder}/${group}`);
    }
  }
  return found;
}

/** Layers in their order, by the beginning of their groups' names. */
function byClass(layers: readonly LayerConfig[]): Map<string, LayerConfig[]> {
  const classes = new Map<string, LayerConfig[]>();
  for (const layer of layers) {
    const base = groupName(layer.kind);
    const alike = classes.get(base) ?? [];
    classes.set(base, alike);
    alike.push(layer);
  }
  return classes;
}

const countOf = (group: string, base: string): number => Number(group.slice(base.length + 1) || 0);

const nameOf = (files: readonly Hdf5File[], path: string): string | undefined =>
  files.map((file) => (file.isGroup(path) ? file.strings(path, "name")?.[0] : undefined)).find((name) => name);

/** "BatchNormalization" → "batch_normalization", "Conv2DTranspose" → "conv2d_transpose", "ReLU" → "re_lu". */
const groupName = (kind: string): string =>
  kind
    .replace(/\W+/g, "")
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();

/** What the variables of a layer are called, by its group's name; without gamma where there are three. */
const PARTS: ReadonlyMap<string, readonly string[]> = new Map([
  ["batch_normalization", ["gamma", "beta", "moving_mean", "moving_variance"]],
  ["separable_conv2d", ["depthwise_kernel", "pointwise_kernel", "bias"]],
  ["normalization", ["mean", "variance", "count"]],
]);

/** All variables as `layer/kernel`, for the zoo: of files that say the names of their layers. */
export function namedVariables(file: Hdf5File): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const path of file.paths) {
    const [, group, index] = /^layers\/([^/]+)\/vars\/(\d+)$/.exec(path) ?? [];
    if (group === undefined || !file.isDataset(path)) continue;
    const layer = nameOf([file], `layers/${group}/vars`) ?? group;
    const parts = PARTS.get(group.replace(/_\d+$/, "")) ?? ["kernel", "bias"];
    const isShort = parts.length === 4 && !file.isDataset(`layers/${group}/vars/3`);
    const part = parts[Number(index) + (isShort ? 1 : 0)];
    if (part !== undefined && part !== "count") tensors.set(`${layer}/${part}`, storedTensor(file, path));
  }
  return tensors;
}
