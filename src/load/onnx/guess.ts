/** How pictures become the input of an ONNX file, which does not say it: what it was most likely trained with. */
import type { Graph } from "../../graph/graph.ts";
import type { PreprocessGuess } from "../graph-file.ts";

/** ImageNet-1k. */
const CLASSES = 1000;

export function guessPreprocess({ inputs, outputs, values }: Graph): PreprocessGuess {
  const input = values[inputs[0]!]!;
  const output = values[outputs[0]!]!;
  if (input.shape.length === 4 && input.shape[3] === 3 && output.shape.at(-1) === CLASSES) {
    const order = input.channelsFirst ? "torch" : "tf";
    const from = input.channelsFirst ? "PyTorch writes such files" : "TensorFlow writes such files";
    return { preset: order, why: `colours ${input.channelsFirst ? "first" : "last"} and ${CLASSES} classes: ${from}` };
  }
  return { preset: "unit", why: "no hint in the file: 0 … 1 is the commonest" };
}
