import { GradCamError } from "../errors.ts";
import { elements, type Shape, showShape } from "../shape.ts";
import { inputShape } from "./check.ts";
import { defineOp, type NoAttrs } from "./op.ts";

/** y = eˣ / Σ eˣ over the last axis, shifted by the maximum; dx = y·(dy − Σ dy·y). */
export const softmax = defineOp<NoAttrs>({
  inputs: ["x"],
  reads: () => ({ x: ["y"] }),
  shape(inputs, _attrs, where) {
    const x = inputShape(inputs, 0, "x", where);
    if (x.length < 2) throw new GradCamError("E_SHAPE", { where, expected: "[N,…,C]", got: showShape(x) });
    return [...x];
  },
  forward({ kernels }, [x], y) {
    kernels.softmax(x!.ptr, y.ptr, ...rowsAndColumns(y.shape));
  },
  backward({ kernels }, { y, dy, dInputs: [dx] }) {
    if (dx) kernels.softmaxGradient(y!.ptr, dy.ptr, dx.ptr, ...rowsAndColumns(dy.shape));
  },
});

function rowsAndColumns(shape: Shape): readonly [rows: number, cols: number] {
  const cols = shape.at(-1)!;
  return [elements(shape) / cols, cols];
}
