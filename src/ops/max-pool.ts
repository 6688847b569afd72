import { firstOf, lastOf } from "../wasm/job.ts";
import { defineOp } from "./op.ts";
import { byLines, type PoolAttrs, poolGeometry, poolShape, splitGradient } from "./pool-geometry.ts";

/**
 * y[n, oh, ow, c] = the largest x in the window; padding never wins.
 * The gradient goes to the first maximum in row order, as in TensorFlow: windows of zeros after a ReLU tie often.
 */
export const maxPool = defineOp<PoolAttrs>({
  inputs: ["x"],
  reads: () => ({ x: ["x", "y"] }),
  shape: poolShape,
  forward(ctx, [x], y, attrs) {
    const geometry = poolGeometry(ctx, x!.shape, y.shape, attrs);
    const args = [x!.ptr, y.ptr, geometry, firstOf(), lastOf()] as const;
    ctx.team.run({ kernel: "maxPool", args, ...byLines(y.shape, attrs) });
  },
  backward(ctx, { attrs, inputs: [x], y, dy, dInputs: [dx] }) {
    if (!dx) return;
    const geometry = poolGeometry(ctx, dx.shape, dy.shape, attrs);
    const { channelOf, part, ...split } = splitGradient(dy.shape, attrs);
    const operands = [channelOf(x!.ptr), channelOf(y!.ptr), channelOf(dy.ptr), channelOf(dx.ptr)] as const;
    ctx.team.run({ kernel: "maxPoolGradient", args: [...operands, geometry, ...part], ...split });
  },
});
