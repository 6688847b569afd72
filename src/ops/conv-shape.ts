/** Shape rules of convolutions: everything that a kernel will trust. */
import { GradCamError } from "../errors.ts";
import { type Pair, sameShape, type Shape, showShape, windowOutput } from "../shape.ts";
import type { Window } from "../wasm/conv-geometry.ts";
import { checkAttr } from "./check.ts";

/** Throws E_ATTR_INVALID unless strides, dilations and padding make sense. */
export function checkWindow({ strides, dilations, padding }: Window, where: string): void {
  checkAttr(areCounts(strides, 2, 1), where, "strides", "two integers ≥ 1", strides);
  checkAttr(areCounts(dilations, 2, 1), where, "dilations", "two integers ≥ 1", dilations);
  checkAttr(areCounts(padding, 4, 0), where, "padding", "four integers ≥ 0: top, bottom, left, right", padding);
}

/** Attributes come from files: their types are a promise that is kept here. */
export const areCounts = (values: readonly number[], length: number, least: number): boolean =>
  values.length === length && values.every((value) => Number.isInteger(value) && value >= least);

/** [outH, outW] of a kernel over x. Throws E_SHAPE when it is larger than the padded input. */
export function windowShape(x: Shape, kernel: Pair, window: Window, where: string): [outH: number, outW: number] {
  const [top, bottom, left, right] = window.padding;
  const [height, width] = ([0, 1] as const).map((axis) =>
    windowOutput(
      {
        input: x[axis + 1]!,
        kernel: kernel[axis],
        stride: window.strides[axis],
        dilation: window.dilations[axis],
      },
      axis === 0 ? top + bottom : left + right,
    ),
  );
  if (height! < 1 || width! < 1) {
    throw new GradCamError("E_SHAPE", {
      where,
      expected: `an input that a kernel of ${kernel.join("×")} fits into, padded by [${window.padding.join(",")}]`,
      got: showShape(x),
    });
  }
  return [height!, width!];
}

/** Throws E_SHAPE unless an optional input, when given, has this shape. */
export function checkOptional(shape: Shape | undefined, expected: Shape, name: string, where: string): void {
  if (!shape || sameShape(shape, expected)) return;
  throw new GradCamError("E_SHAPE", { where, expected: `${name} ${showShape(expected)}`, got: showShape(shape) });
}
