import { defineOp } from "./op.ts";
import { type PoolAttrs, poolGeometry, poolShape } from "./pool-geometry.ts";

/**
 * y[n, oh, ow, c] = the largest x in the window; padding never wins.
 * The gradient goes to the first maximum in row order, as in TensorFlow: windows of zeros after a ReLU tie often.
 */
export const maxPool = defineOp<PoolAttrs>({
  inputs: ["x"],
  reads: () => ({ x: ["x", "y"] }),
  shape: poolShape,
  forward(ctx, [x], y, attrs) {
    ctx.kernels.maxPool(x!.ptr, y.ptr, poolGeometry(ctx, x!.shape, y.shape, attrs));
  },
  backward(ctx, { attrs, inputs: [x], y, dy, dInputs: [dx] }) {
    if (!dx) return;
    ctx.kernels.maxPoolGradient(x!.ptr, y!.ptr, dy.ptr, dx.ptr, poolGeometry(ctx, dx.shape, dy.shape, attrs));
  },
});
