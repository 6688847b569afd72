import { checkAttr, checkPair, imageShape } from "./check.ts";
import type { Pair, Shape } from "../shape.ts";
import { defineOp } from "./op.ts";

export interface UpsampleAttrs {
  readonly factor: Pair;
  readonly mode: "nearest" | "bilinear";
}

const MODES: readonly string[] = ["nearest", "bilinear"];

/**
 * [N,H,W,C] → [N, H·factorH, W·factorW, C]. Bilinear has half-pixel centres: output pixel o looks at
 * (o + ½)/factor − ½, clamped to the picture, as Keras' UpSampling2D does.
 */
export const upsample = defineOp<UpsampleAttrs>({
  inputs: ["x"],
  linear: true,
  reads: () => ({ x: [] }),
  shape(inputs, { factor, mode }, where) {
    const [n, h, w, c] = imageShape(inputs, where);
    checkPair(factor, where, "factor");
    checkAttr(MODES.includes(mode), where, "mode", MODES.join(" or "), mode);
    return [n, h * factor[0], w * factor[1], c];
  },
  forward({ kernels }, [x], y, attrs) {
    const { rows, sizes } = dimensions(x!.shape, attrs);
    if (attrs.mode === "nearest") kernels.upsampleNearest(x!.ptr, y.ptr, rows, ...sizes);
    else kernels.upsampleBilinear(x!.ptr, y.ptr, x!.shape[0]!, x!.shape[1]!, ...sizes);
  },
  backward({ kernels }, { attrs, dy, dInputs: [dx] }) {
    if (!dx) return;
    const { rows, sizes } = dimensions(dx.shape, attrs);
    if (attrs.mode === "nearest") kernels.upsampleNearestGradient(dy.ptr, dx.ptr, rows, ...sizes);
    else kernels.upsampleBilinearGradient(dy.ptr, dx.ptr, dx.shape[0]!, dx.shape[1]!, ...sizes);
  },
});

type Sizes = readonly [inW: number, channels: number, factorH: number, factorW: number];

/** The rows of all pictures, and what the kernels call inW, channels, factorH, factorW. */
function dimensions([n, h, w, c]: Shape, { factor }: UpsampleAttrs): { rows: number; sizes: Sizes } {
  return { rows: n! * h!, sizes: [w!, c!, ...factor] };
}
