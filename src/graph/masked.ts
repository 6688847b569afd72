/** Values whose gradient nobody looks at where they are exactly 0: what a ReLU answered, and maxima of that. */
import type { Graph, Node, ValueId } from "./graph.ts";

/**
 * Of the values on a path of gradients. A ReLU's own gradient is 0 where its output is 0, and the maximum of a window is 0
 * only where its winner is.
 * @param wanted values whose gradient is an answer itself
 */
export function maskedWhereZero(
  graph: Graph,
  path: ReadonlySet<ValueId>,
  wanted: readonly ValueId[],
): ReadonlySet<ValueId> {
  const masked = new Set<ValueId>();
  for (const node of graph.nodes) {
    if (!path.has(node.output) || wanted.includes(node.output)) continue;
    if (clamps(node) || (passesOn(node) && masked.has(node.inputs[0]!))) masked.add(node.output);
  }
  return masked;
}

function clamps(node: Node): boolean {
  switch (node.op) {
    case "relu":
    case "clippedRelu":
      return node.attrs.rule !== "deconvnet";
    case "conv2d":
    case "dense":
    case "depthwiseConv2d":
      return node.attrs.activation !== undefined;
    default:
      return false;
  }
}

const passesOn = ({ op }: Node): boolean => op === "maxPool" || op === "reshape";
