/**
 * Y = act(cols·W + b + R) with cols = im2col(X), never written as a whole; gradients in conv2d-gradients.ts.
 * x [N,H,W,C], w [kH,kW,C/groups,F] (HWIO), b [F], r and y [N,H′,W′,F].
 */
import { GradCamError } from "../errors.ts";
import { elements, type Pair, type Shape, showShape } from "../shape.ts";
import { convGeometry, type ConvGeometry, GEOMETRY_BYTES, type Window, writeGeometry } from "../wasm/conv-geometry.ts";
import type { Tensor } from "../wasm/memory.ts";
import { checkAttr, imageShape, inputShape, isPositiveCount } from "./check.ts";
import { addInputGradient, addParameterGradients } from "./conv2d-gradients.ts";
import { checkOptional, checkWindow, windowShape } from "./conv-shape.ts";
import { checkFusedActivation, clampOf, type FusedActivation, readsOfClamp } from "./fused-activation.ts";
import { defineOp, type OpContext, type ParameterLayout } from "./op.ts";
import { stepsOf } from "./steps.ts";

export interface Conv2dAttrs extends Window {
  readonly groups: number;
  readonly activation?: FusedActivation;
}

/** Panels of packed f32 that f16 weights are widened into at a time. */
const WIDENED_BYTES = 768 * 1024;

/** Per group [⌈F′/8⌉][kH·kW·C′][8], F′ and C′ being the group's: what the register tiles stream. */
const panels8: ParameterLayout<Conv2dAttrs> = {
  name: "panels8",
  elements: (shape, { groups }) => groups * panelElements(shape, groups),
  pack({ kernels }, source, packed, { groups }) {
    const filters = source.shape[3]!;
    const depth = elements(source.shape.slice(0, 3));
    for (let group = 0; group < groups; group++) {
      const from = source.ptr + (group * filters * 4) / groups;
      const to = packed + group * panelElements(source.shape, groups) * 4;
      kernels.packPanels(from, depth, filters / groups, filters * 4, 4, to);
    }
  },
};

const panelElements = (w: Shape, groups: number): number => Math.ceil(w[3]! / groups / 8) * 8 * elements(w.slice(0, 3));

export const conv2d = defineOp<Conv2dAttrs>({
  inputs: ["x", "w", "b?", "r?"],
  layouts: { w: panels8 },
  reads({ activation }) {
    const y = readsOfClamp(activation);
    return { x: ["w", ...y], w: ["x", ...y], b: y, r: y };
  },
  shape(inputs, attrs, where) {
    checkWindow(attrs, where);
    checkFusedActivation(attrs.activation, where);
    const x = imageShape(inputs, where);
    const w = inputShape(inputs, 1, "w", where);
    checkKernel(x, w, attrs, where);
    const y = [x[0], ...windowShape(x, [w[0]!, w[1]!], attrs, where), w[3]!];
    checkOptional(inputs[2], [w[3]!], "a bias", where);
    checkOptional(inputs[3], y, "a residual", where);
    return y;
  },
  forward(ctx, [x, w, b, r], y, attrs) {
    const kernel: Pair = [w!.shape[0]!, w!.shape[1]!];
    const g = convGeometry(x!.shape, kernel, y.shape, attrs);
    convolve(ctx, g, { x: x!, w: w!, b, r, y }, attrs);
  },
  backward(ctx, call) {
    const [dx, dw, db, dr] = call.dInputs;
    const step = stepsOf(ctx);
    if (dx) addInputGradient(step(), call, dx);
    if (dw || db || dr) addParameterGradients(step(), call, { dw, db, dr });
  },
  macs: (inputs, y) => elements(y) * elements(inputs[1]!.slice(0, 3)),
});

function checkKernel(x: Shape, w: Shape, { groups }: Conv2dAttrs, where: string): void {
  checkAttr(isPositiveCount(groups), where, "groups", "an integer ≥ 1", groups);
  const channels = x[3]! / groups;
  const fits = w.length === 4 && w.every(isPositiveCount) && w[2] === channels && w[3]! % groups === 0;
  if (fits) return;
  const inC = Number.isInteger(channels) ? String(channels) : `${x[3]!}/${groups}`;
  const expected = `a kernel [kH,kW,${inC},${groups === 1 ? "F" : `F divisible by ${groups}`}] for an input ${showShape(x)}`;
  throw new GradCamError("E_SHAPE", { where, expected, got: showShape(w) });
}

interface Operands {
  readonly x: Tensor;
  readonly w: Tensor;
  readonly b: Tensor | undefined;
  readonly r: Tensor | undefined;
  readonly y: Tensor;
}

function convolve(ctx: OpContext, g: ConvGeometry, { x, w, b, r, y }: Operands, attrs: Conv2dAttrs): void {
  const { kernels, heap } = ctx;
  const channels = g.inC / attrs.groups;
  const filters = g.outC / attrs.groups;
  const depth = g.kH * g.kW * channels;
  const panelBytes = depth * 8 * (w.dtype === "f16" ? 2 : 4);
  const [low, high] = clampOf(attrs.activation);
  const step = w.dtype === "f16" ? 8 * Math.max(1, Math.floor(WIDENED_BYTES / (depth * 32))) : filters;
  const widened = w.dtype === "f16" ? ctx.scratch(Math.ceil(Math.min(step, filters) / 8) * depth * 32) : 0;
  const geometry = ctx.scratch(GEOMETRY_BYTES);
  writeGeometry(heap, geometry, g);
  const scratch = ctx.scratch(kernels.convRowsBytes(geometry, channels));
  for (let group = 0; group < attrs.groups; group++) {
    for (let column = 0; column < filters; column += step) {
      const columns = Math.min(step, filters - column);
      const offset = (group * filters + column) * 4;
      let panels = w.ptr + (group * Math.ceil(filters / 8) + column / 8) * panelBytes;
      if (w.dtype === "f16") {
        kernels.widenF16(panels, widened, Math.ceil(columns / 8) * depth * 8);
        panels = widened;
      }
      kernels.convRows(
        geometry,
        x.ptr + group * channels * 4,
        channels,
        panels,
        columns,
        b ? b.ptr + offset : 0,
        r ? r.ptr + offset : 0,
        y.ptr + offset,
        low,
        high,
        0,
        g.batch * g.outH * g.outW,
        scratch,
      );
    }
  }
}
