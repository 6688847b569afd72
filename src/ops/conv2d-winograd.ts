/**
 * 3×3 convolutions with strides of 1 by Winograd's F(4×4, 3×3): a quarter of the multiplications for four times the
 * weights' memory (assembly/conv/winograd.ts). Relative L2 error 0.7 to 1.3·10⁻⁶ instead of 2·10⁻⁷; a NaN reaches all
 * outputs of its tiles. The graph pass choose-algorithm decides where it is worth it.
 */
import type { Shape } from "../shape.ts";
import {
  adjointGeometry,
  convGeometry,
  type ConvGeometry,
  GEOMETRY_BYTES,
  type Window,
  writeGeometry,
} from "../wasm/conv-geometry.ts";
import { type Argument, firstOf, type Job, lastOf } from "../wasm/job.ts";
import type { Tensor } from "../wasm/memory.ts";
import type { Conv2dAttrs, Operands } from "./conv2d-grouping.ts";
import { clampOf, gateOf } from "./fused-activation.ts";
import { type Gradients, type OpContext, type ParameterLayout, scratchOfThreads } from "./op.ts";

/** Lines of a tile of outputs. */
const TILE = 4;

/** What the kernels take: w [3,3,C,F], one group, strides and dilations of 1. */
export const fitsWinograd = (w: Shape, { strides, dilations, groups }: Window & { readonly groups: number }): boolean =>
  w[0] === 3 && w[1] === 3 && groups === 1 && [...strides, ...dilations].every((step) => step === 1);

/** U = G·w·Gᵀ as [36][⌈F/8⌉][⌈C/4⌉·4][8], zeros behind the last channel and filter: computed in f64, rounded once. */
export const winograd8: ParameterLayout<Conv2dAttrs> = {
  name: "winograd8",
  elements: (shape) => 36 * Math.ceil(shape[3]! / 8) * 8 * Math.ceil(shape[2]! / 4) * 4,
  pack({ kernels }, source, packed) {
    kernels.winogradPanels(source.ptr, source.shape[2]!, source.shape[3]!, packed);
  },
};

/** y = act(x∗w + b + r) */
export function convolveTiles(ctx: OpContext, g: ConvGeometry, { x, w, b, r, y }: Operands, attrs: Conv2dAttrs): void {
  const { geometry, scratch } = prepare(ctx, g, 0);
  const added = [b?.ptr ?? 0, r?.ptr ?? 0] as const;
  const { part, ...split } = partsOf(g, ctx.team.threads);
  const args = [geometry, x.ptr, w.ptr, ...added, y.ptr, ...clampOf(attrs.activation), ...part, scratch] as const;
  ctx.team.run({ kernel: "winogradRows", args, ...split });
}

/** dx += dz∗(w flipped, transposed): the same convolution, whose kernels are a permutation of U's points. */
export function addInputGradientOfTiles(ctx: OpContext, call: Gradients<Conv2dAttrs>, dx: Tensor): void {
  const { attrs, inputs, y, dy } = call;
  const w = inputs[1]!;
  const g = adjointGeometry(convGeometry(dx.shape, [3, 3], dy.shape, attrs));
  const { geometry, scratch } = prepare(ctx, g, 1);
  const gate = attrs.activation ? y!.ptr : 0;
  const bounds = gateOf(attrs.activation);
  const { part, ...split } = partsOf(g, ctx.team.threads);
  const args = [geometry, dy.ptr, gate, ...bounds, w.ptr, dx.ptr, ...part, scratch] as const;
  ctx.team.run({ kernel: "winogradInputGradient", args, ...split });
}

/** dw += Gᵀ·(Σ V·Z over tiles)·G: see assembly/conv/winograd-weight-gradient.ts. */
export function addKernelGradientOfTiles(ctx: OpContext, call: Gradients<Conv2dAttrs>, dw: Tensor): void {
  const { attrs, inputs, y, dy } = call;
  const x = inputs[0]!;
  const g = convGeometry(x.shape, [3, 3], dy.shape, attrs);
  const geometry = ctx.scratch(GEOMETRY_BYTES);
  writeGeometry(ctx.heap, geometry, g);
  const work = scratchOfThreads(ctx, ctx.kernels.winogradWeightGradientBytes(geometry));
  const gate = [attrs.activation ? y!.ptr : 0, ...gateOf(attrs.activation)] as const;
  const args = [geometry, x.ptr, dy.ptr, ...gate, dw.ptr, firstOf(), lastOf(), work] as const;
  const tiles = g.batch * Math.ceil(g.outH / TILE) * Math.ceil(g.outW / TILE);
  const piece = 8 * Math.ceil(g.outC / 8 / ctx.team.threads);
  ctx.team.run({ kernel: "winogradWeightGradient", args, units: g.outC, cost: POINTS * tiles * g.inC, step: 8, piece });
}

function prepare(ctx: OpContext, g: ConvGeometry, adjoint: 0 | 1): { geometry: number; scratch: Argument } {
  const geometry = ctx.scratch(GEOMETRY_BYTES);
  writeGeometry(ctx.heap, geometry, g);
  return { geometry, scratch: scratchOfThreads(ctx, ctx.kernels.winogradBytes(geometry, adjoint)) };
}

/** Multiply-adds of a product at the 36 points, by output channel and input channel of a tile. */
const POINTS = 36;
/** U of so many bytes is better read once by all threads together than once by each. */
const LARGE_U = 1 << 20;
/** Each thread gets two pieces, so that one can do what another was kept from, if they have so many filters. */
const FILTERS = 64;
/** Fewer filters for a thread, and transforming the inputs once for each takes too long. */
const LEAST_FILTERS = 32;

interface Parts extends Pick<Job, "units" | "cost" | "step" | "piece"> {
  readonly part: readonly [firstFilter: Argument, lastFilter: Argument, firstRow: Argument, lastRow: Argument];
}

/** Split by filters where U is large or rows of tiles are few, else by rows of tiles. */
function partsOf(g: ConvGeometry, threads: number): Parts {
  const rows = g.batch * Math.ceil(g.outH / TILE);
  const rowCost = POINTS * g.inC * Math.ceil(g.outW / TILE);
  const byFilters = POINTS * 4 * g.inC * g.outC > LARGE_U || rows < 4 * threads;
  if (byFilters && g.outC >= LEAST_FILTERS * threads) {
    const piece = Math.max(g.outC / threads / 2, Math.min(FILTERS, g.outC / threads));
    return { part: [firstOf(), lastOf(), 0, rows], units: g.outC, cost: rows * rowCost, step: 8, piece };
  }
  return { part: [0, g.outC, firstOf(), lastOf()], units: rows, cost: rowCost * g.outC };
}
