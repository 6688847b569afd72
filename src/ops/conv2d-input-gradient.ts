/**
 * dX of a convolution, in bounded scratch; dz is dy behind the fused activation.
 * With strides of 1 it is another convolution, of dz with the flipped Wᵀ; else, or with few channels, col2im(dz·Wᵀ).
 */
import {
  adjointGeometry,
  convGeometry,
  type ConvGeometry,
  GEOMETRY_BYTES,
  writeGeometry,
} from "../wasm/conv-geometry.ts";
import { along, countOf, firstOf } from "../wasm/job.ts";
import { elements } from "../shape.ts";
import type { Tensor } from "../wasm/memory.ts";
import { widenBlocks } from "./narrow-weights.ts";
import { BLOCK_BYTES, type Conv2dAttrs, type Grouping, groupingOf } from "./conv2d-grouping.ts";
import { runConvRows } from "./conv-rows.ts";
import { throughClamp, UNCLAMPED } from "./fused-activation.ts";
import { type Gradients, type OpContext, scratchOfThreads } from "./op.ts";

type Call = Gradients<Conv2dAttrs>;

/** Panels of Wᵀ at a time. */
const PANEL_BYTES = 768 * 1024;
/** Multiply-adds that take as long as moving a number to another place. */
const MOVING = 4;
/** Rows of dcols at a time, when there are any. */
const MOST_ROWS = 256;
/** Fewer channels than a panel has columns: then all taps share panels, which would be mostly empty for each by itself. */
const FEW_CHANNELS = 8;

/** The kernel's panels in f32 or f16: int8 is widened into scratch, as a whole, since every group is read many times. */
function widened(ctx: OpContext, w: Tensor, { groups }: Call["attrs"]): Tensor {
  if (w.dtype !== "int8") return w;
  const rows = elements(w.shape.slice(0, 3));
  const panels = groups * Math.ceil(w.shape[3]! / groups / 8);
  const ptr = ctx.scratch(panels * rows * 32);
  widenBlocks(ctx, w, { rows, columns: 8 }, 0, panels, ptr);
  return { shape: w.shape, ptr, dtype: "f32" };
}

/** dx += the adjoint of the convolution applied to dz, for a block of input channels of one group after the other. */
export function addInputGradient(ctx: OpContext, call: Call, dx: Tensor): void {
  const w = widened(ctx, call.inputs[1]!, call.attrs);
  const g = convGeometry(dx.shape, [w.shape[0]!, w.shape[1]!], call.dy.shape, call.attrs);
  const { groups, taps, channels, filters } = groupingOf(g, call.attrs);
  const few = channels < FEW_CHANNELS && taps > 1;
  const step = few ? channels : 8 * Math.max(1, Math.floor(PANEL_BYTES / (taps * filters * 32)));
  const widest = Math.min(step, channels);
  const panels = ctx.scratch((few ? Math.ceil((taps * channels) / 8) : Math.ceil(widest / 8) * taps) * filters * 32);
  const way = few ? "together" : g.strideH === 1 && g.strideW === 1 ? "flipped" : "apart";
  const add =
    way === "flipped"
      ? convolveFlipped(ctx, call, g, panels, dx)
      : scatterColumns(ctx, call, g, { panels, widest, together: few }, dx);
  for (let group = 0; group < groups; group++) {
    for (let channel = 0; channel < channels; channel += step) {
      const range = { group, channel, count: Math.min(step, channels - channel) };
      transposeKernel(ctx, w, groupingOf(g, call.attrs), range, way, panels);
      add(range);
    }
  }
}

interface ChannelRange {
  readonly group: number;
  /** First input channel, counted within the group. */
  readonly channel: number;
  readonly count: number;
}

/**
 * flipped: panels over all taps, the last tap first. apart: panels of the first tap, then those of the second, …
 * together: panels of the columns of all taps, as if they were channels of one.
 */
function transposeKernel(
  { kernels, team }: OpContext,
  w: Tensor,
  { taps, channels, filters }: Grouping,
  { group, channel, count }: ChannelRange,
  way: "flipped" | "apart" | "together",
  panels: number,
): void {
  const wBytes = w.dtype === "f16" ? 2 : 4;
  const depth = taps * channels;
  const from = w.ptr + group * Math.ceil(filters / 8) * depth * 8 * wBytes;
  const tapBytes = filters * 32;
  if (way === "together") {
    kernels.transposePanels(from, wBytes, depth, depth, filters, 0, 0, depth, panels, tapBytes);
    return;
  }
  for (let tap = 0; tap < taps; tap++) {
    const to =
      way === "flipped"
        ? ([panels + (taps - 1 - tap) * tapBytes, taps * tapBytes] as const)
        : ([panels + tap * Math.ceil(count / 8) * tapBytes, tapBytes] as const);
    if (count % 8 === 0) {
      const range = [tap, firstOf(8, channel), countOf(8), along(...to), to[1]] as const;
      const args = [from, wBytes, depth, channels, filters, ...range] as const;
      team.run({ kernel: "transposePanels", args, units: count / 8, cost: MOVING * 8 * filters });
    } else kernels.transposePanels(from, wBytes, depth, channels, filters, tap, channel, count, ...to);
  }
}

