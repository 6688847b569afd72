import { defineOp } from "./op.ts";
import { type PoolAttrs, poolGeometry, poolShape } from "./pool-geometry.ts";

/** y[n, oh, ow, c] = the mean of x over the window; without countIncludePad only over taps in the picture, as in TensorFlow. */
export const avgPool = defineOp<PoolAttrs>({
  inputs: ["x"],
  linear: true,
  reads: () => ({ x: [] }),
  shape: poolShape,
  forward(ctx, [x], y, attrs) {
    ctx.kernels.averagePool(x!.ptr, y.ptr, poolGeometry(ctx, x!.shape, y.shape, attrs));
  },
  backward(ctx, { attrs, dy, dInputs: [dx] }) {
    if (dx) ctx.kernels.averagePoolGradient(dy.ptr, dx.ptr, poolGeometry(ctx, dx.shape, dy.shape, attrs));
  },
});
