import { elements } from "../../shape.ts";
import { inputShape } from "../check.ts";
import { defineOp } from "../op.ts";
import { workInJavaScript } from "../work.ts";
import { eachElement, foldGroups, logSumExp, resolveAxes } from "./over-axes.ts";

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
  work: workInJavaScript,
  forward({ heap }, [x], y, { axis }) {
    const axes = resolveAxes([axis], y.shape.length, "logSoftmax");
    const [from, to] = [heap.f32(x!.ptr, elements(y.shape)), heap.f32(y.ptr, elements(y.shape))];
    const sums = logSumExp(from, y.shape, axes);
    eachElement(y.shape, axes, (i, k) => {
      to[i] = from[i]! - sums[k]!;
    });
  },
  backward({ heap }, { attrs: { axis }, y, dy, dInputs: [dx] }) {
    if (!dx) return;
    const axes = resolveAxes([axis], dx.shape.length, "logSoftmax");
    const n = elements(dx.shape);
    const [from, gradient, to] = [heap.f32(y!.ptr, n), heap.f32(dy.ptr, n), heap.f32(dx.ptr, n)];
    const sums = foldGroups(dx.shape, axes, 0, (sum, i) => sum + gradient[i]!);
    eachElement(dx.shape, axes, (i, k) => {
      to[i]! += gradient[i]! - Math.exp(from[i]!) * sums[k]!;
    });
  },
});
