/** Convolutions that are faster as Winograd's F(4×4, 3×3) are marked so: same result but for rounding. */
import { fitsWinograd } from "../../ops/conv2d-winograd.ts";
import type { Graph, Node } from "../graph.ts";

/** With fewer channels the transforms cost more than the products they save. */
const LEAST_CHANNELS = 16;
/** On smaller maps fewer than four tiles share what is read of the weights. */
const LEAST_SIDE = 7;

export function chooseAlgorithm(graph: Graph): Graph {
  return { ...graph, nodes: graph.nodes.map((node) => (paysWinograd(graph, node) ? asWinograd(node) : node)) };
}

type Convolution = Extract<Node, { op: "conv2d" }>;

function paysWinograd(graph: Graph, node: Node): node is Convolution {
  if (node.op !== "conv2d") return false;
  const { shape: w, parameter } = graph.values[node.inputs[1]!]!;
  const [, height, width] = graph.values[node.output]!.shape;
  const large = Math.min(height!, width!) >= LEAST_SIDE && Math.min(w[2]!, w[3]!) >= LEAST_CHANNELS;
  return parameter !== undefined && large && fitsWinograd(w, node.attrs);
}

const asWinograd = (node: Convolution): Node => ({ ...node, attrs: { ...node.attrs, algorithm: "winograd" } });
