/**
 * Y = act(cols·W + b + R) with cols = im2col(X), never written as a whole; gradients in conv2d-input-gradient.ts and
 * conv2d-parameter-gradients.ts.
 * x [N,H,W,C], w [kH,kW,C/groups,F] (HWIO), b [F], r and y [N,H′,W′,F].
 */
import { GradCamError } from "../errors.ts";
import { elements, type Shape, showShape } from "../shape.ts";
import { convGeometry, type ConvGeometry, GEOMETRY_BYTES, writeGeometry } from "../wasm/conv-geometry.ts";
import type { Tensor } from "../wasm/memory.ts";
import { checkAttr, imageShape, inputShape, isPositiveCount } from "./check.ts";
import { type Conv2dAttrs, groupingOf, type Operands } from "./conv2d-grouping.ts";
import {
  addInputGradientOfTiles,
  addKernelGradientOfTiles,
  convolveTiles,
  fitsWinograd,
  winograd8,
} from "./conv2d-winograd.ts";
import { addInputGradient } from "./conv2d-input-gradient.ts";
import { runConvRows } from "./conv-rows.ts";
import { addParameterGradients } from "./conv2d-parameter-gradients.ts";
import { checkOptional, checkWindow, windowShape } from "./conv-shape.ts";
import { checkFusedActivation, clampOf, readsOfClamp } from "./fused-activation.ts";
import { type Columns, WIDENED_BYTES, widenBlocks } from "./narrow-weights.ts";
import { defineOp, type LineWork, type OpContext, type ParameterLayout, scratchOfThreads } from "./op.ts";
import { stepsOf } from "./steps.ts";

export type { Conv2dAttrs };

/** With fewer tiles dW's 36 products are all writing of sums: on 7×7×512 they take half as long again as the direct nine. */
const LEAST_TILES = 16;

const tilesOf = ([, height, width]: Shape): number => Math.ceil(height! / 4) * Math.ceil(width! / 4);

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

/** [kH·kW·C′][8] */
export const panelOf = (shape: Shape): Columns => ({ rows: elements(shape.slice(0, 3)), columns: 8 });

const panelElements = (w: Shape, groups: number): number => Math.ceil(w[3]! / groups / 8) * 8 * elements(w.slice(0, 3));

/** Where the filters of a group begin depends on how many groups there are: nodes that share a kernel may differ in that. */
export const panelsIn = (groups: number): ParameterLayout<Conv2dAttrs> =>
  groups === 1 ? panels8 : { ...panels8, name: `${panels8.name} in ${groups}` };

const macs = (inputs: readonly (Shape | undefined)[], y: Shape): number =>
  elements(y) * elements(inputs[1]!.slice(0, 3));

