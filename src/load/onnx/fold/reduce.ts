/** Sums, products and extremes of known tensors along some axes. */
import { elements, strides } from "../../../shape.ts";
import { axesOf } from "../axes.ts";
import type { OnnxNet } from "../net.ts";
import type { OnnxNode } from "../node.ts";
import type { Known } from "../term.ts";
import { eachPlace, room } from "./array.ts";

interface Reducer {
  readonly start: number;
  readonly next: (sum: number, x: number) => number;
}

/** By ONNX's names. */
export const REDUCERS: Readonly<Record<string, Reducer>> = {
  ReduceSum: { start: 0, next: (sum, x) => sum + x },
  ReduceMean: { start: 0, next: (sum, x) => sum + x },
  ReduceProd: { start: 1, next: (product, x) => product * x },
  ReduceMax: { start: -Infinity, next: Math.max },
  ReduceMin: { start: Infinity, next: Math.min },
};

export function reduced(x: readonly Known[], node: OnnxNode, net: OnnxNet): Known {
  const [data] = x as [Known];
  const { shape: from } = data;
  const axes = new Set(reducedAxes(net, node, from.length));
  const { start, next } = REDUCERS[node.op]!;
  const kept = from.map((size, axis) => (axes.has(axis) ? 1 : size));
  const numbers = room(kept, node.where, net.limits).fill(start);
  const steps = strides(kept).map((step, axis) => (axes.has(axis) ? 0 : step));
  eachPlace(from, [steps], (index, [to]) => {
    numbers[to!] = next(numbers[to!]!, data.numbers[index]!);
  });
  const count = elements(from) / numbers.length;
  const shape = node.flag("keepdims", true) ? kept : kept.filter((_, axis) => !axes.has(axis));
  return { shape, numbers: node.op === "ReduceMean" ? numbers.map((sum) => sum / count) : numbers, kind: data.kind };
}

/** All axes unless some are named; none where they are to be left alone then. */
export function reducedAxes(net: OnnxNet, node: OnnxNode, rank: number): number[] {
  const named = net.integersOf(node, "axes", 1) ?? [];
  if (named.length > 0) return axesOf(node, named, rank);
  return node.flag("noop_with_empty_axes", false) ? [] : Array.from({ length: rank }, (_, axis) => axis);
}
