/**
 * y[n,oh,ow,c·M+q] = act(b + Σ_{kh,kw} x[n, oh·s+kh·d−pad, …, c]·w[kh,kw,c,q]): every channel has kernels of its own.
 * x [N,H,W,C], w [kH,kW,C,M], b [C·M], y [N,H′,W′,C·M]. dx and dw are the same sums read the other way.
 */
import { GradCamError } from "../errors.ts";
import { elements, type Shape, showShape } from "../shape.ts";
import { convGeometry, type ConvGeometry, GEOMETRY_BYTES, type Window, writeGeometry } from "../wasm/conv-geometry.ts";
import { firstOf, lastOf } from "../wasm/job.ts";
import type { Tensor } from "../wasm/memory.ts";
import { imageShape, inputShape, isPositiveCount } from "./check.ts";
import { checkOptional, checkWindow, windowShape } from "./conv-shape.ts";
import { checkFusedActivation, clampOf, type FusedActivation, readsOfClamp, throughClamp } from "./fused-activation.ts";
import { type Columns, widenBlocks } from "./narrow-weights.ts";
import { defineOp, type LineWork, type OpContext, scratchOfThreads } from "./op.ts";

export interface DepthwiseConv2dAttrs extends Window {
  readonly activation?: FusedActivation;
}

const macs = (inputs: readonly (Shape | undefined)[], y: Shape): number =>
  elements(y) * inputs[1]![0]! * inputs[1]![1]!;

export const depthwiseConv2d = defineOp<DepthwiseConv2dAttrs>({
  inputs: ["x", "w", "b?"],
  narrow: () => ({ w: columnsOf }),
  reads({ activation }) {
    const y = readsOfClamp(activation);
    return { x: ["w", ...y], w: ["x", ...y], b: y };
  },
  shape(inputs, attrs, where) {
    checkWindow(attrs, where);
    checkFusedActivation(attrs.activation, where);
    const x = imageShape(inputs, where);
    const w = inputShape(inputs, 1, "w", where);
    if (w.length !== 4 || !w.every(isPositiveCount) || w[2] !== x[3]) {
      const expected = `a kernel [kH,kW,${x[3]},multiplier] for an input ${showShape(x)}`;
      throw new GradCamError("E_SHAPE", { where, expected, got: showShape(w) });
    }
    const channels = x[3] * w[3]!;
    checkOptional(inputs[2], [channels], "a bias", where);
    return [x[0], ...windowShape(x, [w[0]!, w[1]!], attrs, where), channels];
  },
  forward(ctx, [x, w, b], y, attrs) {
    convolveLines(ctx, { x: x!, w: w!, b, y }, attrs).run(x!.ptr, y.ptr, 0, y.shape[0]! * y.shape[1]!);
  },
  hasLines: () => true,
  byLines: (ctx, [x, w, b], y, attrs) => convolveLines(ctx, { x: x!, w: w!, b, y }, attrs),
  backward(ctx, { attrs, inputs: [x, w], y, dy, dInputs: [dx, dw, db] }) {
    const { kernels, team } = ctx;
    const rows = elements(dy.shape.slice(0, 3));
    const channels = dy.shape[3]!;
    const dz = throughClamp(ctx, attrs.activation, y, dy, rows)(0, rows);
    if (db) kernels.sumRows(dz, db.ptr, rows, channels, 1);
    if (dw) {
      const geometry = placeGeometry(ctx, geometryOf(x!, dw, dy, attrs));
      const args = [geometry, x!.ptr, dz, dw.ptr, firstOf(), lastOf()] as const;
      const cost = (rows * costOf(dw.shape)) / channels;
      team.run({ kernel: "depthwiseWeightGradient", args, units: channels, cost, step: 16 });
    }
    if (dx) {
      const geometry = placeGeometry(ctx, geometryOf(dx, w!, dy, attrs));
      const scratch = scratchOfThreads(ctx, kernels.depthwiseBytes(geometry));
      const args = [geometry, dz, asF32(ctx, w!), dx.ptr, firstOf(), lastOf(), scratch] as const;
      const lines = dx.shape[0]! * dx.shape[1]!;
      team.run({ kernel: "depthwiseInputGradient", args, units: lines, cost: (rows * costOf(w!.shape)) / lines });
    }
  },
  macs,
});

interface Operands {
  readonly x: Tensor;
  readonly w: Tensor;
  readonly b: Tensor | undefined;
  readonly y: Tensor;
}

function convolveLines(ctx: OpContext, { x, w, b, y }: Operands, attrs: DepthwiseConv2dAttrs): LineWork {
  const g = geometryOf(x, w, y, attrs);
  const geometry = placeGeometry(ctx, g);
  const [low, high] = clampOf(attrs.activation);
  const scratch = scratchOfThreads(ctx, ctx.kernels.depthwiseBytes(geometry));
  const [kernel, bias] = [asF32(ctx, w), b?.ptr ?? 0];
  const cost = costOf(w.shape);
  const run = (xAt: number, yAt: number, firstLine: number, lastLine: number): void => {
    const firstRow = firstLine * g.outW;
    const rows = [firstOf(1, firstRow), lastOf(1, firstRow)] as const;
    const args = [geometry, xAt, kernel, bias, yAt, low, high, ...rows, scratch] as const;
    const units = (lastLine - firstLine) * g.outW;
    // Whole lines: pixels are computed in groups that end with them.
    ctx.team.run({ kernel: "depthwiseRows", args, units, cost, step: g.outW });
  };
  return { geometry: g, run };
}

/** Of one output pixel: a channel at a time has more loads than a product does, so it takes about twice as long. */
const costOf = (w: Shape): number => 2 * elements(w);

const geometryOf = (x: Tensor, w: Tensor, y: Tensor, attrs: DepthwiseConv2dAttrs): ConvGeometry =>
  convGeometry(x.shape, [w.shape[0]!, w.shape[1]!], y.shape, attrs);

function placeGeometry(ctx: OpContext, g: ConvGeometry): number {
  const ptr = ctx.scratch(GEOMETRY_BYTES);
  writeGeometry(ctx.heap, ptr, g);
  return ptr;
}

/** [taps][C·multiplier] */
const columnsOf = ([kH, kW, channels, multiplier]: Shape): Columns => ({
  rows: kH! * kW!,
  columns: channels! * multiplier!,
});

/** The address of the kernel in f32, widened into scratch when it is stored in less. */
function asF32(ctx: OpContext, w: Tensor): number {
  if (w.dtype === "f32") return w.ptr;
  const wide = ctx.scratch(elements(w.shape) * 4);
  widenBlocks(ctx, w, columnsOf(w.shape), 0, 1, wide);
  return wide;
}
