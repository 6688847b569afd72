/** Pooling over all pixels: [N,H,W,C] → [N,C], or [N,1,1,C] with keepDims. */
import { elements, type Shape } from "../shape.ts";
import { along, countOf } from "../wasm/job.ts";
import { imageShape } from "./check.ts";
import { defineOp } from "./op.ts";

export interface GlobalPoolAttrs {
  readonly keepDims: boolean;
}

function globalShape(inputs: readonly (Shape | undefined)[], { keepDims }: GlobalPoolAttrs, where: string): number[] {
  const [n, , , c] = imageShape(inputs, where);
  return keepDims ? [n, 1, 1, c] : [n, c];
}

/** By picture of an NHWC tensor: byte steps, pixels and channels. */
function pictures([n, h, w, c]: Shape): {
  count: number;
  pixels: number;
  channels: number;
  xBytes: number;
  yBytes: number;
} {
  const pixels = h! * w!;
  return { count: n!, pixels, channels: c!, xBytes: pixels * c! * 4, yBytes: c! * 4 };
}

/** y[n, c] = (1/HW)·Σ x[n, h, w, c] */
export const globalAveragePool = defineOp<GlobalPoolAttrs>({
  inputs: ["x"],
  linear: true,
  reads: () => ({ x: [] }),
  shape: globalShape,
  forward({ kernels, heap }, [x], y) {
    const { count, pixels, channels, xBytes, yBytes } = pictures(x!.shape);
    heap.f32(y.ptr, elements(y.shape)).fill(0);
    for (let n = 0; n < count; n++) {
      kernels.sumRows(x!.ptr + n * xBytes, y.ptr + n * yBytes, pixels, channels, 1 / pixels);
    }
  },
  backward({ team }, { dy, dInputs: [dx] }) {
    if (!dx) return;
    const { count, pixels, channels, xBytes, yBytes } = pictures(dx.shape);
    for (let n = 0; n < count; n++) {
      const to = along(dx.ptr + n * xBytes, channels * 4);
      const args = [dy.ptr + n * yBytes, to, countOf(), channels, 1 / pixels] as const;
      team.run({ kernel: "addToRows", args, units: pixels, cost: channels });
    }
  },
});

/** y[n, c] = the largest x[n, h, w, c]; pixels that tie share the gradient evenly, as in Keras. */
export const globalMaxPool = defineOp<GlobalPoolAttrs>({
  inputs: ["x"],
  reads: () => ({ x: ["x", "y"] }),
  shape: globalShape,
  forward({ kernels }, [x], y) {
    const { count, pixels, channels, xBytes, yBytes } = pictures(x!.shape);
    for (let n = 0; n < count; n++) kernels.maxRows(x!.ptr + n * xBytes, y.ptr + n * yBytes, pixels, channels);
  },
  backward({ kernels }, { inputs: [x], y, dy, dInputs: [dx] }) {
    if (!dx) return;
    const { count, pixels, channels, xBytes, yBytes } = pictures(dx.shape);
    for (let n = 0; n < count; n++) {
      const [atX, atY] = [n * xBytes, n * yBytes];
      kernels.maxRowsGradient(x!.ptr + atX, y!.ptr + atY, dy.ptr + atY, dx.ptr + atX, pixels, channels);
    }
  },
});
