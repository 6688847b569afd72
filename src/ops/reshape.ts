import { GradCamError } from "../errors.ts";
import { elements, type Shape, showShape } from "../shape.ts";
import { checkAttr, inputShape, isPositiveCount } from "./check.ts";
import { defineOp } from "./op.ts";

export interface ReshapeAttrs {
  /** The new shape without the batch axis. */
  readonly shape: Shape;
}

/** y = x with other axes, in the same row-major order; the batch axis stays. */
export const reshape = defineOp<ReshapeAttrs>({
  inputs: ["x"],
  view: true,
  linear: true,
  reads: () => ({ x: [] }),
  shape(inputs, { shape }, where) {
    const [batch, ...rest] = inputShape(inputs, 0, "x", where);
    checkAttr(shape.every(isPositiveCount), where, "shape", "of positive integers", shape);
    if (batch === undefined || elements(rest) !== elements(shape)) {
      throw new GradCamError("E_SHAPE", {
        where,
        expected: `${elements(shape)} elements per item for ${showShape(shape)}`,
        got: showShape(rest),
      });
    }
    return [batch, ...shape];
  },
  forward({ kernels }, [x], y) {
    const n = elements(y.shape);
    kernels.copyBlock(x!.ptr, y.ptr, 1, n, n, n);
  },
  backward({ kernels }, { dy, dInputs: [dx] }) {
    if (dx) kernels.accumulate(dy.ptr, dx.ptr, elements(dy.shape));
  },
});