/** Strides of 1: dx += convolution of dz, in bands of lines so that masked rows of dz stay few. */
function convolveFlipped(
  ctx: OpContext,
  { attrs, y, dy }: Call,
  g: ConvGeometry,
  panels: number,
  dx: Tensor,
): (range: ChannelRange) => void {
  const { kernels, heap } = ctx;
  const { channels, filters } = groupingOf(g, attrs);
  const adjoint = adjointGeometry(g);
  const geometry = ctx.scratch(GEOMETRY_BYTES);
  writeGeometry(heap, geometry, adjoint);
  const scratch = scratchOfThreads(ctx, kernels.convRowsBytes(geometry, filters));
  const reach = g.dilationH * (g.kH - 1);
  const lineBytes = g.outW * g.outC * 4;
  const band = attrs.activation ? Math.max(1, Math.floor(BLOCK_BYTES / lineBytes) - reach) : g.inH;
  const rowsOf = throughClamp(ctx, attrs.activation, y, dy, Math.min(band + reach, g.outH) * g.outW);
  const depth = g.kH * g.kW * filters;
  return ({ group, channel, count }) => {
    const target = dx.ptr + (group * channels + channel) * 4;
    for (const { n, top, bottom } of bands(g, band)) {
      const first = Math.max(0, top - adjoint.padTop);
      const last = Math.min(g.outH, bottom - adjoint.padTop + reach);
      if (last <= first) continue;
      const begin = (n * g.outH + first) * g.outW;
      // Where the first row of dz would lie if all rows were there; the kernel reads only those that are.
      const z = rowsOf(begin, (last - first) * g.outW) - begin * g.outC * 4 + group * filters * 4;
      runConvRows(ctx.team, {
        geometry,
        x: z,
        channels: filters,
        depth,
        panels,
        columns: count,
        bias: 0,
        residual: target,
        y: target,
        clamp: UNCLAMPED,
        firstRow: (n * g.inH + top) * g.inW,
        lastRow: (n * g.inH + bottom) * g.inW,
        scratch,
      });
    }
  };
}

/** Lines top…bottom−1 of picture n, at most `lines` of them at a time. */
function* bands(g: ConvGeometry, lines: number): Generator<{ n: number; top: number; bottom: number }> {
  for (let n = 0; n < g.batch; n++) {
    for (let top = 0; top < g.inH; top += lines) yield { n, top, bottom: Math.min(top + lines, g.inH) };
  }
}

interface ColumnPanels {
  readonly panels: number;
  /** The largest count of a range. */
  readonly widest: number;
  /** One product for the columns of all taps, not one for each tap. */
  readonly together: boolean;
}

/** dcols = dz·Wᵀ for some rows and all taps, then col2im. */
function scatterColumns(
  ctx: OpContext,
  { attrs, y, dy }: Call,
  g: ConvGeometry,
  { panels, widest, together }: ColumnPanels,
  dx: Tensor,
): (range: ChannelRange) => void {
  const { kernels, heap, team } = ctx;
  const { taps, channels, filters } = groupingOf(g, attrs);
  const geometry = ctx.scratch(GEOMETRY_BYTES);
  writeGeometry(heap, geometry, g);
  const scratch = scratchOfThreads(ctx, kernels.multiplyPanelsBytes());
  const rowBytes = Math.max(taps * widest, g.outC) * 4;
  const step = Math.max(4, Math.min(MOST_ROWS, Math.floor(BLOCK_BYTES / rowBytes)));
  const dcols = ctx.scratch(step * taps * widest * 4);
  const rowsOf = throughClamp(ctx, attrs.activation, y, dy, step);
  const rows = g.batch * g.outH * g.outW;
  return ({ group, channel, count }) => {
    const target = dx.ptr + (group * channels + channel) * 4;
    const width = together ? taps * count : count;
    const panelBytes = Math.ceil(width / 8) * filters * 32;
    for (let row = 0; row < rows; row += step) {
      const m = Math.min(step, rows - row);
      const dz = [along(rowsOf(row, m) + group * filters * 4, g.outC * 4), g.outC * 4] as const;
      for (let product = 0; product * width < taps * count; product++) {
        const wT = panels + product * panelBytes;
        const columns = [along(dcols + product * width * 4, taps * count * 4), taps * count * 4] as const;
        const args = [countOf(), width, filters, ...dz, wT, 0, 0, ...columns, ...UNCLAMPED, scratch] as const;
        team.run({ kernel: "multiplyPanels", args, units: m, cost: width * filters, step: 4 });
      }
      kernels.col2im(geometry, dcols, count, 0, taps, row, row + m, target);
    }
  };
}
