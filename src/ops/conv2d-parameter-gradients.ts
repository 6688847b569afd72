/** dW = colsᵀ·dz, db = Σ rows of dz and dr = dz of a convolution, in bounded scratch; dz is dy behind the activation. */
import { convGeometry, GEOMETRY_BYTES, writeGeometry } from "../wasm/conv-geometry.ts";
import { along, countOf, firstOf, lastOf } from "../wasm/job.ts";
import type { Tensor } from "../wasm/memory.ts";
import { BLOCK_BYTES, type Conv2dAttrs, type Grouping, groupingOf } from "./conv2d-grouping.ts";
import { throughClamp, UNCLAMPED } from "./fused-activation.ts";
import { type Gradients, type OpContext, scratchOfThreads } from "./op.ts";

type Call = Gradients<Conv2dAttrs>;

/** Rows of cols per product, and columns of it: 256 KiB. */
const COLS_ROWS = 256;
const COLS_COLUMNS = 256;

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

/** Returns what adds colsᵀ·dz for rows row…row+m−1, whose dz lies at z. */
function kernelGradient(
  ctx: OpContext,
  { attrs, inputs, dy }: Call,
  dw: Tensor,
  step: number,
): (z: number, row: number, m: number) => void {
  const { kernels, heap, team } = ctx;
  const x = inputs[0]!;
  const g = convGeometry(x.shape, [dw.shape[0]!, dw.shape[1]!], dy.shape, attrs);
  const { channels, filters } = groupingOf(g, attrs);
  const geometry = ctx.scratch(GEOMETRY_BYTES);
  writeGeometry(heap, geometry, g);
  const pieces = piecesOf(groupingOf(g, attrs));
  const widest = Math.max(...pieces.map(({ taps, count }) => taps * count));
  const cols = ctx.scratch(step * widest * 4);
  const scratch = scratchOfThreads(ctx, kernels.gemmBytes(widest, filters, step));
  const rowBytes = g.outC * 4;
  return (z, row, m) => {
    for (const { group, tap, taps, channel, count } of pieces) {
      const k = taps * count;
      const from = x.ptr + (group * channels + channel) * 4;
      const range = [geometry, from, count, tap, tap + taps, firstOf(1, row), lastOf(1, row)] as const;
      team.run({ kernel: "im2col", args: [...range, along(cols, k * 4)], units: m, cost: k });
      const target = dw.ptr + (tap * channels + channel) * rowBytes + group * filters * 4;
      const operands = [along(cols, 4), 4, k * 4, z + group * filters * 4, rowBytes, 4] as const;
      const sum = [0, along(target, rowBytes), along(target, rowBytes), rowBytes] as const;
      const args = [countOf(), filters, m, ...operands, ...sum, ...UNCLAMPED, scratch] as const;
      // Each piece packs dz for itself: few pieces.
      team.run({ kernel: "gemm", args, units: k, cost: filters * m, step: 4, piece: Math.ceil(k / team.threads) });
    }
  };
}

/** Neighbouring columns of one group's cols: some taps of all channels, or some channels of one tap. */
interface Piece {
  readonly group: number;
  readonly tap: number;
  readonly taps: number;
  readonly channel: number;
  readonly count: number;
}

/** All of cols in pieces of about COLS_COLUMNS columns. */
function piecesOf({ groups, taps, channels }: Grouping): readonly Piece[] {
  const pieces: Piece[] = [];
  const tapStep = Math.max(1, Math.floor(COLS_COLUMNS / channels));
  for (let group = 0; group < groups; group++) {
    for (let tap = 0; tap < taps; tap += tapStep) {
      for (let channel = 0; channel < channels; channel += COLS_COLUMNS) {
        const count = Math.min(COLS_COLUMNS, channels - channel);
        pieces.push({ group, tap, taps: Math.min(tapStep, taps - tap), channel, count });
      }
    }
  }
  return pieces;
}
