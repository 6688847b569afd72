import { firstOf, lastOf } from "../wasm/job.ts";
import { defineOp } from "./op.ts";
import { byLines, type PoolAttrs, poolGeometry, poolShape, splitGradient } from "./pool-geometry.ts";

/** y[n, oh, ow, c] = the mean of x over the window; without countIncludePad only over taps in the picture, as in TensorFlow. */
export const avgPool = defineOp<PoolAttrs>({
  inputs: ["x"],
  linear: true,
  reads: () => ({ x: [] }),
  shape: poolShape,
  forward(ctx, [x], y, attrs) {
    const geometry = poolGeometry(ctx, x!.shape, y.shape, attrs);
    const args = [x!.ptr, y.ptr, geometry, firstOf(), lastOf()] as const;
    ctx.team.run({ kernel: "averagePool", args, ...byLines(y.shape, attrs) });
  },
  backward(ctx, { attrs, dy, dInputs: [dx] }) {
    if (!dx) return;
    const geometry = poolGeometry(ctx, dx.shape, dy.shape, attrs);
    const { channelOf, part, ...split } = splitGradient(dy.shape, attrs);
    const args = [channelOf(dy.ptr), channelOf(dx.ptr), geometry, ...part] as const;
    ctx.team.run({ kernel: "averagePoolGradient", args, ...split });
  },
});
