/**
 * How pictures become inputs of a network whose file describes layers and not pictures: by what it does to them first, by the names
 * of well-known networks in it, by where it was likely trained. The same for every format.
 */
import type { Graph } from "../../graph/graph.ts";
import type { PresetName } from "../../image/presets.ts";
import type { PreprocessGuess } from "../graph-file.ts";
import { ownRange } from "./own-range.ts";

/** What keras.applications calls its models, and how each of them was trained. */
const FAMILIES: readonly (readonly [name: RegExp, preset: PresetName])[] = [
  [/^vgg(16|19)/, "caffe"],
  [/^resnet(50|101|152)_?v2/, "tf"],
  [/^resnet(50|101|152)/, "caffe"],
  [/^(mobilenet(v2)?_|mobilenet(v2)?$|inception_?(v3|resnet_?v2)|xception|nasnet)/, "tf"],
  [/^densenet/, "torch"],
  [/^(efficientnet|mobilenetv3_?(small|large)|convnext)/, "none"],
];

/** ImageNet-1k. */
const CLASSES = 1000;

/** @param names of the network and those inside of it; default: what stands between slashes in the names of its layers */
export async function guessPreprocess(graph: Graph, names = namesIn(graph)): Promise<PreprocessGuess> {
  const input = graph.values[graph.inputs[0]!]!;
  const range = await ownRange(graph);
  if (range === 255) return { preset: "none", why: "the network rescales itself" };
  if (range === 1) return { preset: "unit", why: "the network brings 0 … 1 into a range of its own" };
  // PyTorch has the same names, and other habits.
  for (const name of input.channelsFirst ? [] : names) {
    const family = FAMILIES.find(([pattern]) => pattern.test(name.toLowerCase()));
    if (family) return { preset: family[1], why: `what ${name} of keras.applications was trained with` };
  }
  const output = graph.values[graph.outputs[0]!]!;
  if (input.shape.length === 4 && input.shape[3] === 3 && output.shape.at(-1) === CLASSES) {
    const [order, preset, writer]: [string, PresetName, string] = input.channelsFirst
      ? ["first", "torch", "PyTorch"]
      : ["last", "tf", "TensorFlow"];
    return { preset, why: `colours ${order} and ${CLASSES} classes: ${writer} writes such files` };
  }
  return { preset: "unit", why: "no hint in the file: 0 … 1 is the commonest" };
}

const namesIn = ({ layers }: Graph): string[] => [...new Set(layers.flatMap(({ name }) => name.split("/")))];
