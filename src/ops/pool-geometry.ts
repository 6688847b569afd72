/** Attributes of a pooling, its output shape, and the struct that its kernels read (assembly/pool/geometry.ts). */
import { GradCamError } from "../errors.ts";
import { type Padding, type Pair, type Shape, windowOutput } from "../shape.ts";
import { along, type Argument, countOf, firstOf, type Job, lastOf } from "../wasm/job.ts";
import { checkAttr, checkFrame, checkPair, imageShape } from "./check.ts";
import type { OpContext } from "./op.ts";

export interface PoolAttrs {
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly padding: Padding;
  /** Also answers for a last window that only partly lies in the padded picture. */
  readonly ceilMode?: boolean;
  readonly dilations?: Pair;
  /** Average pooling: divide by all taps in the padded picture. TensorFlow and the default divide by those in the picture. */
  readonly countIncludePad?: boolean;
}

/** [N, outH, outW, C]. Throws E_SHAPE and E_ATTR_INVALID, also for a window that would lie in the padding altogether. */
export function poolShape(inputs: readonly (Shape | undefined)[], attrs: PoolAttrs, where: string): number[] {
  const [n, h, w, c] = imageShape(inputs, where);
  checkPoolAttrs(attrs, where);
  const { kernel, strides, dilations = [1, 1], padding, ceilMode = false } = attrs;
  const [top, bottom, left, right] = padding;
  const side = (input: number, axis: 0 | 1, before: number, after: number): number => {
    const window = { input, kernel: kernel[axis], stride: strides[axis], dilation: dilations[axis] };
    return poolOutput(window, before, after, ceilMode, where);
  };
  return [n, side(h, 0, top, bottom), side(w, 1, left, right), c];
}

function checkPoolAttrs({ kernel, strides, padding, dilations = [1, 1] }: PoolAttrs, where: string): void {
  checkPair(kernel, where, "kernel");
  checkPair(strides, where, "strides");
  checkPair(dilations, where, "dilations");
  checkFrame(padding, where, "padding");
}

interface PoolAxis {
  input: number;
  kernel: number;
  stride: number;
  dilation: number;
}

function poolOutput(axis: PoolAxis, before: number, after: number, ceilMode: boolean, where: string): number {
  let output = windowOutput(axis, before + after, ceilMode);
  // As in PyTorch and ONNX, the extra window of ceil mode has to begin in the picture or in its leading padding.
  if (ceilMode && (output - 1) * axis.stride >= axis.input + before) output--;
  if (output < 1) {
    throw new GradCamError("E_SHAPE", {
      where,
      expected: `an input at least as large as the window of ${axis.dilation * (axis.kernel - 1) + 1}`,
      got: `${axis.input} with padding ${before} + ${after}`,
    });
  }
  const seesPicture = (start: number): boolean => {
    const first = start < 0 ? start + Math.ceil(-start / axis.dilation) * axis.dilation : start;
    return first < axis.input && first <= start + (axis.kernel - 1) * axis.dilation;
  };
  for (let o = 0; o < output; o++) {
    checkAttr(seesPicture(o * axis.stride - before), where, "padding", "that leaves no window empty", [before, after]);
  }
  return output;
}

type Split = Pick<Job, "units" | "cost" | "step">;

/** Lines of outputs are independent. */
export const byLines = ([n, h, w, c]: Shape, { kernel }: PoolAttrs): Split => ({
  units: n! * h!,
  cost: w! * c! * kernel[0] * kernel[1],
});

interface GradientSplit extends Split {
  /** Of an address of channel 0. */
  readonly channelOf: (ptr: number) => Argument;
  readonly part: readonly [channels: Argument, firstLine: Argument, lastLine: Argument];
}

/** Lines of windows that do not overlap; else channels, a cache line at a time. */
export function splitGradient(y: Shape, attrs: PoolAttrs): GradientSplit {
  const [n, h, w, c] = y as readonly [number, number, number, number];
  const { kernel, strides, dilations = [1, 1] } = attrs;
  if ((kernel[0] - 1) * dilations[0] < strides[0]) {
    return { channelOf: (ptr) => ptr, part: [c, firstOf(), lastOf()], ...byLines(y, attrs) };
  }
  const part = [countOf(), 0, n * h] as const;
  return { channelOf: (ptr) => along(ptr, 4), part, units: c, cost: n * h * w * kernel[0] * kernel[1], step: 16 };
}

/** Writes the PoolGeometry of this call to scratch memory. */
export function poolGeometry({ heap, scratch }: OpContext, x: Shape, y: Shape, attrs: PoolAttrs): number {
  const { kernel, strides, dilations = [1, 1], padding, countIncludePad = false } = attrs;
  const fields = [...x, y[1]!, y[2]!, ...kernel, ...strides, ...dilations, ...padding, Number(countIncludePad)];
  const ptr = scratch(fields.length * 4);
  heap.i32(ptr, fields.length).set(fields);
  return ptr;
}
