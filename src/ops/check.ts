/** Checks that shape rules share. Each names the place and both sides of the mismatch. */
import { GradCamError } from "../errors.ts";
import { type Shape, showShape } from "../shape.ts";

/** The shape of a required input. Throws E_SHAPE. */
export function inputShape(inputs: readonly (Shape | undefined)[], index: number, name: string, where: string): Shape {
  const shape = inputs[index];
  if (!shape) throw new GradCamError("E_SHAPE", { where, expected: `an input ${name}`, got: "none" });
  return shape;
}

/** The shape of a required NHWC input. Throws E_SHAPE. */
export function imageShape(
  inputs: readonly (Shape | undefined)[],
  where: string,
): readonly [n: number, h: number, w: number, c: number] {
  const shape = inputShape(inputs, 0, "x", where);
  if (shape.length !== 4) {
    throw new GradCamError("E_SHAPE", { where, expected: "an input [N,H,W,C]", got: showShape(shape) });
  }
  return shape as unknown as readonly [number, number, number, number];
}

/** Throws E_ATTR_INVALID unless `valid`. `rule` completes "expected <name> ". */
export function checkAttr(valid: boolean, where: string, name: string, rule: string, got: AttrValue): void {
  if (valid) return;
  const shown = typeof got === "object" ? JSON.stringify(got) : String(got);
  throw new GradCamError("E_ATTR_INVALID", { where, expected: `${name} ${rule}`, got: shown });
}

type AttrValue = number | string | boolean | undefined | readonly number[];

/** Throws E_ATTR_INVALID unless `pair` is a height and a width, both ≥ 1. */
export function checkPair(pair: readonly number[], where: string, name: string): void {
  checkAttr(pair.length === 2 && pair.every(isPositiveCount), where, name, "of two integers ≥ 1", pair);
}

/** Throws E_ATTR_INVALID unless `frame` is a number of pixels for each side. */
export function checkFrame(frame: readonly number[], where: string, name: string): void {
  const valid = frame.length === 4 && frame.every(isCount);
  checkAttr(valid, where, name, "of four integers ≥ 0: top, bottom, left, right", frame);
}

export const isCount = (value: number): boolean => Number.isInteger(value) && value >= 0;

export const isPositiveCount = (value: number): boolean => Number.isInteger(value) && value > 0;
