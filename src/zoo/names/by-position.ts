/**
 * Keras matches weights to layers by position when it reads a legacy file: the k-th layer with weights gets the k-th
 * group with weights. That is how a network whose layers were renamed (conv2d_7, …) is still recognised, once the
 * user has said which architecture it is.
 */
import type { StoredTensors } from "../weights.ts";
import { type Naming, splitName } from "./naming.ts";

/** undefined where positions do not correspond: another number of layers, or not a Keras file. */
export function byPosition(
  namings: readonly Naming[],
  requested: readonly string[],
  tensors: StoredTensors,
): Naming | undefined {
  const keras = namings.find(({ name }) => name === "keras");
  const wanted = layersOf(requested);
  const present = layersOf([...tensors.keys()].filter((name) => name.includes("/")));
  if (!keras || wanted.length !== present.length) return undefined;
  const layers = new Map(wanted.map((layer, position) => [layer, present[position]!]));
  return {
    ...keras,
    name: "keras, by position",
    tensor(canonical) {
      const [layer, part] = splitName(canonical);
      const group = layers.get(layer);
      return group === undefined ? undefined : `${group}/${part}`;
    },
  };
}

const layersOf = (names: readonly string[]): string[] => [...new Set(names.map((name) => splitName(name)[0]))];
