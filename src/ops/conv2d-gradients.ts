/**
 * Gradients of a convolution, block by block in bounded scratch; dz is dy behind the fused activation.
 * dX: with strides of 1 another convolution, of dz with the flipped Wᵀ; else col2im(dz·Wᵀ).
 * dW = colsᵀ·dz, db = Σ rows of dz, dr = dz.
 */
import {
  adjointGeometry,
  convGeometry,
  type ConvGeometry,
  GEOMETRY_BYTES,
  writeGeometry,
} from "../wasm/conv-geometry.ts";
import type { Tensor } from "../wasm/memory.ts";
import type { Conv2dAttrs } from "./conv2d.ts";
import { throughClamp } from "./fused-activation.ts";
import type { Gradients, OpContext } from "./op.ts";

type Call = Gradients<Conv2dAttrs>;

/** Panels of Wᵀ at a time. */
const PANEL_BYTES = 768 * 1024;
/** Rows of dz masked at a time. */
const BLOCK_BYTES = 512 * 1024;
/** Rows of cols per product for dW, and columns of it: 256 KiB. */
const COLS_ROWS = 256;
const COLS_COLUMNS = 256;

/** The sizes of one group, and where its parts of everything begin. */
interface Grouping {
  readonly groups: number;
  readonly taps: number;
  readonly channels: number;
  readonly filters: number;
}

const groupingOf = (g: ConvGeometry, { groups }: Conv2dAttrs): Grouping => ({
  groups,
  taps: g.kH * g.kW,
  channels: g.inC / groups,
  filters: g.outC / groups,
});

/** dx += the adjoint of the convolution applied to dz. */
export function addInputGradient(ctx: OpContext, call: Call, dx: Tensor): void {
  const w = call.inputs[1]!;
  const g = convGeometry(dx.shape, [w.shape[0]!, w.shape[1]!], call.dy.shape, call.attrs);
  const grouping = groupingOf(g, call.attrs);
  const scatter = g.strideH > 1 || g.strideW > 1;
  const step = 8 * Math.max(1, Math.floor(PANEL_BYTES / (grouping.taps * grouping.filters * 32)));
  const channelStep = Math.min(step, Math.ceil(grouping.channels / 8) * 8);
  const panels = ctx.scratch(channelStep * grouping.taps * grouping.filters * 4);
  const add = scatter
    ? scatterColumns(ctx, call, g, grouping, panels, channelStep, dx)
    : convolveFlipped(ctx, call, g, grouping, panels, dx);
  for (let group = 0; group < grouping.groups; group++) {
    for (let channel = 0; channel < grouping.channels; channel += channelStep) {
      const count = Math.min(channelStep, grouping.channels - channel);
      transposeKernel(ctx, w, grouping, { group, channel, count, flip: !scatter }, panels);
      add(group, channel, count);
    }
  }
}

interface ChannelRange {
  readonly group: number;
  readonly channel: number;
  readonly count: number;
  readonly flip: boolean;
}

/** Flipped: one set of panels over all taps, last tap first. Else: one set per tap, in order. */
function transposeKernel(
  { kernels }: OpContext,
  w: Tensor,
  { taps, channels, filters }: Grouping,
  { group, channel, count, flip }: ChannelRange,
  panels: number,
): void {
  const wBytes = w.dtype === "f16" ? 2 : 4;
  const depth = taps * channels;
  const from = w.ptr + group * Math.ceil(filters / 8) * depth * 8 * wBytes;
  const calls = flip ? 1 : taps;
  for (let i = 0; i < calls; i++) {
    const to = panels + i * Math.ceil(count / 8) * filters * 32;
    const tapsPerCall = taps / calls;
    kernels.transposePanels(
      from,
      wBytes,
      depth,
      channels,
      filters,
      i * tapsPerCall,
      tapsPerCall,
      flip ? 1 : 0,
      channel,
      count,
      to,
    );
  }
}

type AddChannels = (group: number, channel: number, count: number) => void;

/** Strides of 1: dx += convolution of dz, in bands of rows so that masked rows of dz stay few. */
function convolveFlipped(
  ctx: OpContext,
  { attrs, y, dy }: Call,
  g: ConvGeometry,
  { channels, filters }: Grouping,
  panels: number,
  dx: Tensor,
): AddChannels {
  const { kernels, heap } = ctx;
  const adjoint = adjointGeometry(g);
  const geometry = ctx.scratch(GEOMETRY_BYTES);
  writeGeometry(heap, geometry, adjoint);
  const scratch = ctx.scratch(kernels.convRowsBytes(geometry, filters));
  const reach = g.dilationH * (g.kH - 1);
  const lineBytes = g.outW * g.outC * 4;
  const band = attrs.activation ? Math.max(1, Math.floor(BLOCK_BYTES / lineBytes) - reach) : g.inH;
  const rowsOf = throughClamp(ctx, attrs.activation, y, dy, Math.min(band + reach, g.outH) * g.outW);
  return (group, channel, count) => {
    const target = dx.ptr + (group * channels + channel) * 4;
    for (const { n, top, bottom } of bands(g, band)) {
      const first = Math.max(0, top - adjoint.padTop);
      const last = Math.min(g.outH, bottom - adjoint.padTop + reach);
      const begin = (n * g.outH + first) * g.outW;
      // Where the first row of dz would lie if all rows were there; the kernel reads only those that are.
      const z = last > first ? rowsOf(begin, (last - first) * g.outW) - begin * g.outC * 4 : dy.ptr;
      const rows = [(n * g.inH + top) * g.inW, (n * g.inH + bottom) * g.inW] as const;
      const from = z + group * filters * 4;
      const open = [-Infinity, Infinity] as const;
      kernels.convRows(geometry, from, filters, panels, count, 0, target, target, ...open, ...rows, scratch);
    }
  };
}

