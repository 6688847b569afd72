/**
 * y = f′(x)·t: how f(x) changes while x moves along t. Of what acts element by element, and of the softmax, the Jacobian is symmetric, so
 * that f's own backward computes it; dt is the same of dy, and dx[i] = f″(x[i])·t[i]·dy[i], in f64.
 * Of the softmax, with p = softmax(x) by rows: dx = f′(x)·(t⊙dy − (pᵀdy)·t − (pᵀt)·dy).
 */
import { elements } from "../../shape.ts";
import type { Tensor } from "../../wasm/memory.ts";
import { checkAttr, inputShape } from "../check.ts";
import { defineOp, type Op, type OpContext } from "../op.ts";
import { BENDS } from "./bends.ts";

export interface DerivativeAttrs {
  readonly of: keyof typeof BENDS | "softmax";
  /** f itself, and its attributes. */
  readonly op: Op;
  readonly attrs: unknown;
}

export const derivative = defineOp<DerivativeAttrs>({
  inputs: ["t", "x"],
  reads: () => ({ t: ["x"], x: ["t", "x"] }),
  shape(inputs, _attrs, where) {
    const [t, x] = [inputShape(inputs, 0, "t", where), inputShape(inputs, 1, "x", where)];
    const same = t.length === x.length && t.every((size, axis) => size === x[axis]);
    checkAttr(same, where, "t", `of the shape of x, ${JSON.stringify(x)}`, t);
    return [...x];
  },
  forward(ctx, [t, x], y, attrs) {
    ctx.heap.f32(y.ptr, elements(y.shape)).fill(0);
    addProduct(ctx, attrs, { x: x!, t: t!, to: y });
  },
  backward(ctx, { attrs, inputs: [t, x], dy, dInputs: [dt, dx] }) {
    if (dt) addProduct(ctx, attrs, { x: x!, t: dy, to: dt });
    if (!dx) return;
    if (attrs.of === "softmax") addBendOfSoftmax(ctx, attrs, { x: x!, t: t!, dy, dx });
    else addBend(ctx, attrs, { x: x!, t: t!, dy, dx });
  },
});

interface Product {
  readonly x: Tensor;
  readonly t: Tensor;
  readonly to: Tensor;
}

/** to += f′(x)·t */
function addProduct(ctx: OpContext, { op, attrs }: DerivativeAttrs, { x, t, to }: Product): void {
  const y = op.reads(attrs)["x"]!.includes("y") ? valueOf(ctx, op, attrs, x) : undefined;
  op.backward(ctx, { attrs, inputs: [x], y, dy: t, dInputs: [to] });
}

/** f(x), in scratch. */
function valueOf(ctx: OpContext, op: Op, attrs: unknown, x: Tensor): Tensor {
  const y: Tensor = { ...x, ptr: ctx.scratch(elements(x.shape) * 4) };
  op.forward(ctx, [x], y, attrs);
  return y;
}

interface Bending {
  readonly x: Tensor;
  readonly t: Tensor;
  readonly dy: Tensor;
  readonly dx: Tensor;
}

function addBend({ heap }: OpContext, { of, attrs }: DerivativeAttrs, { x, t, dy, dx }: Bending): void {
  const bend: (value: number, attrs: unknown) => number = BENDS[of as keyof typeof BENDS];
  const [at, along, gradient, to] = [x, t, dy, dx].map(({ ptr, shape }) => heap.f32(ptr, elements(shape)));
  for (let i = 0; i < to!.length; i++) to![i]! += bend(at![i]!, attrs) * along![i]! * gradient![i]!;
}

function addBendOfSoftmax(ctx: OpContext, { op, attrs }: DerivativeAttrs, { x, t, dy, dx }: Bending): void {
  const n = elements(x.shape);
  const columns = x.shape.at(-1)!;
  const p = valueOf(ctx, op, attrs, x);
  const mixed: Tensor = { ...x, ptr: ctx.scratch(n * 4) };
  const [share, along, gradient, to] = [p, t, dy, mixed].map(({ ptr }) => ctx.heap.f32(ptr, n));
  for (let row = 0; row < n; row += columns) {
    let [meanT, meanD] = [0, 0];
    for (let i = row; i < row + columns; i++) {
      meanT += share![i]! * along![i]!;
      meanD += share![i]! * gradient![i]!;
    }
    for (let i = row; i < row + columns; i++) {
      to![i] = along![i]! * gradient![i]! - meanD * along![i]! - meanT * gradient![i]!;
    }
  }
  op.backward(ctx, { attrs, inputs: [x], y: p, dy: mixed, dInputs: [dx] });
}
