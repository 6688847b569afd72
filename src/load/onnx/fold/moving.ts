/** Known tensors in parts, together, repeated, and made from nothing. */
import { broadcast, elements, type Shape, strides } from "../../../shape.ts";
import { axisOf } from "../axes.ts";
import type { OnnxNet } from "../net.ts";
import type { OnnxNode } from "../node.ts";
import { slicesOf, splitSizes } from "../slices.ts";
import type { Known } from "../term.ts";
import { room, walked } from "./array.ts";

/** Rows of x along an axis, by their numbers. */
export function gathered([x, at]: readonly Known[], node: OnnxNode, { limits }: OnnxNet): Known {
  const axis = axisOf(node, node.int("axis", 0), x!.shape.length);
  const length = x!.shape[axis]!;
  const shape = [...x!.shape.slice(0, axis), ...at!.shape, ...x!.shape.slice(axis + 1)];
  const numbers = room(shape, node.where, limits);
  const inner = elements(x!.shape.slice(axis + 1));
  const outer = elements(x!.shape.slice(0, axis));
  let to = 0;
  for (let o = 0; o < outer; o++) {
    for (const index of at!.numbers) {
      const row = index < 0 ? index + length : index;
      if (!(Number.isInteger(row) && row >= 0 && row < length)) {
        throw node.invalid("input 1", `numbers below ${length}`, index);
      }
      const from = (o * length + row) * inner;
      numbers.set(x!.numbers.subarray(from, from + inner), to);
      to += inner;
    }
  }
  return { shape, numbers, kind: x!.kind };
}

/** One after the other along an axis. */
export function concatenated(x: readonly Known[], node: OnnxNode, { limits }: OnnxNet): Known {
  const first = x[0]!.shape;
  const axis = axisOf(node, node.int("axis", 0), first.length);
  const misfit = x.find(
    ({ shape }) => shape.length !== first.length || shape.some((size, k) => k !== axis && size !== first[k]),
  );
  if (misfit) throw node.invalid("inputs", "tensors that differ along the axis only", misfit.shape);
  const length = x.reduce((sum, { shape }) => sum + shape[axis]!, 0);
  const shape = first.map((size, k) => (k === axis ? length : size));
  const numbers = room(shape, node.where, limits);
  const outer = elements(first.slice(0, axis));
  let to = 0;
  for (let o = 0; o < outer; o++) {
    for (const part of x) {
      const row = part.numbers.length / outer;
      numbers.set(part.numbers.subarray(o * row, (o + 1) * row), to);
      to += row;
    }
  }
  return { shape, numbers, kind: x[0]!.kind };
}

/** Every step-th of what lies between a start and an end, by axis. */
export function sliced(x: readonly Known[], node: OnnxNode, net: OnnxNet): Known {
  const [data] = x as [Known];
  const slices = slicesOf(net, node, data.shape);
  const own = strides(data.shape);
  const start = slices.reduce((sum, slice, axis) => sum + slice.start * own[axis]!, 0);
  const shape = slices.map(({ length }) => length);
  return walked(
    data,
    shape,
    slices.map(({ step }, axis) => step * own[axis]!),
    start,
    node.where,
    net.limits,
  );
}

/** In parts along an axis. */
export function parts(x: readonly Known[], node: OnnxNode, { limits }: OnnxNet): Known[] {
  const [data, sizes] = x as [Known, Known?];
  const axis = axisOf(node, node.int("axis", 0), data.shape.length);
  const own = strides(data.shape);
  let start = 0;
  return splitSizes(node, data.shape[axis]!, sizes && Array.from(sizes.numbers)).map((size) => {
    const shape = data.shape.map((length, k) => (k === axis ? size : length));
    const part = walked(data, shape, own, start * own[axis]!, node.where, limits);
    start += size;
    return part;
  });
}

/** Expand to a shape, or Tile so and so often. */
export function repeated(x: readonly Known[], node: OnnxNode, { limits }: OnnxNet): Known {
  const [data, wanted] = x as [Known, Known];
  const counts = Array.from(wanted.numbers);
  if (counts.some((count) => !Number.isSafeInteger(count) || count < 0)) {
    throw node.invalid("input 1", "whole numbers ≥ 0", counts);
  }
  if (node.op === "Expand") return expanded(data, broadcast(data.shape, counts, node.where), node, limits);
  if (counts.length !== data.shape.length) throw node.invalid("input 1", `${data.shape.length} numbers`, counts);
  // Every axis becomes two: which copy, and where in it.
  const pairs: Shape = data.shape.flatMap((size, axis) => [counts[axis]!, size]);
  const steps = strides(data.shape).flatMap((step) => [0, step]);
  const all = walked(data, pairs, steps, 0, node.where, { ...limits, rank: 2 * limits.rank });
  return { ...all, shape: data.shape.map((size, axis) => size * counts[axis]!) };
}

function expanded(data: Known, shape: Shape, node: OnnxNode, limits: OnnxNet["limits"]): Known {
  const missing = shape.length - data.shape.length;
  const own = strides(data.shape);
  const steps = shape.map((_, axis) => (axis < missing || data.shape[axis - missing] === 1 ? 0 : own[axis - missing]!));
  return walked(data, shape, steps, 0, node.where, limits);
}

/** From a start, by steps, to before an end. */
export function arange(x: readonly Known[], node: OnnxNode, { limits }: OnnxNet): Known {
  const [start, end, step] = x.map(({ numbers }) => numbers[0] ?? NaN) as [number, number, number];
  const length = Math.max(0, Math.ceil((end - start) / step));
  if (!Number.isFinite(length))
    throw node.invalid("inputs", "finite numbers and a step that is not 0", [start, end, step]);
  const numbers = room([length], node.where, limits);
  return { shape: [length], numbers: numbers.map((_, i) => start + i * step), kind: x[0]!.kind };
}
