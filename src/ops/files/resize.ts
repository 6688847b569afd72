import { type Pair, type Shape } from "../../shape.ts";
import { checkAttr, checkPair, imageShape } from "../check.ts";
import { defineOp } from "../op.ts";
import { addResampled, LONGEST_SIDE, resample, type Resampling } from "./resample.ts";
import { COORDINATES, type Filter, mixtures, ROUNDING_NAMES } from "./resize-mixtures.ts";

export interface ResizeAttrs extends Filter {
  /** Height and width of y. */
  readonly size: Pair;
  /** Of y by those of x, where they are not the quotients of the sizes. */
  readonly scales?: Pair;
}

const MODES: readonly string[] = ["nearest", "linear", "cubic"];

/** [N,H,W,C] → [N,H′,W′,C]; each axis by itself, see resize-mixtures.ts. */
export const resize = defineOp<ResizeAttrs>({
  inputs: ["x"],
  linear: true,
  reads: () => ({ x: [] }),
  shape(inputs, { size, mode, coordinates, rounding, cubic, scales }, where) {
    const [n, h, w, c] = imageShape(inputs, where);
    checkPair(size, where, "size");
    checkAttr(Math.max(...size) <= LONGEST_SIDE, where, "size", `of sides up to ${LONGEST_SIDE}`, size);
    checkAttr(MODES.includes(mode), where, "mode", MODES.join(" or "), mode);
    checkAttr(COORDINATES.includes(coordinates), where, "coordinates", COORDINATES.join(" or "), coordinates);
    const known = rounding === undefined || ROUNDING_NAMES.includes(rounding);
    checkAttr(known, where, "rounding", ROUNDING_NAMES.join(" or "), rounding);
    checkAttr(cubic === undefined || Number.isFinite(cubic), where, "cubic", "that is finite", cubic);
    const fit = scales === undefined || scalesFit(scales, size, [h, w]);
    checkAttr(fit, where, "scales", `that make ${size.join("×")} pixels of ${h}×${w}`, scales);
    return [n, ...size, c];
  },
  forward(ctx, [x], y, attrs) {
    resample(ctx, x!.ptr, x!.shape, y.ptr, stepsOf(x!.shape, attrs));
  },
  backward(ctx, { attrs, dy, dInputs: [dx] }) {
    if (dx) addResampled(ctx, dy.ptr, dx.ptr, dx.shape, stepsOf(dx.shape, attrs));
  },
});

/** Sizes may be rounded either way. A filter then looks at no more than three times the picture. */
const scalesFit = (scales: readonly number[], size: Pair, input: Pair): boolean =>
  scales.length === 2 &&
  input.every((pixels, axis) => {
    const made = pixels * scales[axis]!;
    return made >= 0.5 && Math.abs(made - size[axis]!) <= 1;
  });

/** The axis that shrinks more comes first. */
function stepsOf(x: Shape, attrs: ResizeAttrs): Resampling[] {
  const { size, scales } = attrs;
  const steps = ([0, 1] as const).map((axis) => {
    const side = { input: x[axis + 1]!, output: size[axis], ...(scales && { scale: scales[axis] }) };
    return { axis: axis + 1, rows: mixtures(attrs, side) };
  });
  return size[0] * x[2]! <= size[1] * x[1]! ? steps : steps.reverse();
}
