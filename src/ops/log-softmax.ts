import { elements } from "../shape.ts";
import { inputShape } from "./check.ts";
import { defineOp } from "./op.ts";
import { eachLine, folded, logSumExp, none, resolveAxes } from "./over-axes.ts";

export interface LogSoftmaxAttrs {
  /** Negative counts from the end. */
  readonly axis: number;
}

/** y = x − ln Σ eˣ along one axis; dx = dy − e^y·Σ dy. In f64, rounded once. */
export const logSoftmax = defineOp<LogSoftmaxAttrs>({
  inputs: ["x"],
  reads: () => ({ x: ["y"] }),
  shape(inputs, { axis }, where) {
    const x = inputShape(inputs, 0, "x", where);
    resolveAxes([axis], x.length, where);
    return [...x];
  },
  forward({ heap }, [x], y, { axis }) {
    const axes = resolveAxes([axis], y.shape.length, "logSoftmax");
    const [from, to] = [heap.f32(x!.ptr, elements(y.shape)), heap.f32(y.ptr, elements(y.shape))];
    const sums = logSumExp(from, y.shape, axes);
    eachLine(y.shape, axes, (at, line, length, step) => {
      for (let i = 0; i < length; i++) to[at + i] = from[at + i]! - sums[line + i * step]!;
    });
  },
  backward({ heap }, { attrs: { axis }, y, dy, dInputs: [dx] }) {
    if (!dx) return;
    const axes = resolveAxes([axis], dx.shape.length, "logSoftmax");
    const n = elements(dx.shape);
    const [from, gradient, to] = [heap.f32(y!.ptr, n), heap.f32(dy.ptr, n), heap.f32(dx.ptr, n)];
    const sums = folded({ start: 0, add: (sum, d) => sum + d }, gradient, none(dx.shape, axes), dx.shape, axes);
    eachLine(dx.shape, axes, (at, line, length, step) => {
      for (let i = 0; i < length; i++)
        to[at + i]! += gradient[at + i]! - Math.exp(from[at + i]!) * sums[line + i * step]!;
    });
  },
});
