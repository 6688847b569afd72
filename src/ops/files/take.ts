/**
 * y[i₀, i₁, …] = x[t₀[i₀], t₁[i₁], …] with a table for every axis: what slices, tiles and frames have in common. One axis after
 * the other, those that shrink first; neighbours that stay neighbours move as one block. A gradient is added to where its
 * element came from.
 */
import { elements, type Shape } from "../../shape.ts";
import type { Tensor } from "../../wasm/memory.ts";
import { defineOp, type Op, type OpContext } from "../op.ts";

/** In a table: an index of y that comes from nowhere in x. */
export const OUTSIDE = -1;

/** By axis: the index in x of every index of y; undefined where an axis stays as it is. Outside of JavaScript's heap: y may be long. */
export type Tables = readonly (Int32Array | undefined)[];

interface Rearrangement<Attrs> {
  readonly shape: Op<Attrs>["shape"];
  readonly tables: (x: Shape, attrs: Attrs) => Tables;
  /** What lies outside of x; 0 when left out. */
  readonly outside?: (attrs: Attrs) => number;
}

/** An operator that only moves elements, by tables. */
export const rearrangement = <Attrs>({ shape, tables, outside }: Rearrangement<Attrs>): Op<Attrs> =>
  defineOp<Attrs>({
    inputs: ["x"],
    linear: true,
    reads: () => ({ x: [] }),
    shape,
    forward(ctx, [x], y, attrs) {
      take(ctx, x!, y, tables(x!.shape, attrs), outside?.(attrs) ?? 0);
    },
    backward(ctx, { attrs, dy, dInputs: [dx] }) {
      if (dx) addTaken(ctx, dy, dx, tables(dx.shape, attrs));
    },
  });

/** @param outside what lies where a table says OUTSIDE */
export function take(ctx: OpContext, x: Tensor, y: Tensor, tables: Tables, outside: number): void {
  const stages = stagesOf(x.shape, tables);
  if (stages.length === 0) ctx.kernels.copyBlock(x.ptr, y.ptr, 1, elements(x.shape), 0, 0);
  let source = x.ptr;
  stages.forEach((stage, i) => {
    const count = elements(stage.to);
    const target = i === stages.length - 1 ? y.ptr : ctx.scratch(count * 4);
    if (stage.table.includes(OUTSIDE)) ctx.heap.f32(target, count).fill(outside);
    eachRun(stage, (from, to, { rows, cols, rowOfX, rowOfY }) => {
      ctx.kernels.copyBlock(source + from * 4, target + to * 4, rows, cols, rowOfX, rowOfY);
    });
    source = target;
  });
}

/** dx += the elements of dy, each where it came from. */
export function addTaken(ctx: OpContext, dy: Tensor, dx: Tensor, tables: Tables): void {
  const stages = stagesOf(dx.shape, tables);
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
  readonly table: Int32Array;
  readonly from: Shape;
  readonly to: Shape;
}

function stagesOf(x: Shape, tables: Tables): Stage[] {
  const growth = (axis: number): number => tables[axis]!.length / x[axis]!;
  const axes = [...tables.keys()].filter((axis) => tables[axis]).sort((a, b) => growth(a) - growth(b));
  let from = x;
  return axes.map((axis) => {
    const table = tables[axis]!;
    const stage = { axis, table, from, to: from.with(axis, table.length) };
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

/** Visits each run of indices that are neighbours in x and in y: where it begins there, in elements. */
function eachRun({ axis, table, from }: Stage, visit: (inX: number, inY: number, block: Block) => void): void {
  const inner = elements(from.slice(axis + 1));
  const [rowOfX, rowOfY] = [from[axis]! * inner, table.length * inner];
  const rows = elements(from.slice(0, axis));
  for (let first = 0, end; first < table.length; first = end) {
    end = first + 1;
    if (table[first] === OUTSIDE) continue;
    while (end < table.length && table[end] === table[first]! + end - first) end++;
    visit(table[first]! * inner, first * inner, { rows, cols: (end - first) * inner, rowOfX, rowOfY });
  }
}
