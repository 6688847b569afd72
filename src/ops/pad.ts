/** A frame around every picture, and its opposite. Both move rectangles: H rows of W·C elements. */
import { GradCamError } from "../errors.ts";
import { elements, type Padding, showShape } from "../shape.ts";
import type { Tensor } from "../wasm/memory.ts";
import { checkAttr, checkFrame, imageShape, isPositiveCount } from "./check.ts";
import { defineOp, type OpContext } from "./op.ts";

export interface PadAttrs {
  readonly padding: Padding;
  readonly value: number;
}

/** y = x inside, `value` on the frame. */
export const pad = defineOp<PadAttrs>({
  inputs: ["x"],
  linear: true,
  reads: () => ({ x: [] }),
  shape(inputs, { padding, value }, where) {
    const [n, h, w, c] = imageShape(inputs, where);
    checkFrame(padding, where, "padding");
    checkAttr(!Number.isNaN(value), where, "value", "that is a number", value);
    const [top, bottom, left, right] = padding;
    return [n, h + top + bottom, w + left + right, c];
  },
  forward(ctx, [x], y, { padding, value }) {
    ctx.heap.f32(y.ptr, elements(y.shape)).fill(value);
    eachInside(x!, y, padding, (inner, outer, rows, cols, innerRow, outerRow) => {
      ctx.kernels.copyBlock(inner, outer, rows, cols, innerRow, outerRow);
    });
  },
  backward(ctx, { attrs: { padding }, dy, dInputs: [dx] }) {
    if (dx) addInside(ctx, dx, dy, padding);
  },
});

export interface CropAttrs {
  readonly cropping: Padding;
}

/** y = x without `cropping` rows and columns at its sides. */
export const crop = defineOp<CropAttrs>({
  inputs: ["x"],
  linear: true,
  reads: () => ({ x: [] }),
  shape(inputs, { cropping }, where) {
    const [n, h, w, c] = imageShape(inputs, where);
    checkFrame(cropping, where, "cropping");
    const [top, bottom, left, right] = cropping;
    const sides = [h - top - bottom, w - left - right] as const;
    if (!sides.every(isPositiveCount)) {
      throw new GradCamError("E_SHAPE", {
        where,
        expected: `an input larger than its cropping ${JSON.stringify(cropping)}`,
        got: showShape([n, h, w, c]),
      });
    }
    return [n, ...sides, c];
  },
  forward(ctx, [x], y, { cropping }) {
    eachInside(y, x!, cropping, (inner, outer, rows, cols, innerRow, outerRow) => {
      ctx.kernels.copyBlock(outer, inner, rows, cols, outerRow, innerRow);
    });
  },
  backward(ctx, { attrs: { cropping }, dy, dInputs: [dx] }) {
    if (!dx) return;
    eachInside(dy, dx, cropping, (inner, outer, rows, cols, innerRow, outerRow) => {
      ctx.kernels.addBlock(inner, outer, rows, cols, innerRow, outerRow);
    });
  },
});

/** inner += the part of outer that lies inside of the frame. */
function addInside({ kernels }: OpContext, inner: Tensor, outer: Tensor, frame: Padding): void {
  eachInside(inner, outer, frame, (to, from, rows, cols, innerRow, outerRow) => {
    kernels.addBlock(from, to, rows, cols, outerRow, innerRow);
  });
}

type MoveBlock = (inner: number, outer: number, rows: number, cols: number, innerRow: number, outerRow: number) => void;

/** For every picture: where it lies by itself, and where inside of its framed version. Rows in elements. */
function eachInside(inner: Tensor, outer: Tensor, [top, , left]: Padding, move: MoveBlock): void {
  const [n, h, w, c] = inner.shape as readonly [number, number, number, number];
  const [, outerH, outerW] = outer.shape as readonly [number, number, number, number];
  for (let picture = 0; picture < n; picture++) {
    const from = inner.ptr + picture * h * w * c * 4;
    const to = outer.ptr + ((picture * outerH + top) * outerW + left) * c * 4;
    move(from, to, h, w * c, w * c, outerW * c);
  }
}
