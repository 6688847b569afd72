/** Convolutions that are faster as Winograd's F(4×4, 3×3) are marked so: same result but for rounding. */
import { fitsWinograd } from "../../ops/conv2d-winograd.ts";
import type { Shape } from "../../shape.ts";
import type { Graph, Node } from "../graph.ts";
import { type Choice, shapeKey } from "../tuning.ts";

/** With fewer channels the transforms cost more than the products they save. */
const LEAST_CHANNELS = 16;
/** On smaller maps fewer than four tiles share what is read of the weights. */
const LEAST_SIDE = 7;

/** @param measured what is known of a shape; a rule decides about all others */
export function chooseAlgorithm(graph: Graph, measured: Choice): Graph {
  return {
    ...graph,
    nodes: graph.nodes.map((node) => (paysWinograd(graph, node, measured) ? asWinograd(node) : node)),
  };
}

type Convolution = Extract<Node, { op: "conv2d" }>;

function paysWinograd(graph: Graph, node: Node, measured: Choice): node is Convolution {
  if (node.op !== "conv2d") return false;
  const { shape: w, parameter } = graph.values[node.inputs[1]!]!;
  if (parameter === undefined || !fitsWinograd(w, node.attrs)) return false;
  const y = graph.values[node.output]!.shape;
  return (measured(shapeKey(y, w)) ?? byRule(y, w)) === "winograd";
}

const byRule = ([, height, width]: Shape, [, , channels, filters]: Shape): "winograd" | "direct" =>
  Math.min(height!, width!) >= LEAST_SIDE && Math.min(channels!, filters!) >= LEAST_CHANNELS ? "winograd" : "direct";

const asWinograd = (node: Convolution): Node => ({ ...node, attrs: { ...node.attrs, algorithm: "winograd" } });
