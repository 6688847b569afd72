/**
 * Rows of y as weighted sums of rows of x, along one axis after the other: Y = M·X, dX = Mᵀ·dY with a sparse M for each axis.
 */
import { elements, type Shape } from "../../shape.ts";
import { along, countOf } from "../../wasm/job.ts";
import type { OpContext } from "../op.ts";

/** What one row of y is made of: rows of x, and how much of each. */
export type Mixture = ReadonlyMap<number, number>;

/** Rows of a matrix are maps of some 200 bytes: of a side beyond this they would be more than JavaScript's heap. */
export const LONGEST_SIDE = 2 ** 20;

/** A matrix by its rows, and along which axis it is applied. */
export interface Resampling {
  readonly axis: number;
  readonly rows: readonly Mixture[];
}

/** y = M·x. @param x,y addresses; y is written @param shape of x */
export function resample(ctx: OpContext, x: number, shape: Shape, y: number, steps: readonly Resampling[]): void {
  const active = steps.filter(({ axis, rows }) => !isIdentity(rows, shape[axis]!));
  if (active.length === 0) ctx.kernels.copyBlock(x, y, 1, elements(shape), 0, 0);
  mixAll(ctx, x, shape, active, (size, isLast) => cleared(ctx, size, isLast ? y : undefined));
}

/** dx += Mᵀ·dy. @param shape of dx */
export function addResampled(ctx: OpContext, dy: number, dx: number, shape: Shape, steps: readonly Resampling[]): void {
  const active = steps.filter(({ axis, rows }) => !isIdentity(rows, shape[axis]!));
  if (active.length === 0) ctx.kernels.accumulate(dy, dx, elements(shape));
  const ofDy = active.reduce<Shape>((size, { axis, rows }) => size.with(axis, rows.length), shape);
  const back = active.map(({ axis, rows }) => ({ axis, rows: transposed(rows, shape[axis]!) })).reverse();
  mixAll(ctx, dy, ofDy, back, (size, isLast) => (isLast ? dx : cleared(ctx, size)));
}

/** One step after the other, each adding to what `target` gives for its result. */
function mixAll(
  ctx: OpContext,
  from: number,
  shape: Shape,
  steps: readonly Resampling[],
  target: (shape: Shape, isLast: boolean) => number,
): void {
  let [source, size] = [from, shape];
  steps.forEach((step, i) => {
    const result = size.with(step.axis, step.rows.length);
    const to = target(result, i === steps.length - 1);
    addMixed(ctx, source, size, to, step);
    [source, size] = [to, result];
  });
}

function cleared({ kernels, scratch }: OpContext, shape: Shape, at?: number): number {
  const bytes = elements(shape) * 4;
  const to = at ?? scratch(bytes);
  kernels.clear(to, bytes);
  return to;
}

/** Split by what lies outside of the axis or, where that is one, by rows of y. */
function addMixed(ctx: OpContext, x: number, shape: Shape, y: number, { axis, rows }: Resampling): void {
  const outer = elements(shape.slice(0, axis));
  const inner = elements(shape.slice(axis + 1));
  const { starts, sources, weights, taps } = writeTable(ctx, rows);
  const [rowsOfX, rowsOfY] = [shape[axis]!, rows.length];
  const rowBytes = inner * 4;
  if (outer === 1) {
    const part = [x, along(y, rowBytes), 1, rowsOfX, countOf(), inner, along(starts, 4), sources, weights] as const;
    ctx.team.run({ kernel: "mixRows", args: part, units: rowsOfY, cost: Math.ceil(taps / rowsOfY) * inner });
    return;
  }
  const [from, to] = [along(x, rowsOfX * rowBytes), along(y, rowsOfY * rowBytes)];
  const args = [from, to, countOf(), rowsOfX, rowsOfY, inner, starts, sources, weights] as const;
  ctx.team.run({ kernel: "mixRows", args, units: outer, cost: taps * inner });
}

interface Table {
  readonly starts: number;
  readonly sources: number;
  readonly weights: number;
  readonly taps: number;
}

function writeTable({ heap, scratch }: OpContext, rows: readonly Mixture[]): Table {
  const taps = rows.reduce((sum, { size }) => sum + size, 0);
  const [starts, sources, weights] = [scratch((rows.length + 1) * 4), scratch(taps * 4), scratch(taps * 4)] as const;
  let next = 0;
  rows.forEach((row, i) => {
    heap.i32(starts + i * 4, 1)[0] = next;
    heap.i32(sources + next * 4, row.size).set([...row.keys()]);
    heap.f32(weights + next * 4, row.size).set([...row.values()]);
    next += row.size;
  });
  heap.i32(starts + rows.length * 4, 1)[0] = next;
  return { starts, sources, weights, taps };
}

function transposed(rows: readonly Mixture[], columns: number): Mixture[] {
  const result = Array.from({ length: columns }, () => new Map<number, number>());
  rows.forEach((row, i) => {
    for (const [j, weight] of row) result[j]!.set(i, weight);
  });
  return result;
}

const isIdentity = (rows: readonly Mixture[], columns: number): boolean =>
  rows.length === columns && rows.every((row, i) => row.size === 1 && row.get(i) === 1);
