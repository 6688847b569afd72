/** add(conv(x), r) becomes a convolution that starts its sums at the residual r: y = conv(x) + b + r. */
import { sameShape } from "../../shape.ts";
import type { Graph, Node, ValueId } from "../graph.ts";
import { Rewriter } from "../rewrite.ts";

export function fuseAdd(graph: Graph, kept: ReadonlySet<ValueId>): Graph {
  const rewriter = new Rewriter(graph, kept);
  for (const [index, node] of rewriter.nodes()) {
    if (node.op !== "add") continue;
    // The later branch first: in a residual block that is the main path, whose result nobody else reads.
    for (const [branch, other] of [
      [1, 0],
      [0, 1],
    ] as const) {
      if (absorb(rewriter, index, node, branch, other)) break;
    }
  }
  return rewriter.finish();
}

function absorb(rewriter: Rewriter, index: number, add: Node, branch: 0 | 1, other: 0 | 1): boolean {
  const residual = add.inputs[other];
  const found = rewriter.soleProducer(add.inputs[branch]);
  if (!found || residual === undefined) return false;
  const [at, conv] = found;
  if (conv.op !== "conv2d" || conv.attrs.activation || conv.inputs[3] !== undefined) return false;
  if (!sameShape(rewriter.value(conv.output).shape, rewriter.value(residual).shape)) return false;
  const [x, w, b] = conv.inputs;
  rewriter.merge(index, at, { ...conv, inputs: [x, w, b, residual], output: add.output });
  return true;
}