export const conv2d = defineOp<Conv2dAttrs>({
  inputs: ["x", "w", "b?", "r?"],
  narrow: () => ({ w: panelOf }),
  layouts: ({ algorithm, groups }) => ({ w: algorithm === "winograd" ? winograd8 : panelsIn(groups) }),
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
    checkAlgorithm(w, attrs, where);
    const y = [x[0], ...windowShape(x, [w[0]!, w[1]!], attrs, where), w[3]!];
    checkOptional(inputs[2], [w[3]!], "a bias", where);
    checkOptional(inputs[3], y, "a residual", where);
    return y;
  },
  forward(ctx, [x, w, b, r], y, attrs) {
    const operands = { x: x!, w: w!, b, r, y };
    if (attrs.algorithm === "winograd") convolveTiles(ctx, geometryOf(operands, attrs), operands, attrs);
    else convolveLines(ctx, operands, attrs).run(x!.ptr, y.ptr, 0, y.shape[0]! * y.shape[1]!);
  },
  hasLines: ({ algorithm }) => algorithm === undefined,
  byLines: (ctx, [x, w, b, r], y, attrs) => convolveLines(ctx, { x: x!, w: w!, b, r, y }, attrs),
  backward(ctx, call) {
    const [dx, dw, db, dr] = call.dInputs;
    const step = stepsOf(ctx);
    const tiles = call.attrs.algorithm === "winograd";
    const addToInput = tiles ? addInputGradientOfTiles : addInputGradient;
    if (dx) addToInput(step(), call, dx);
    const dwOfTiles = tiles && call.dy.shape[0]! * tilesOf(call.dy.shape) >= LEAST_TILES;
    if (dw && dwOfTiles) addKernelGradientOfTiles(step(), call, dw);
    const sums = { dw: dwOfTiles ? undefined : dw, db, dr };
    if (Object.values(sums).some(Boolean)) addParameterGradients(step(), call, sums);
  },
  macs,
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

function checkAlgorithm(w: Shape, attrs: Conv2dAttrs, where: string): void {
  const fits = attrs.algorithm === undefined || fitsWinograd(w, attrs);
  checkAttr(fits, where, "algorithm", "none, or 3×3 in one group, not strided, not dilated", attrs.algorithm);
}

const geometryOf = ({ x, w, y }: Operands, attrs: Conv2dAttrs): ConvGeometry =>
  convGeometry(x.shape, [w.shape[0]!, w.shape[1]!], y.shape, attrs);

/** Group by group; weights in f16 or int8 some panels at a time, widened into scratch. */
export function convolveLines(ctx: OpContext, operands: Operands, attrs: Conv2dAttrs): LineWork {
  const { kernels, heap } = ctx;
  const { w, b, r } = operands;
  const g = geometryOf(operands, attrs);
  const { groups, taps, channels, filters } = groupingOf(g, attrs);
  const panelsOf = panelReader(ctx, w, taps * channels, filters);
  const geometry = ctx.scratch(GEOMETRY_BYTES);
  writeGeometry(heap, geometry, g);
  const scratch = scratchOfThreads(ctx, kernels.convRowsBytes(geometry, channels));
  const depth = taps * channels;
  const clamp = clampOf(attrs.activation);
  const run = (xAt: number, yAt: number, firstLine: number, lastLine: number): void => {
    for (let group = 0; group < groups; group++) {
      for (let filter = 0; filter < filters; filter += panelsOf.step) {
        const columns = Math.min(panelsOf.step, filters - filter);
        const offset = (group * filters + filter) * 4;
        runConvRows(ctx.team, {
          geometry,
          x: xAt + group * channels * 4,
          channels,
          depth,
          panels: panelsOf.read(group, filter, columns),
          columns,
          bias: b ? b.ptr + offset : 0,
          residual: r ? r.ptr + offset : 0,
          y: yAt + offset,
          clamp,
          firstRow: firstLine * g.outW,
          lastRow: lastLine * g.outW,
          scratch,
        });
      }
    }
  };
  return { geometry: g, run };
}

interface PanelReader {
  /** Filters that can be read at a time. */
  readonly step: number;
  /** The address of the panels of filters filter…filter+count−1 of a group as f32, valid until the next call. */
  read(group: number, filter: number, count: number): number;
}

function panelReader(ctx: OpContext, w: Tensor, depth: number, filters: number): PanelReader {
  const panelAt = (group: number, filter: number): number => group * Math.ceil(filters / 8) + filter / 8;
  if (w.dtype === "f32") return { step: filters, read: (group, filter) => w.ptr + panelAt(group, filter) * depth * 32 };
  const step = 8 * Math.max(1, Math.floor(WIDENED_BYTES / (depth * 32)));
  const widened = ctx.scratch(Math.ceil(Math.min(step, filters) / 8) * depth * 32);
  const read = (group: number, filter: number, count: number): number => {
    widenBlocks(ctx, w, { rows: depth, columns: 8 }, panelAt(group, filter), Math.ceil(count / 8), widened);
    return widened;
  };
  return { step, read };
}
