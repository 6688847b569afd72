/** Frames around pictures, or along any axis but the batch. */
import type { OnnxNet } from "../net.ts";
import type { OnnxNode } from "../node.ts";
import { type Term, valueTerm } from "../term.ts";
import { channelsLast, shapeOf, type View } from "../view.ts";
import { axesOf } from "../axes.ts";
import { cut } from "./along.ts";

const MODES = ["constant", "reflect", "edge", "wrap"] as const;

/** What the operator says, whichever opset it is written in. */
interface Frame {
  readonly mode: (typeof MODES)[number];
  readonly value: number;
  /** By axis of the file. */
  readonly before: readonly number[];
  readonly after: readonly number[];
}

export function pad(net: OnnxNet, node: OnnxNode): Term {
  const view = net.view(node, 0);
  const frame = frameOf(net, node, view.axes.length);
  const { mode, value, before, after } = frame;
  const isSide = (size: number, axis: number): boolean => size > 0 && axis > 1;
  const sizes = [...before, ...after];
  if (sizes.every((size) => size === 0)) return valueTerm(view);
  if (before.length !== 4 || !sizes.every((size, i) => size === 0 || isSide(size, i % 4))) {
    return valueTerm(padded(net, node, view, frame));
  }
  const [top, left, bottom, right] = [before[2]!, before[3]!, after[2]!, after[3]!];
  const x = [net.picture(node)];
  if (mode === "constant") {
    const attrs = { padding: [top, bottom, left, right] as const, value };
    return valueTerm(net.node("pad", node.output, x, attrs, channelsLast(4)));
  }
  const attrs = { before: [top, left, 0], after: [bottom, right, 0], mode, value };
  return valueTerm(net.node("extend", node.output, x, attrs, channelsLast(4)));
}

/** Pads became an input with opset 11, and may be of some axes only since opset 18. */
function frameOf(net: OnnxNet, node: OnnxNode, rank: number): Frame {
  const mode = node.choice("mode", MODES, "constant");
  const pads = net.integersOf(node, "pads", 1) ?? [];
  const axes = node.has(3)
    ? axesOf(node, net.integers(node, 3), rank)
    : Array.from({ length: rank }, (_, axis) => axis);
  if (pads.length !== 2 * axes.length) throw node.invalid("pads", `${2 * axes.length} numbers`, pads);
  const value = node.attributes.has("value") ? node.float("value", 0) : node.has(2) ? net.scalar(node, 2) : 0;
  const sizes = (first: number): number[] =>
    Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? pads[first + axes.indexOf(axis)]! : 0));
  return { mode, value, before: sizes(0), after: sizes(axes.length) };
}

/** Axis by axis; what is less than nothing is cut off. */
function padded(net: OnnxNet, node: OnnxNode, view: View, { mode, value, before, after }: Frame): View {
  return [...view.axes.keys()].reduce((whole, axis) => {
    const [first, last] = [before[axis]!, after[axis]!];
    if (first === 0 && last === 0) return whole;
    const length = shapeOf(whole)[axis]! + Math.min(0, first) + Math.min(0, last);
    const rest = cut(net, node, whole, axis, { start: Math.max(0, -first), step: 1, length });
    if (first <= 0 && last <= 0) return rest;
    const { x, back } = net.around(rest, axis);
    const attrs = { before: [0, Math.max(0, first), 0], after: [0, Math.max(0, last), 0], mode, value };
    return back(net.make("extend", `${node.output}/padded_${axis}`, [x], attrs), node.output);
  }, view);
}
