/** zero-pad → valid convolution becomes a convolution with that padding (Keras pads strided convolutions this way). */
import type { Padding } from "../../shape.ts";
import type { Graph, Node, ValueId } from "../graph.ts";
import { Rewriter } from "../rewrite.ts";

export function fusePad(graph: Graph, kept: ReadonlySet<ValueId>): Graph {
  const rewriter = new Rewriter(graph, kept);
  for (const [index, node] of rewriter.nodes()) {
    if (node.op !== "conv2d" && node.op !== "depthwiseConv2d") continue;
    const found = rewriter.soleProducer(node.inputs[0]);
    if (found?.[1].op !== "pad" || found[1].attrs.value !== 0) continue;
    const [at, pad] = found as [number, Extract<Node, { op: "pad" }>];
    const [top, bottom, left, right] = pad.attrs.padding;
    const [t, b, l, r] = node.attrs.padding;
    const padding: Padding = [top + t, bottom + b, left + l, right + r];
    const attrs = { ...node.attrs, padding };
    rewriter.merge(index, at, { ...node, inputs: [pad.inputs[0], ...node.inputs.slice(1)], attrs } as Node);
  }
  return rewriter.finish();
}
