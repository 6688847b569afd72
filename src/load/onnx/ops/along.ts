/** Operators that treat one axis, or one after the other: seen as [N,before,axis,behind], each is an operator on [N,H,W,C]. */
import { broadcast, type Shape } from "../../../shape.ts";
import { axisOf } from "../axes.ts";
import type { OnnxNet } from "../net.ts";
import type { OnnxNode } from "../node.ts";
import { type AxisSlice, slicesOf, splitSizes } from "../slices.ts";
import { type Term, valueTerm } from "../term.ts";
import { shapeOf, type View } from "../view.ts";

/** A part of one axis. */
export function cut(
  net: OnnxNet,
  node: OnnxNode,
  view: View,
  axis: number,
  { start, step, length }: AxisSlice,
  name = node.output,
): View {
  const size = shapeOf(view)[axis]!;
  if (start === 0 && step === 1 && length === size) return view;
  if (length < 1) throw node.unsupported("something left of every axis", `nothing of axis ${axis}`);
  const { x, back } = net.around(view, axis);
  const [, before, , behind] = net.builder.shape(x) as readonly [number, number, number, number];
  const attrs = { starts: [0, start, 0], sizes: [before, length, behind], steps: [1, step, 1] };
  return back(net.make("slice", `${name}/part_${axis}`, [x], attrs), name);
}

export function slice(net: OnnxNet, node: OnnxNode): Term {
  const view = net.view(node, 0);
  const slices = slicesOf(net, node, shapeOf(view));
  return valueTerm(slices.reduce((rest, wanted, axis) => cut(net, node, rest, axis, wanted), view));
}

export function split(net: OnnxNet, node: OnnxNode): Term[] {
  const view = net.view(node, 0);
  const axis = axisOf(node, node.int("axis", 0), view.axes.length);
  const given = node.has(1) ? net.integers(node, 1) : undefined;
  let start = 0;
  return splitSizes(node, shapeOf(view)[axis]!, given).map((length, i) => {
    const part = cut(net, node, view, axis, { start, step: 1, length }, node.outputs[i]);
    start += length;
    return valueTerm(part);
  });
}

/** So many rows may be picked one by one. */
const MOST_PICKED = 1024;

/** Rows along an axis, by numbers that are known. */
export function gather(net: OnnxNet, node: OnnxNode): Term {
  const view = net.view(node, 0);
  const { numbers, shape } = net.known(node, 1);
  const axis = axisOf(node, node.int("axis", 0), view.axes.length);
  const file = shapeOf(view);
  const rows = Array.from(numbers, (row) => (row < 0 ? row + file[axis]! : row));
  const outside = rows.find((row) => !(Number.isInteger(row) && row >= 0 && row < file[axis]!));
  if (outside !== undefined) throw node.invalid("input 1", `numbers below ${file[axis]!}`, outside);
  if (rows.length === 0 || rows.length > MOST_PICKED) {
    throw node.unsupported(`1 to ${MOST_PICKED} rows`, String(rows.length));
  }
  const picked = picks(net, node, view, axis, rows);
  return valueTerm(net.reshape(picked, [...file.slice(0, axis), ...shape, ...file.slice(axis + 1)]));
}

/** In one piece where the rows follow each other. */
function picks(net: OnnxNet, node: OnnxNode, view: View, axis: number, rows: readonly number[]): View {
  const [start] = rows as [number];
  if (rows.every((row, i) => row === start + i)) {
    return cut(net, node, view, axis, { start, step: 1, length: rows.length });
  }
  const { x, back } = net.around(view, axis);
  const size = shapeOf(view)[axis]!;
  const parts = rows.map((row, i) =>
    net.make("crop", `${node.output}/row_${i}`, [x], { cropping: [0, 0, row, size - row - 1] }),
  );
  return back(net.make("concat", `${node.output}/rows`, parts, { axis: 2 }), node.output);
}

function copied(net: OnnxNet, node: OnnxNode, view: View, axis: number, count: number): View {
  if (count === 1) return view;
  if (!Number.isInteger(count) || count < 1) throw node.invalid("input 1", "whole numbers ≥ 1", count);
  const { x, back } = net.around(view, axis);
  return back(net.make("tile", `${node.output}/copies_${axis}`, [x], { repeats: [1, count, 1] }), node.output);
}

export function tile(net: OnnxNet, node: OnnxNode): Term {
  const view = net.view(node, 0);
  const counts = net.integers(node, 1);
  if (counts.length !== view.axes.length) throw node.invalid("input 1", `${view.axes.length} numbers`, counts);
  return valueTerm(counts.reduce((whole, count, axis) => copied(net, node, whole, axis, count), view));
}

/** To the shape that both broadcast to. */
export function expand(net: OnnxNet, node: OnnxNode): Term {
  const view = net.view(node, 0);
  const from = shapeOf(view);
  const wanted = broadcast(from, net.integers(node, 1), node.where);
  const start: Shape = [...new Array<number>(wanted.length - from.length).fill(1), ...from];
  const whole = wanted.reduce(
    (part, size, axis) => copied(net, node, part, axis, size === start[axis] ? 1 : size),
    net.reshape(view, start),
  );
  return valueTerm(whole);
}
