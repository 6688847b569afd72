/**
 * A graph of ours as an ONNX model with the same weights, so that another engine runs the same network on the same
 * array: one Transpose at the beginning takes our [N,H,W,C]. The graph must be the loader's own, before any pass:
 * folding and fusing is for each engine to do its own way.
 */
import type { Graph } from "../../src/graph/graph.ts";
import { classifierHead } from "../../src/graph/inspect.ts";
import { toNchw, translate } from "./operators.ts";
import type { Message } from "./protobuf.ts";
import { modelProto, valueInfo } from "./schema.ts";
import { OnnxWriter } from "./writer.ts";

/** What the model's tensors are called; `logits` is the value before the final softmax. */
export const ONNX_NAMES = { input: "input", logits: "logits", probabilities: "probabilities" } as const;

/** Throws on operators that are not translated. Weights are read when the message is written. */
export function toOnnx(graph: Graph): Message {
  const [input, output, logits] = [graph.inputs[0]!, graph.outputs[0]!, classifierHead(graph).logits];
  if (output === logits) throw new Error(`${graph.name}: expected a network that ends with a softmax`);
  const out = new OnnxWriter(
    graph,
    new Map([
      [output, ONNX_NAMES.probabilities],
      [logits, ONNX_NAMES.logits],
    ]),
  );
  toNchw(ONNX_NAMES.input, out.value(input), out);
  for (const node of graph.nodes) translate(node, out);
  return modelProto({
    name: graph.name,
    nodes: out.nodes,
    initializers: out.initializers,
    inputs: [valueInfo(ONNX_NAMES.input, out.shape(input))],
    outputs: [valueInfo(ONNX_NAMES.probabilities, out.shape(output)), valueInfo(ONNX_NAMES.logits, out.shape(logits))],
  });
}
