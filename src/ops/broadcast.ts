/** NumPy broadcasting on top of two-axis kernels, and its adjoint: summing over the axes that were broadcast. */
import { broadcast, elements, type Shape, strides } from "../shape.ts";
import type { BinaryName } from "../wasm/binary-kernels.ts";
import { along, countOf, LINE } from "../wasm/job.ts";
import type { Tensor } from "../wasm/memory.ts";
import { type Axis, eachOffset, innerTwo, mergeAxes } from "./loops.ts";
import type { OpContext } from "./op.ts";

/** Steps of `shape` along the axes of the broadcast shape `rank` axes long: 0 where it repeats. */
export function broadcastSteps(shape: Shape, rank: number): number[] {
  const missing = rank - shape.length;
  const own = strides(shape);
  return Array.from({ length: rank }, (_, axis) =>
    axis < missing || shape[axis - missing] === 1 ? 0 : own[axis - missing]!,
  );
}

/** The axes of `whole` as walked by tensors of these shapes, merged as far as they go. */
export function jointAxes(whole: Shape, shapes: readonly Shape[]): Axis[] {
  const steps = shapes.map((shape) => broadcastSteps(shape, whole.length));
  return mergeAxes(whole.map((size, axis) => ({ size, steps: steps.map((step) => step[axis]!) })));
}

/** y = f(a, b) where y has the shape that a and b broadcast to. */
export function applyBroadcast({ team }: OpContext, f: BinaryName, a: Tensor, b: Tensor, y: Tensor): void {
  const { outer, rows, cols } = innerTwo(jointAxes(y.shape, [a.shape, b.shape, y.shape]), 3);
  const [aRow, bRow] = rows.steps as [number, number];
  const [aCol, bCol] = cols.steps as [number, number];
  eachOffset(outer, 3, ([atA, atB, atY]) => {
    const from = [a.ptr + atA! * 4, b.ptr + atB! * 4, y.ptr + atY! * 4] as const;
    const steps = [aRow, aCol, bRow, bCol] as const;
    if (rows.size === 1) {
      const [to, ...operands] = [along(from[2], 4), along(from[0], aCol * 4), along(from[1], bCol * 4)] as const;
      team.run({ kernel: f, args: [...operands, to, 1, countOf(), ...steps], units: cols.size, cost: 1, step: LINE });
    } else {
      const operands = [along(from[0], aRow * 4), along(from[1], bRow * 4), along(from[2], cols.size * 4)] as const;
      const args = [...operands, countOf(), cols.size, ...steps] as const;
      team.run({ kernel: f, args, units: rows.size, cost: cols.size });
    }
  });
}

/** f(a, b) in scratch memory. */
export function scratchBroadcast(ctx: OpContext, f: BinaryName, a: Tensor, b: Tensor): Tensor {
  const shape = broadcast(a.shape, b.shape, "broadcast");
  const y: Tensor = { shape, ptr: ctx.scratch(elements(shape) * 4), dtype: "f32" };
  applyBroadcast(ctx, f, a, b, y);
  return y;
}

/**
 * target += scale·source, summed over the axes along which target is broadcast to source.
 * After merging, rows and columns cannot both be summed or both be kept: they would be one axis.
 */
export function addReduced({ kernels, team }: OpContext, source: Tensor, target: Tensor, scale: number): void {
  const count = elements(source.shape);
  if (count === elements(target.shape)) {
    const args = [along(source.ptr, 4), along(target.ptr, 4), 1, countOf(), scale] as const;
    team.run({ kernel: "addToRows", args, units: count, cost: 1, step: LINE });
    return;
  }
  const { outer, rows, cols } = innerTwo(jointAxes(source.shape, [source.shape, target.shape]), 2);
  const reduce = cols.steps[1] === 0 ? "sumColumns" : "sumRows";
  eachOffset(outer, 2, ([from, to]) => {
    kernels[reduce](source.ptr + from! * 4, target.ptr + to! * 4, rows.size, cols.size, scale);
  });
}
