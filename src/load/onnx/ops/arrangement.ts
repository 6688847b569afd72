/** Operators that put tensors together and take them apart. */
import { axisOf } from "../axes.ts";
import type { OnnxNet } from "../net.ts";
import type { OnnxNode } from "../node.ts";
import { type Term, valueTerm } from "../term.ts";
import type { Translate } from "../translate.ts";
import { BatchMoved, shapeOf } from "../view.ts";
import { expand, gather, slice, split, tile } from "./along.ts";
import { pad } from "./pad.ts";

/** One after the other along an axis, all laid out as the first that is computed lies. */
function concat(net: OnnxNet, node: OnnxNode): Term {
  const views = node.inputs.map((_, index) => net.view(node, index));
  const lead = views[node.inputs.findIndex((_, index) => net.term(node, index).kind === "value")]!;
  const axis = axisOf(node, node.int("axis", 1), lead.axes.length);
  const misfit = views.find((view) => view.axes.length !== lead.axes.length);
  if (misfit) throw node.invalid("inputs", `tensors with ${lead.axes.length} axes`, shapeOf(misfit));
  if (lead.axes[0]?.[0] !== 0 || axis === 0) throw new BatchMoved();
  const order = net.order(lead);
  const inputs = views.map((view) => net.ordered(view, order));
  return valueTerm(net.node("concat", node.output, inputs, { axis: order.indexOf(axis) }, order));
}

/** Operators that put together and take apart, by ONNX's names. */
export const ARRANGEMENTS: Readonly<Record<string, Translate>> = {
  Concat: concat,
  Pad: pad,
  Slice: slice,
  Split: split,
  Gather: gather,
  Tile: tile,
  Expand: expand,
};
