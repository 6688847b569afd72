/** What brings channels into a range: by stored moments, or by their neighbours. */
import type { GraphNet, Term } from "../graph-net.ts";
import { badAttribute, type GraphNode } from "../graph-nodes.ts";
import type { Translate } from "../graph-ops.ts";
import { requireChannelsLast } from "./products.ts";

export const NORMALIZATIONS: Readonly<Record<string, Translate>> = {
  FusedBatchNorm: batchNorm,
  FusedBatchNormV2: batchNorm,
  FusedBatchNormV3: batchNorm,
  LRN: localResponse,
};

function batchNorm(net: GraphNet, node: GraphNode): Term {
  requireChannelsLast(node);
  const training = node.flag("is_training", false);
  if (training) throw badAttribute(node, "is_training", "false", true);
  const inputs = [0, 1, 2, 3, 4].map((index) => net.value(node, index));
  return net.node("batchNorm", node.name, inputs, { epsilon: node.number("epsilon", 1e-3) });
}

/** TensorFlow's alpha is for one channel of a window, ours for all of them together. */
function localResponse(net: GraphNet, node: GraphNode): Term {
  const size = 2 * node.number("depth_radius", 5) + 1;
  const attrs = {
    size,
    alpha: size * node.number("alpha", 1),
    beta: node.number("beta", 0.5),
    bias: node.number("bias", 1),
  };
  return net.node("lrn", node.name, [net.value(node, 0)], attrs);
}
