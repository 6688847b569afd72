/**
 * A function of up to three operands, element by element with NumPy broadcasting, in f64 and rounded once: for operators that are
 * too rare in image networks for a kernel of their own.
 */
import { broadcast, elements, type Shape } from "../../shape.ts";
import type { Tensor } from "../../wasm/memory.ts";
import { jointAxes } from "../broadcast.ts";
import { eachOffset } from "../loops.ts";
import type { OpContext } from "../op.ts";

export type Elementwise = (a: number, b: number, c: number) => number;

/** y = f(operands…); those that are not there count as 0. y has the shape that the operands broadcast to. */
export function mapBroadcast(
  { heap }: OpContext,
  f: Elementwise,
  operands: readonly [Tensor, Tensor?, Tensor?],
  y: Tensor,
): void {
  const given = operands.filter((operand) => operand !== undefined);
  const nothing = Float32Array.of(0);
  const [a, b = nothing, c = nothing] = given.map(({ ptr, shape }) => heap.f32(ptr, elements(shape)));
  const to = heap.f32(y.ptr, elements(y.shape));
  const axes = jointAxes(y.shape, [y.shape, ...given.map(({ shape }) => shape)]);
  const { size, steps } = axes.at(-1) ?? { size: 1, steps: [] };
  const [, stepA = 0, stepB = 0, stepC = 0] = steps;
  eachOffset(axes.slice(0, -1), given.length + 1, ([at, atA, atB = 0, atC = 0]) => {
    for (let i = 0; i < size; i++) {
      to[at! + i] = f(a![atA! + i * stepA]!, b[atB + i * stepB]!, c[atC + i * stepC]!);
    }
  });
}

/** f(operands…) in scratch memory. */
export function mapToScratch(ctx: OpContext, f: Elementwise, operands: readonly [Tensor, Tensor?, Tensor?]): Tensor {
  const shapes = operands.filter((operand) => operand !== undefined).map((operand): Shape => operand.shape);
  const shape = shapes.reduce<Shape>((whole, one) => broadcast(whole, one, "broadcast"), []);
  const y: Tensor = { shape, ptr: ctx.scratch(elements(shape) * 4), dtype: "f32" };
  mapBroadcast(ctx, f, operands, y);
  return y;
}
