/** What Slice and Split mean by their numbers. */
import type { Shape } from "../../shape.ts";
import { axesOf } from "./axes.ts";
import type { OnnxNet } from "./net.ts";
import type { OnnxNode } from "./node.ts";

/** Of one axis: `length` elements from `start` on, every `step`-th; backwards where that is negative. */
export interface AxisSlice {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

/** By axis of `shape`. Throws E_ATTR_INVALID. */
export function slicesOf(net: OnnxNet, node: OnnxNode, shape: Shape): AxisSlice[] {
  const starts = net.integersOf(node, "starts", 1) ?? [];
  const ends = net.integersOf(node, "ends", 2) ?? [];
  const named = net.integersOf(node, "axes", 3) ?? starts.map((_, axis) => axis);
  const steps = net.integersOf(node, "steps", 4) ?? starts.map(() => 1);
  if ([ends, named, steps].some(({ length }) => length !== starts.length)) {
    throw node.invalid("inputs", `${starts.length} ends, axes and steps`, [ends.length, named.length, steps.length]);
  }
  const axes = axesOf(node, named, shape.length);
  return shape.map((size, axis) => {
    const k = axes.indexOf(axis);
    return k < 0 ? { start: 0, step: 1, length: size } : axisSlice(node, size, starts[k]!, ends[k]!, steps[k]!);
  });
}

function axisSlice(node: OnnxNode, size: number, from: number, to: number, step: number): AxisSlice {
  if (!Number.isInteger(step) || step === 0) throw node.invalid("steps", "whole numbers that are not 0", step);
  const wrap = (index: number): number => (index < 0 ? index + size : index);
  const clamp = (index: number, low: number, high: number): number => Math.min(high, Math.max(low, index));
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  const start = clamp(wrap(from), 0, step > 0 ? size : size - 1);
  const end = clamp(wrap(to), low, high);
  return { start, step, length: Math.max(0, Math.ceil((end - start) / step)) };
}

/** Sizes of the parts: given, or as equal as they can be. Throws E_ATTR_INVALID. */
export function splitSizes(node: OnnxNode, length: number, given: readonly number[] | undefined): readonly number[] {
  const count = node.outputs.length;
  const sizes = node.ints("split") ?? given ?? equalParts(length, count);
  const sum = sizes.reduce((a, b) => a + b, 0);
  if (node.int("num_outputs", count) !== count) {
    throw node.invalid("num_outputs", `${count}, as there are outputs`, node.int("num_outputs", count));
  }
  if (sum === length && sizes.every((size) => size >= 0) && sizes.length === count) return sizes;
  throw node.invalid("split", `${count} sizes that make ${length}`, sizes);
}

/** The last is smaller where they cannot be equal. */
function equalParts(length: number, count: number): number[] {
  const size = Math.ceil(length / count);
  return Array.from({ length: count }, (_, i) => Math.max(0, Math.min(size, length - i * size)));
}
