import type { Pair, Shape } from "../../shape.ts";
import { checkAttr, checkPair, imageShape } from "../check.ts";
import { defineOp } from "../op.ts";
import { addResampled, LONGEST_SIDE, resample, type Resampling } from "./resample.ts";
import { mixtures } from "./resize-mixtures.ts";
import { addTaken, type Sources, take } from "./take.ts";

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
    const size = [h * factor[0], w * factor[1]] as const;
    const fits = mode === "nearest" || Math.max(...size) <= LONGEST_SIDE;
    checkAttr(fits, where, "factor", `that makes sides up to ${LONGEST_SIDE}`, factor);
    return [n, ...size, c];
  },
  forward(ctx, [x], y, attrs) {
    if (attrs.mode === "nearest") take(ctx, x!, y, sourcesOf(x!.shape, attrs));
    else resample(ctx, x!.ptr, x!.shape, y.ptr, stepsOf(x!.shape, attrs));
  },
  backward(ctx, { attrs, dy, dInputs: [dx] }) {
    if (dx && attrs.mode === "nearest") addTaken(ctx, dy, dx, sourcesOf(dx.shape, attrs));
    else if (dx) addResampled(ctx, dy.ptr, dx.ptr, dx.shape, stepsOf(dx.shape, attrs));
  },
});

const AXES = [0, 1] as const;

/** Every pixel as often as the factor says. */
const sourcesOf = (x: Shape, { factor }: UpsampleAttrs): Sources => [
  undefined,
  ...AXES.map((axis) =>
    factor[axis] === 1
      ? undefined
      : { length: x[axis + 1]! * factor[axis], of: (i: number) => Math.floor(i / factor[axis]) },
  ),
];

const stepsOf = (x: Shape, { factor }: UpsampleAttrs): Resampling[] =>
  AXES.map((axis) => {
    const side = { input: x[axis + 1]!, output: x[axis + 1]! * factor[axis] };
    return { axis: axis + 1, rows: mixtures({ mode: "linear", coordinates: "half-pixel" }, side) };
  });