/** Lines top…bottom−1 of picture n, at most `lines` of them at a time. */
function* bands(g: ConvGeometry, lines: number): Generator<{ n: number; top: number; bottom: number }> {
  for (let n = 0; n < g.batch; n++) {
    for (let top = 0; top < g.inH; top += lines) yield { n, top, bottom: Math.min(top + lines, g.inH) };
  }
}

/** Other strides: dcols = dz·Wᵀ for some rows of all taps, then col2im. */
function scatterColumns(
  ctx: OpContext,
  { attrs, y, dy }: Call,
  g: ConvGeometry,
  { taps, channels, filters }: Grouping,
  panels: number,
  channelStep: number,
  dx: Tensor,
): AddChannels {
  const { kernels, heap } = ctx;
  const geometry = ctx.scratch(GEOMETRY_BYTES);
  writeGeometry(heap, geometry, g);
  const scratch = ctx.scratch(kernels.multiplyPanelsBytes());
  const rowBytes = Math.max(taps * Math.min(channelStep, channels), g.outC) * 4;
  const step = Math.max(4, Math.min(COLS_ROWS, Math.floor(BLOCK_BYTES / rowBytes)));
  const dcols = ctx.scratch(step * taps * Math.min(channelStep, channels) * 4);
  const rowsOf = throughClamp(ctx, attrs.activation, y, dy, step);
  const rows = g.batch * g.outH * g.outW;
  return (group, channel, count) => {
    const dcolsBytes = taps * count * 4;
    for (let row = 0; row < rows; row += step) {
      const m = Math.min(step, rows - row);
      const z = rowsOf(row, m) + group * filters * 4;
      for (let tap = 0; tap < taps; tap++) {
        const tapPanels = panels + tap * Math.ceil(count / 8) * filters * 32;
        const to = dcols + tap * count * 4;
        kernels.multiplyPanels(
          m,
          count,
          filters,
          z,
          g.outC * 4,
          tapPanels,
          0,
          0,
          to,
          dcolsBytes,
          -Infinity,
          Infinity,
          scratch,
        );
      }
      kernels.col2im(geometry, dcols, count, 0, taps, row, row + m, dx.ptr + (group * channels + channel) * 4);
    }
  };
}

interface ParameterGradients {
  readonly dw: Tensor | undefined;
  readonly db: Tensor | undefined;
  readonly dr: Tensor | undefined;
}

/** dw += colsᵀ·dz, db += Σ rows of dz, dr += dz, over blocks of rows in their order. */
export function addParameterGradients(ctx: OpContext, call: Call, { dw, db, dr }: ParameterGradients): void {
  const { attrs, y, dy } = call;
  const rows = dy.shape[0]! * dy.shape[1]! * dy.shape[2]!;
  const filters = dy.shape[3]!;
  const step = Math.max(16, Math.min(COLS_ROWS, Math.floor(BLOCK_BYTES / (filters * 4))));
  const rowsOf = throughClamp(ctx, attrs.activation, y, dy, Math.min(step, rows));
  const addToKernel = dw && kernelGradient(ctx, call, dw, step);
  for (let row = 0; row < rows; row += step) {
    const m = Math.min(step, rows - row);
    const z = rowsOf(row, m);
    if (db) ctx.kernels.sumRows(z, db.ptr, m, filters, 1);
    if (dr) ctx.kernels.accumulate(z, dr.ptr + row * filters * 4, m * filters);
    addToKernel?.(z, row, m);
  }
}

/** Returns what adds colsᵀ·dz for rows row…row+m−1, whose dz lies at z: pieces of cols at most COLS_COLUMNS wide. */
function kernelGradient(
  ctx: OpContext,
  { attrs, inputs, dy }: Call,
  dw: Tensor,
  step: number,
): (z: number, row: number, m: number) => void {
  const { kernels, heap } = ctx;
  const x = inputs[0]!;
  const g = convGeometry(x.shape, [dw.shape[0]!, dw.shape[1]!], dy.shape, attrs);
  const { groups, taps, channels, filters } = groupingOf(g, attrs);
  const geometry = ctx.scratch(GEOMETRY_BYTES);
  writeGeometry(heap, geometry, g);
  const channelStep = Math.min(channels, COLS_COLUMNS);
  const tapStep = Math.min(taps, Math.max(1, Math.floor(COLS_COLUMNS / channels)));
  const cols = ctx.scratch(step * tapStep * channelStep * 4);
  const scratch = ctx.scratch(kernels.gemmBytes(tapStep * channelStep, filters, step));
  const rowBytes = g.outC * 4;
  return (z, row, m) => {
    for (let group = 0; group < groups; group++) {
      for (let tap = 0; tap < taps; tap += tapStep) {
        for (let channel = 0; channel < channels; channel += channelStep) {
          const tapCount = Math.min(tapStep, taps - tap);
          const count = Math.min(channelStep, channels - channel);
          const from = x.ptr + (group * channels + channel) * 4;
          kernels.im2col(geometry, from, count, tap, tap + tapCount, row, row + m, cols);
          const k = tapCount * count;
          const target = dw.ptr + (tap * channels + channel) * rowBytes + group * filters * 4;
          kernels.gemm(
            k,
            filters,
            m,
            cols,
            4,
            k * 4,
            z + group * filters * 4,
            rowBytes,
            4,
            0,
            target,
            target,
            rowBytes,
            -Infinity,
            Infinity,
            scratch,
          );
        }
      }
    }
  };
}
