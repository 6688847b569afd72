/**
 * Weights as Keras 1 and 2 store them (`.h5`): one group per layer with a list of its weights; those of a nested model lie in
 * its own group, all together. Layers are found by name, or as Keras does it when names differ: in their order, if there are
 * as many. After keras/src/legacy/saving/legacy_h5_format.py.
 */
import { GradCamError } from "../../errors.ts";
import type { StoredTensor } from "../../zoo/weights.ts";
import type { Hdf5File } from "../hdf5.ts";
import { findWeights, join, partOf, requireNames, storedTensor } from "../keras-h5.ts";
import type { Limits } from "../limits.ts";
import type { LayerConfig } from "./config.ts";
import { requestName, type WeightLookup, type WeightRequest } from "./weights.ts";

interface StoredWeight {
  /** "head/d1/kernel:0" as ["head", "d1"]. */
  readonly owners: readonly string[];
  readonly part: string;
  readonly tensor: StoredTensor;
}

interface StoredLayer {
  readonly name: string;
  readonly weights: readonly StoredWeight[];
}

/** @param requests all that will be asked for @throws E_SHAPE_MISMATCH where layers or weights cannot be told apart */
export function legacyLookup(file: Hdf5File, requests: readonly WeightRequest[], limits: Limits): WeightLookup {
  const stored = readLayers(file, limits).filter(({ weights }) => weights.length > 0);
  const wanted = groupByLayer(requests);
  const groups = pairUp([...wanted.keys()], stored, file.name);
  const found = new Map<string, StoredTensor | undefined>();
  for (const [layer, own] of wanted) {
    const weights = groups.get(layer)?.weights ?? [];
    if (weights.length > own.length) throw tooMany(file.name, layer, weights, own.length);
    const assigned = assign(own, weights);
    own.forEach((request, i) => found.set(requestName(request), assigned[i]?.tensor));
  }
  return (request) => found.get(requestName(request));
}

function readLayers(file: Hdf5File, limits: Limits): StoredLayer[] {
  const root = findWeights(file);
  return requireNames(file, root, "layer_names", limits).map((name) => {
    const group = join(root, name);
    if (!file.isGroup(group)) {
      throw new GradCamError("E_WEIGHT_MISSING", { where: file.name, expected: `a group at "${group}"`, got: "none" });
    }
    const weights = requireNames(file, group, "weight_names", limits).map((weight) => ({
      owners: weight.split("/").slice(0, -1),
      part: partOf(name, weight),
      tensor: storedTensor(file, join(group, weight)),
    }));
    // Counters, and the state of random numbers.
    return { name, weights: weights.filter(({ tensor }) => /^B?F\d+$/.test(tensor.dtype)) };
  });
}

/** By the outermost layer, in the order of the configuration. */
function groupByLayer(requests: readonly WeightRequest[]): Map<LayerConfig, WeightRequest[]> {
  const groups = new Map<LayerConfig, WeightRequest[]>();
  const sorted = [...requests].sort((a, b) => a.path[0]!.place - b.path[0]!.place);
  for (const request of sorted) {
    const layer = request.path[0]!;
    const own = groups.get(layer) ?? [];
    groups.set(layer, own);
    own.push(request);
  }
  return groups;
}

function pairUp(
  layers: readonly LayerConfig[],
  stored: readonly StoredLayer[],
  where: string,
): Map<LayerConfig, StoredLayer> {
  const byName = new Map(stored.map((layer) => [layer.name, layer]));
  if (layers.every(({ name }) => byName.has(name)) && layers.length === stored.length) {
    return new Map(layers.map((layer) => [layer, byName.get(layer.name)!]));
  }
  if (layers.length === stored.length) return new Map(layers.map((layer, i) => [layer, stored[i]!]));
  const names = new Set(layers.map(({ name }) => name));
  const strange = stored.filter(({ name }) => !names.has(name)).map(({ name }) => name);
  const missing = layers.filter(({ name }) => !byName.has(name)).map(({ name }) => name);
  throw new GradCamError("E_SHAPE_MISMATCH", {
    where,
    expected: `${layers.length} layers with weights${missing.length > 0 ? `, among them ${some(missing)}` : ""}`,
    got: `${stored.length}${strange.length > 0 ? `, among them ${some(strange)}` : ""}`,
    hint: "the weights belong to another architecture: with and without top?",
  });
}

/**
 * The weights of one layer, or of one nested model: by their names where these tell each from the others, else all by their
 * places, which is all that Keras goes by. Never by both: two would share what belongs to one.
 */
function assign(own: readonly WeightRequest[], weights: readonly StoredWeight[]): (StoredWeight | undefined)[] {
  const byOwner = new Map<string, StoredWeight[]>();
  for (const stored of weights) {
    for (const owner of new Set(stored.owners))
      byOwner
        .set(owner, byOwner.get(owner) ?? [])
        .get(owner)!
        .push(stored);
  }
  const named = own.map((request) => {
    const { path } = request;
    return nearest(request, path.length === 1 ? weights : (byOwner.get(path.at(-1)!.name) ?? []));
  });
  const told = named.filter((stored) => stored !== undefined);
  if (new Set(told).size === told.length && told.length >= weights.length) return named;
  // What is trained comes first, in a nested model of all its layers.
  const order = [...own].sort((a, b) => Number(isFrozen(a)) - Number(isFrozen(b)));
  const places = new Map(order.map((request, place) => [request, weights[place]]));
  return own.map((request) => places.get(request));
}

/** The one of this name with most of the request's path around it; undefined where there is none, or more than one. */
function nearest({ path, weight }: WeightRequest, candidates: readonly StoredWeight[]): StoredWeight | undefined {
  const isWanted = (part: string): boolean => part === weight || (weight === "kernel" && part === "depthwise_kernel");
  const depth = ({ owners }: StoredWeight): number => path.filter(({ name }) => owners.includes(name)).length;
  const alike = candidates.filter(({ part }) => isWanted(part));
  const best = alike.reduce((most, one) => Math.max(most, depth(one)), 0);
  const [found, ...others] = alike.filter((one) => depth(one) === best);
  return others.length === 0 ? found : undefined;
}

const isFrozen = ({ path, weight }: WeightRequest): boolean =>
  /^moving_|^(mean|variance)$/.test(weight) || path.some(({ trainable }) => !trainable);

const tooMany = (
  where: string,
  { name }: LayerConfig,
  weights: readonly StoredWeight[],
  wanted: number,
): GradCamError =>
  new GradCamError("E_SHAPE_MISMATCH", {
    where: `${where}: layer "${name}"`,
    expected: `${wanted} weights`,
    got: `${weights.length}: ${some(weights.map(({ part }) => part))}`,
    hint: "the weights belong to another architecture",
  });

const some = (names: readonly string[]): string =>
  names.slice(0, 8).join(", ") + (names.length > 8 ? ` and ${names.length - 8} more` : "");
