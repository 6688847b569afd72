import { elements } from "../../shape.ts";
import { checkAttr, inputShape } from "../check.ts";
import { defineOp } from "../op.ts";
import { workInJavaScript } from "../work.ts";
import { UNARY, unaryFunction, type UnaryName } from "./unary-functions.ts";

export interface UnaryAttrs {
  readonly fn: UnaryName;
  /** Of functions that have it. */
  readonly alpha?: number;
  readonly beta?: number;
}

/** y = fn(x), element by element, in f64 and rounded once; zero gradient where fn is constant piece by piece. */
export const unary = defineOp<UnaryAttrs>({
  inputs: ["x"],
  reads: ({ fn }) => ({ x: unaryFunction(fn).slope ? ["x"] : [] }),
  shape(inputs, attrs, where) {
    const x = inputShape(inputs, 0, "x", where);
    checkAttr(Object.hasOwn(UNARY, attrs.fn), where, "fn", Object.keys(UNARY).join(" or "), attrs.fn);
    const { scalars = [] } = unaryFunction(attrs.fn);
    for (const name of ["alpha", "beta"] as const) {
      const isThere = scalars.includes(name);
      const isSound = isThere ? Number.isFinite(attrs[name]) : attrs[name] === undefined;
      checkAttr(isSound, where, name, isThere ? "a finite number" : `left out: ${attrs.fn} has none`, attrs[name]);
    }
    return [...x];
  },
  work: workInJavaScript,
  forward({ heap }, [x], y, { fn, alpha = 0, beta = 0 }) {
    const { value } = unaryFunction(fn);
    const n = elements(y.shape);
    const [from, to] = [heap.f32(x!.ptr, n), heap.f32(y.ptr, n)];
    for (let i = 0; i < n; i++) to[i] = value(from[i]!, alpha, beta);
  },
  backward({ heap }, { attrs: { fn, alpha = 0, beta = 0 }, inputs: [x], dy, dInputs: [dx] }) {
    const { slope } = unaryFunction(fn);
    if (!dx || !slope) return;
    const n = elements(dy.shape);
    const [from, gradient, to] = [heap.f32(x!.ptr, n), heap.f32(dy.ptr, n), heap.f32(dx.ptr, n)];
    for (let i = 0; i < n; i++) to[i]! += gradient[i]! * slope(from[i]!, alpha, beta);
  },
});
