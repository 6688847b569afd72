/** conv → relu becomes one node that clamps in its store loop: max(0, y) or min(max(0, y), cap). */
import type { FusedActivation } from "../../ops/fused-activation.ts";
import type { Graph, Node, ValueId } from "../graph.ts";
import { Rewriter } from "../rewrite.ts";

export function fuseActivation(graph: Graph, kept: ReadonlySet<ValueId>): Graph {
  const rewriter = new Rewriter(graph, kept);
  for (const [index, node] of rewriter.nodes()) {
    const activation = fusible(node);
    const found = activation && rewriter.soleProducer(node.inputs[0]);
    if (!found) continue;
    const [at, product] = found;
    if (product.op !== "conv2d" && product.op !== "depthwiseConv2d" && product.op !== "dense") continue;
    if (product.attrs.activation) continue;
    const attrs = { ...product.attrs, activation };
    rewriter.merge(index, at, { ...product, attrs, output: node.output } as Node);
  }
  return rewriter.finish();
}

function fusible(node: Node): FusedActivation | undefined {
  if (node.op === "relu") return { kind: "relu" };
  if (node.op === "clippedRelu") return { kind: "clipped-relu", max: node.attrs.max };
  return undefined;
}
