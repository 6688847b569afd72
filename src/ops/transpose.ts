import { elements, type Shape, strides } from "../shape.ts";
import type { Tensor } from "../wasm/memory.ts";
import { checkAttr, inputShape } from "./check.ts";
import { eachOffset, innerTwo, mergeAxes } from "./loops.ts";
import { defineOp, type OpContext } from "./op.ts";

export interface TransposeAttrs {
  /** Axis k of y is axis perm[k] of x. The batch axis takes part: NCHW to NHWC is [0,2,3,1]. */
  readonly perm: readonly number[];
}

/** y[i₀, i₁, …] = x[…], with axis k of y being axis perm[k] of x. */
export const transpose = defineOp<TransposeAttrs>({
  inputs: ["x"],
  linear: true,
  reads: () => ({ x: [] }),
  shape(inputs, { perm }, where) {
    const x = inputShape(inputs, 0, "x", where);
    const isPermutation = perm.length === x.length && x.every((_, axis) => perm.includes(axis));
    checkAttr(isPermutation, where, "perm", `that names each of ${x.length} axes once`, perm);
    return perm.map((axis) => x[axis]!);
  },
  forward(ctx, [x], y, { perm }) {
    permute(ctx, x!, y.ptr, perm);
  },
  backward(ctx, { attrs: { perm }, dy, dInputs: [dx] }) {
    if (!dx) return;
    const inverse = perm.map((_, axis) => perm.indexOf(axis));
    const permuted = ctx.scratch(elements(dy.shape) * 4);
    permute(ctx, dy, permuted, inverse);
    ctx.kernels.accumulate(permuted, dx.ptr, elements(dx.shape));
  },
});

/** Writes x with permuted axes to `target`, two axes at a time. */
function permute({ kernels }: OpContext, x: Tensor, target: number, perm: readonly number[]): void {
  const shape: Shape = perm.map((axis) => x.shape[axis]!);
  const from = strides(x.shape);
  const to = strides(shape);
  const axes = mergeAxes(shape.map((size, axis) => ({ size, steps: [from[perm[axis]!]!, to[axis]!] })));
  const { outer, rows, cols } = innerTwo(axes, 2);
  const [srcRow] = rows.steps as [number, number];
  const [srcCol] = cols.steps as [number, number];
  eachOffset(outer, 2, ([src, dst]) => {
    const [source, destination] = [x.ptr + src! * 4, target + dst! * 4];
    if (srcCol === 1) kernels.copyBlock(source, destination, rows.size, cols.size, srcRow, cols.size);
    else kernels.gather(source, destination, rows.size, cols.size, srcRow, srcCol);
  });
}
