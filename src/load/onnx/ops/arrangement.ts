/** Operators that put tensors together and take them apart. */
import { axisOf } from "../axes.ts";
import type { OnnxNet } from "../net.ts";
import type { OnnxNode } from "../node.ts";
import { type Term, valueTerm } from "../term.ts";
import type { Translate } from "../translate.ts";
import { BatchMoved, channelsLast, shapeOf, type View } from "../view.ts";
import { cut, expand, gather, slice, split, tile } from "./along.ts";

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

const MODES = ["constant", "reflect", "edge", "wrap"] as const;

/** A frame around pictures, or along any axis but the batch. Pads became an input with opset 11. */
function pad(net: OnnxNet, node: OnnxNode): Term {
  const mode = node.choice("mode", MODES, "constant");
  if (mode !== "constant") throw node.unsupported("mode constant", mode);
  const view = net.view(node, 0);
  const rank = view.axes.length;
  const pads = net.integersOf(node, "pads", 1) ?? [];
  if (pads.length !== 2 * rank) throw node.invalid("pads", `${2 * rank} numbers`, pads);
  const value = node.attributes.has("value") ? node.float("value", 0) : node.has(2) ? net.scalar(node, 2) : 0;
  if (pads.every((size) => size === 0)) return valueTerm(view);
  const others = pads.some((size, i) => size !== 0 && i % rank < 2);
  if (rank !== 4 || others || pads.some((size) => size < 0)) return valueTerm(padded(net, node, view, pads, value));
  const [top, left, bottom, right] = [pads[2]!, pads[3]!, pads[6]!, pads[7]!];
  const attrs = { padding: [top, bottom, left, right] as const, value };
  return valueTerm(net.node("pad", node.output, [net.picture(node)], attrs, channelsLast(4)));
}

/** Axis by axis; what is less than nothing is cut off. */
function padded(net: OnnxNet, node: OnnxNode, view: View, pads: readonly number[], value: number): View {
  const rank = view.axes.length;
  return [...view.axes.keys()].reduce((whole, axis) => {
    const [before, after] = [pads[axis]!, pads[axis + rank]!];
    if (before === 0 && after === 0) return whole;
    const length = shapeOf(whole)[axis]! + Math.min(0, before) + Math.min(0, after);
    const rest = cut(net, node, whole, axis, { start: Math.max(0, -before), step: 1, length });
    if (before <= 0 && after <= 0) return rest;
    const { x, back } = net.around(rest, axis);
    const padding = [0, 0, Math.max(0, before), Math.max(0, after)] as const;
    return back(net.make("pad", `${node.output}/padded_${axis}`, [x], { padding, value }), node.output);
  }, view);
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
