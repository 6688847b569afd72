/**
 * y = t where x is largest in each window: how a max pooling changes while x moves along t. The first maximum in row order counts, as for the
 * gradient of `maxPool`; of the pool over all pixels those that tie are averaged, as `globalMaxPool` shares its gradient.
 * dt is that gradient; x moves nothing but the choice, which is constant piece by piece.
 */
import { elements, type Padding, type Shape } from "../../shape.ts";
import type { Tensor } from "../../wasm/memory.ts";
import { checkAttr, imageShape, inputShape } from "../check.ts";
import { type GlobalPoolAttrs, globalMaxPool } from "../global-pool.ts";
import { maxPool } from "../max-pool.ts";
import { defineOp, type Op, type OpContext } from "../op.ts";
import type { PoolAttrs } from "../pool-geometry.ts";

export type AtMaximumAttrs = { readonly window: PoolAttrs } | { readonly whole: GlobalPoolAttrs };

export const atMaximum = defineOp<AtMaximumAttrs>({
  inputs: ["t", "x"],
  reads: () => ({ t: ["x"], x: [] }),
  shape(inputs, attrs, where) {
    const t = inputShape(inputs, 0, "t", where);
    const x = inputShape(inputs, 1, "x", where);
    const same = t.length === x.length && t.every((size, axis) => size === x[axis]);
    checkAttr(same, where, "t", `of the shape of x, ${JSON.stringify(x)}`, t);
    const { op, attrs: own } = pooling(attrs);
    return op.shape([imageShape([x], where)], own, where);
  },
  forward({ heap }, [t, x], y, attrs) {
    const from = heap.f32(x!.ptr, elements(x!.shape));
    const along = heap.f32(t!.ptr, from.length);
    const to = heap.f32(y.ptr, elements(y.shape));
    const isShared = "whole" in attrs;
    eachWindow(x!.shape, [y.shape[0]!, ...sidesOf(attrs, y.shape)], attrs, (taps, channels, output) => {
      for (let c = 0; c < channels; c++) {
        let [best, sum, count] = [-Infinity, NaN, 1];
        for (const tap of taps) {
          const value = from[tap + c]!;
          if (value > best || (value === best && sum !== sum)) [best, sum, count] = [value, along[tap + c]!, 1];
          else if (isShared && value === best) [sum, count] = [sum + along[tap + c]!, count + 1];
        }
        to[output + c] = sum / count;
      }
    });
  },
  backward(ctx, { attrs, inputs: [, x], dy, dInputs: [dt] }) {
    if (!dt) return;
    const { op, attrs: own } = pooling(attrs);
    op.backward(ctx, { attrs: own, inputs: [x], y: valueOf(ctx, op, own, x!, dy.shape), dy, dInputs: [dt] });
  },
});

const pooling = (attrs: AtMaximumAttrs): { op: Op; attrs: unknown } =>
  "window" in attrs ? { op: maxPool, attrs: attrs.window } : { op: globalMaxPool, attrs: attrs.whole };

function valueOf(ctx: OpContext, op: Op, attrs: unknown, x: Tensor, shape: Shape): Tensor {
  const y: Tensor = { shape, dtype: "f32", ptr: ctx.scratch(elements(shape) * 4) };
  op.forward(ctx, [x], y, attrs);
  return y;
}

const sidesOf = (attrs: AtMaximumAttrs, y: Shape): readonly [number, number] =>
  "whole" in attrs ? [1, 1] : [y[1]!, y[2]!];

type VisitWindow = (taps: readonly number[], channels: number, output: number) => void;

/** Calls `visit` with where the pixels of every window begin that lie in the picture, in row order, and where its result does. */
function eachWindow(x: Shape, [pictures, rows, columns]: readonly number[], attrs: AtMaximumAttrs, visit: VisitWindow) {
  const [, height, width, channels] = x as readonly [number, number, number, number];
  const { kernel, strides, padding, dilations = [1, 1] } = "window" in attrs ? attrs.window : wholeOf(height, width);
  const [top, , left] = padding;
  let output = 0;
  for (let n = 0; n < pictures!; n++) {
    for (let row = 0; row < rows!; row++) {
      for (let column = 0; column < columns!; column++, output += channels) {
        const taps: number[] = [];
        for (let i = 0; i < kernel[0]; i++) {
          const h = row * strides[0] - top + i * dilations[0];
          if (h < 0 || h >= height) continue;
          for (let j = 0; j < kernel[1]; j++) {
            const w = column * strides[1] - left + j * dilations[1];
            if (w >= 0 && w < width) taps.push(((n * height + h) * width + w) * channels);
          }
        }
        visit(taps, channels, output);
      }
    }
  }
}

const NO_PADDING: Padding = [0, 0, 0, 0];

const wholeOf = (height: number, width: number): PoolAttrs => ({
  kernel: [height, width],
  strides: [1, 1],
  padding: NO_PADDING,
});
