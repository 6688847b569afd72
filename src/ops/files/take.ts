/**
 * y[i₀, i₁, …] = x[t₀(i₀), t₁(i₁), …] with a source t for every axis: what slices, tiles and frames have in common. One axis after
 * the other, those that shrink first; neighbours that stay neighbours move as one block, also if they come again and again. A
 * gradient is added to where its element came from.
 */
import { elements, type Shape } from "../../shape.ts";
import type { Tensor } from "../../wasm/memory.ts";
import { defineOp, type Op, type OpContext } from "../op.ts";

/** What a source answers for an index of y that comes from nowhere in x. */
export const OUTSIDE = -1;

/** How long an axis of y is, and the index in x of each of its indices. Not a list: y may be so long that one would not fit beside it. */
interface Source {
  readonly length: number;
  readonly of: (index: number) => number;
}

/** By axis; undefined where one stays as it is. */
export type Sources = readonly (Source | undefined)[];

interface Rearrangement<Attrs> {
  readonly shape: Op<Attrs>["shape"];
  readonly sources: (x: Shape, attrs: Attrs) => Sources;
  /** What lies outside of x; undefined where nothing of y does. */
  readonly outside?: (attrs: Attrs) => number | undefined;
}

/** An operator that only moves elements, by sources. */
export const rearrangement = <Attrs>({ shape, sources, outside }: Rearrangement<Attrs>): Op<Attrs> =>
  defineOp<Attrs>({
    inputs: ["x"],
    linear: true,
    reads: () => ({ x: [] }),
    shape,
    forward(ctx, [x], y, attrs) {
      take(ctx, x!, y, sources(x!.shape, attrs), outside?.(attrs));
    },
    backward(ctx, { attrs, dy, dInputs: [dx] }) {
      if (dx) addTaken(ctx, dy, dx, sources(dx.shape, attrs));
    },
  });

/** @param outside what lies where a source says OUTSIDE */
export function take(ctx: OpContext, x: Tensor, y: Tensor, sources: Sources, outside?: number): void {
  const stages = stagesOf(x.shape, sources);
  if (stages.length === 0) ctx.kernels.copyBlock(x.ptr, y.ptr, 1, elements(x.shape), 0, 0);
  let source = x.ptr;
  stages.forEach((stage, i) => {
    const count = elements(stage.to);
    const target = i === stages.length - 1 ? y.ptr : ctx.scratch(count * 4);
    if (outside !== undefined) ctx.heap.f32(target, count).fill(outside);
    eachRun(stage, (from, to, { rows, cols, rowOfX, rowOfY }) => {
      ctx.kernels.copyBlock(source + from * 4, target + to * 4, rows, cols, rowOfX, rowOfY);
    });
    source = target;
  });
}

/** dx += the elements of dy, each where it came from. */
export function addTaken(ctx: OpContext, dy: Tensor, dx: Tensor, sources: Sources): void {
  const stages = stagesOf(dx.shape, sources);
  if (stages.length === 0) ctx.kernels.accumulate(dy.ptr, dx.ptr, elements(dx.shape));
  let source = dy.ptr;
  for (const [i, stage] of [...stages.entries()].reverse()) {
    const count = elements(stage.from);
    const target = i === 0 ? dx.ptr : ctx.scratch(count * 4);
    if (i > 0) ctx.kernels.clear(target, count * 4);
    eachRun(stage, (to, from, { rows, cols, rowOfX, rowOfY }) => {
      ctx.kernels.addBlock(source + from * 4, target + to * 4, rows, cols, rowOfY, rowOfX);
    });
    source = target;
  }
}

/** One axis of `from` rearranged. */
interface Stage {
  readonly axis: number;
  readonly source: Source;
  readonly from: Shape;
  readonly to: Shape;
}

function stagesOf(x: Shape, sources: Sources): Stage[] {
  const growth = (axis: number): number => sources[axis]!.length / x[axis]!;
  const axes = [...sources.keys()].filter((axis) => sources[axis]).sort((a, b) => growth(a) - growth(b));
  let from = x;
  return axes.map((axis) => {
    const source = sources[axis]!;
    const stage = { axis, source, from, to: from.with(axis, source.length) };
    from = stage.to;
    return stage;
  });
}

interface Block {
  readonly rows: number;
  readonly cols: number;
  /** Elements from one row to the next. */
  readonly rowOfX: number;
  readonly rowOfY: number;
}

type VisitBlock = (inX: number, inY: number, block: Block) => void;

/** Visits each run of indices that are neighbours in x and in y: where it begins there, in elements. */
function eachRun({ axis, source: { length, of }, from }: Stage, visit: VisitBlock): void {
  const inner = elements(from.slice(axis + 1));
  const [rowOfX, rowOfY] = [from[axis]! * inner, length * inner];
  const rows = elements(from.slice(0, axis));
  for (let first = 0, end; first < length; first = end) {
    const start = of(first);
    end = first + 1;
    if (start === OUTSIDE) continue;
    while (end < length && of(end) === start + end - first) end++;
    const size = end - first;
    while (comesAgain(of, start, size, end, length)) end += size;
    const [inX, inY, cols, times] = [start * inner, first * inner, size * inner, (end - first) / size];
    // As few calls as there can be: one for every time with all rows, or one for every row with all times.
    if (times <= rows) {
      for (let i = 0; i < times; i++) visit(inX, inY + i * cols, { rows, cols, rowOfX, rowOfY });
    } else {
      const again = { rows: times, cols, rowOfX: 0, rowOfY: cols };
      for (let row = 0; row < rows; row++) visit(inX + row * rowOfX, inY + row * rowOfY, again);
    }
  }
}

/** Whether a run of x lies at `at` in y too. */
function comesAgain(of: Source["of"], start: number, size: number, at: number, length: number): boolean {
  if (at + size > length) return false;
  for (let i = 0; i < size; i++) if (of(at + i) !== start + i) return false;
  return true;
}
