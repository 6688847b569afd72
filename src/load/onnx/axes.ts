/** Axes and sizes as ONNX counts them. */
import { elements, type Shape } from "../../shape.ts";
import type { OnnxNode } from "./node.ts";

/** Axis k counted from the front. Throws E_ATTR_INVALID. */
export function axisOf(node: OnnxNode, axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (Number.isInteger(positive) && positive >= 0 && positive < rank) return positive;
  throw node.invalid("axis", `an axis of ${rank}`, axis);
}

/** Without an axis twice. */
export function axesOf(node: OnnxNode, axes: readonly number[], rank: number): number[] {
  const found = axes.map((axis) => axisOf(node, axis, rank));
  if (new Set(found).size === found.length) return found;
  throw node.invalid("axes", "every axis once", axes);
}

/** What Reshape means: 0 is the size there was (unless `allowZero`), −1 what is left. Throws E_ATTR_INVALID. */
export function reshapeTarget(node: OnnxNode, from: Shape, wanted: readonly number[], allowZero: boolean): number[] {
  const sizes = wanted.map((size, axis) => (size === 0 && !allowZero ? (from[axis] ?? NaN) : size));
  const known = sizes.filter((size) => size !== -1);
  const open = sizes.length - known.length;
  const rest = elements(from) / elements(known);
  const shape = sizes.map((size) => (size === -1 ? rest : size));
  if (
    open <= 1 &&
    shape.every((size) => Number.isSafeInteger(size) && size >= 0) &&
    elements(shape) === elements(from)
  ) {
    return shape;
  }
  throw node.invalid("shape", `a shape of ${elements(from)} elements`, wanted);
}

/** `shape` without these axes, or without all of size 1. Throws E_ATTR_INVALID. */
export function squeezed(node: OnnxNode, shape: Shape, axes: readonly number[] | undefined): number[] {
  const gone = new Set(
    axes ? axesOf(node, axes, shape.length) : shape.flatMap((size, axis) => (size === 1 ? axis : [])),
  );
  const wrong = [...gone].find((axis) => shape[axis] !== 1);
  if (wrong !== undefined) throw node.invalid("axes", "axes of size 1", `${wrong} of size ${shape[wrong]!}`);
  return shape.filter((_, axis) => !gone.has(axis));
}

/** `shape` with axes of size 1 where these say. Throws E_ATTR_INVALID. */
export function unsqueezed(node: OnnxNode, shape: Shape, axes: readonly number[]): number[] {
  const rank = shape.length + axes.length;
  const added = new Set(axesOf(node, axes, rank));
  const rest = [...shape];
  return Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : rest.shift()!));
}
