/** Products of matrices of which more than the right one is no plain stored matrix: both computed, stacks, transposed pictures. */
import type { ValueId } from "../../../graph/graph.ts";
import { type Shape, showShape } from "../../../shape.ts";
import type { OnnxNet } from "../net.ts";
import type { OnnxNode } from "../node.ts";
import { reshapedWeight, type Term, valueTerm } from "../term.ts";
import { unbatchedView, type View, viewOf } from "../view.ts";

/** a·b, matrix by matrix; the axes in front broadcast. Throws BatchMoved where the batch is a side of a matrix. */
export function matrixProduct(net: OnnxNet, node: OnnxNode, a: Term, b: Term, name: string): View {
  const shapes = [net.shape(a), net.shape(b)] as const;
  const narrow = shapes.find((shape) => shape.length < 2);
  if (narrow) throw node.unsupported("matrices", showShape(narrow));
  const rank = Math.max(shapes[0].length, shapes[1].length);
  const padded = [a, b].map((term, i) => withAxes(net, term, shapes[i]!, rank));
  const isBatched = rank > 2 && padded.every((term) => carriesBatch(net, term));
  const [left, right] = padded.map((term) => operand(net, term, isBatched)) as [ValueId, ValueId];
  const id = net.make("matmul", name, [left, right], { transposeA: false, transposeB: false });
  const made = net.builder.shape(id);
  return net.remark(isBatched ? viewOf(id, made) : unbatchedView(id, made.slice(1)));
}

/** With axes of 1 in front. */
function withAxes(net: OnnxNet, term: Term, shape: Shape, rank: number): Term {
  const wanted = [...new Array<number>(rank - shape.length).fill(1), ...shape];
  if (term.kind === "value") return valueTerm(net.reshape(term.view, wanted));
  return { kind: "weight", weight: reshapedWeight(net.constant(term), wanted) };
}

/** The first axis is the batch, or the same for all of it. */
const carriesBatch = (net: OnnxNet, term: Term): boolean =>
  term.kind === "value" ? term.view.axes[0]?.[0] === 0 : net.shape(term)[0] === 1;

/** [N, …] as the file has it, or [1, …] where the first axis of the file is no batch. */
function operand(net: OnnxNet, term: Term, isBatched: boolean): ValueId {
  if (term.kind === "value") return net.lay(term.view, isBatched ? term.view.axes.slice(1) : term.view.axes);
  const weight = net.constant(term);
  return net.parameter(isBatched ? weight : reshapedWeight(weight, [1, ...weight.shape]));
}
