/**
 * Arithmetic on shapes, as converters leave it where the batch was not fixed: Shape, a slice of it, Pack. With the batch 1 and
 * all sizes known the results are plain numbers.
 */
import { elements } from "../../../shape.ts";
import type { GraphNet, Known, Term } from "../graph-net.ts";
import { badAttribute, type GraphNode } from "../graph-nodes.ts";
import { stridedSlice } from "./strided-slice.ts";
import type { Translate } from "../graph-ops.ts";

export const SHAPES: Readonly<Record<string, Translate>> = {
  Shape: (net, node) => vector(net.shape(net.value(node, 0))),
  Size: (net, node) => scalar(elements(net.shape(net.value(node, 0)))),
  Rank: (net, node) => scalar(net.shape(net.value(node, 0)).length),
  Pack: (net, node) => vector(node.inputs.map((_, index) => net.integer(node, index))),
  StridedSlice: (net, node) => (net.term(node, 0).kind === "value" ? stridedSlice(net, node) : slice(net, node)),
};

const vector = (numbers: readonly number[]): Term => ({ kind: "known", known: { shape: [numbers.length], numbers } });
const scalar = (number: number): Term => ({ kind: "known", known: { shape: [], numbers: [number] } });

/** One axis of known numbers: [begin, end) by `step`; with shrink_axis_mask a single one. */
function slice(net: GraphNet, node: GraphNode): Term {
  const { numbers }: Known = net.known(node, 0);
  const [begin, end, step] = [1, 2, 3].map((index) => net.integer(node, index)) as [number, number, number];
  const masks = ["ellipsis_mask", "new_axis_mask"].filter((name) => node.number(name, 0) !== 0);
  if (masks.length > 0 || step !== 1) throw badAttribute(node, masks[0] ?? "strides", "a plain slice", step);
  const first = (node.number("begin_mask", 0) & 1) === 0 ? begin : 0;
  const last = (node.number("end_mask", 0) & 1) === 0 ? end : numbers.length;
  if ((node.number("shrink_axis_mask", 0) & 1) === 0) return vector(numbers.slice(first, last));
  const single = numbers.at(first);
  if (single !== undefined) return scalar(single);
  throw badAttribute(node, "begin", `an index below ${numbers.length}`, first);
}
