/**
 * Y = act(X·W + b); dX = dZ·Wᵀ, dW = Xᵀ·dZ, db = Σ rows of dZ, dZ being dY behind the activation.
 * x [N,I], w [I,O] row-major in f32, f16 or int8, b [O], y [N,O]. One row streams the weights as they lie, several go through GEMM.
 * With `positions` x stands for a map that is the same at all P positions: w [P·I,O] acts as its sum over them, and has no dW.
 */
import { GradCamError } from "../errors.ts";
import { elements, type Shape, showShape } from "../shape.ts";
import { along, countOf, LINE } from "../wasm/job.ts";
import type { Tensor } from "../wasm/memory.ts";
import { checkAttr, inputShape, isPositiveCount } from "./check.ts";
import { checkOptional } from "./conv-shape.ts";
import {
  checkFusedActivation,
  clampOf,
  type FusedActivation,
  readsOfClamp,
  throughClamp,
  UNCLAMPED,
} from "./fused-activation.ts";
import { WIDENED_BYTES, widenRows } from "./narrow-weights.ts";
import { defineOp, type OpContext, type ParameterLayout, scratchOfThreads } from "./op.ts";
import { stepsOf } from "./steps.ts";

export interface DenseAttrs {
  readonly activation?: FusedActivation;
  /** Rows of w per row that is used, as sums. Set by the pass uniform-shift. */
  readonly positions?: number;
}

/** [I,O] = Σₚ w[p·I…, O], in f32. */
const sumOverPositions: ParameterLayout<DenseAttrs> = {
  name: "sum-over-positions",
  elements: (shape, { positions = 1 }) => elements(shape) / positions,
  pack({ kernels, heap }, source, packed, { positions = 1 }) {
    const length = elements(source.shape) / positions;
    heap.f32(packed, length).fill(0);
    kernels.sumRows(source.ptr, packed, positions, length, 1);
  },
};

const macs = (inputs: readonly (Shape | undefined)[], y: Shape): number => elements(y) * inputs[0]![1]!;

export const dense = defineOp<DenseAttrs>({
  inputs: ["x", "w", "b?"],
  narrow: () => ({ w: ([inputs, outputs]) => ({ rows: inputs!, columns: outputs! }) }),
  layouts: ({ positions }): Readonly<Record<string, ParameterLayout<DenseAttrs>>> =>
    positions === undefined ? {} : { w: sumOverPositions },
  reads({ activation, positions }) {
    const y = readsOfClamp(activation);
    return { x: ["w", ...y], ...(positions === undefined && { w: ["x", ...y] }), b: y };
  },
  shape(inputs, attrs, where) {
    const { activation, positions = 1 } = attrs;
    checkFusedActivation(activation, where);
    checkAttr(isPositiveCount(positions), where, "positions", "an integer ≥ 1", positions);
    const x = inputShape(inputs, 0, "x", where);
    const w = inputShape(inputs, 1, "w", where);
    if (x.length !== 2 || w.length !== 2 || x[1]! * positions !== w[0]) {
      throw new GradCamError("E_SHAPE", {
        where,
        expected: `an input [N,${w[0] === undefined ? "I" : w[0] / positions}] for weights ${showShape(w)}`,
        got: showShape(x),
      });
    }
    checkOptional(inputs[2], [w[1]!], "a bias", where);
    return [x[0]!, w[1]!];
  },
  forward(ctx, [x, w, b], y, { activation }) {
    const rowByRow = y.shape[0] === 1 || w!.dtype === "f16";
    const forward = w!.dtype === "int8" ? forwardWidened : rowByRow ? forwardRows : forwardBatch;
    forward(ctx, x!, w!, b?.ptr ?? 0, y, clampOf(activation));
  },
  backward(ctx, { attrs, inputs: [x, w], y, dy, dInputs: [dx, dw, db], masked }) {
    const { kernels } = ctx;
    const [n, outputs] = dy.shape as readonly [number, number];
    const dz = throughClamp(ctx, attrs.activation, y, dy, n)(0, n);
    if (db) kernels.sumRows(dz, db.ptr, n, outputs, 1);
    if (dw) addWeightGradient(ctx, x!, dz, dw);
    if (dx) addInputGradient(ctx, dz, w!, dx, masked?.[0] ? x : undefined);
  },
  macs,
});

type Clamp = readonly [low: number, high: number];

/** Row by row: the weights stream once for each. */
function forwardRows(ctx: OpContext, x: Tensor, w: Tensor, bias: number, y: Tensor, clamp: Clamp) {
  const [inputs, outputs] = [x.shape[1]!, y.shape[1]!];
  const sums = scratchOfThreads(ctx, ctx.kernels.denseRowBytes(outputs));
  const wBytes = w.dtype === "f16" ? 2 : 4;
  const part = [along(w.ptr, wBytes), wBytes, outputs * wBytes, bias && along(bias, 4)] as const;
  for (let row = 0; row < y.shape[0]!; row++) {
    const from = x.ptr + row * inputs * 4;
    const to = y.ptr + row * outputs * 4;
    const args = [from, ...part, along(to, 4), inputs, countOf(), ...clamp, sums] as const;
    ctx.team.run({
      kernel: "denseRow",
      args,
      units: outputs,
      cost: inputs,
      step: LINE,
      piece: Math.ceil(outputs / ctx.team.threads),
    });
  }
}

/** Some rows of int8 weights at a time, widened into scratch; y adds up, and the last of them clamps it. */
function forwardWidened(ctx: OpContext, x: Tensor, w: Tensor, bias: number, y: Tensor, clamp: Clamp) {
  const [n, inputs] = x.shape as readonly [number, number];
  const outputs = y.shape[1]!;
  const { step, read } = rowReader(ctx, w);
  const scratch = stepsOf(ctx);
  for (let first = 0; first < inputs; first += step) {
    const count = Math.min(step, inputs - first);
    const rows = { shape: [count, outputs], ptr: read(first, count), dtype: "f32" } as const;
    const limits = first + count === inputs ? clamp : UNCLAMPED;
    for (let row = 0; row < n; row++) {
      const from = { ...x, shape: [1, count], ptr: x.ptr + (row * inputs + first) * 4 };
      const to = { ...y, shape: [1, outputs], ptr: y.ptr + row * outputs * 4 };
      forwardRows(scratch(), from, rows, first === 0 ? bias : to.ptr, to, limits);
    }
  }
}

/** Rows of int8 weights as f32: the address of rows first … first+count−1, valid until the next call. */
function rowReader(ctx: OpContext, w: Tensor): { step: number; read: (first: number, count: number) => number } {
  const [inputs, outputs] = w.shape as readonly [number, number];
  const step = Math.min(inputs, 4 * Math.max(1, Math.floor(WIDENED_BYTES / (outputs * 16))));
  const widened = ctx.scratch(step * outputs * 4);
  const read = (first: number, count: number): number => {
    widenRows(ctx, w, outputs, first, count, widened);
    return widened;
  };
  return { step, read };
}

/** Each block of weights is packed once and meets all rows. */
function forwardBatch(ctx: OpContext, x: Tensor, w: Tensor, bias: number, y: Tensor, clamp: Clamp) {
  const [inputs, outputs] = [x.shape[1]!, y.shape[1]!];
  const n = y.shape[0]!;
  const a = [x.ptr, inputs * 4, 4] as const;
  const b = [along(w.ptr, 4), outputs * 4, 4] as const;
  const c = [bias && along(bias, 4), 0, along(y.ptr, 4), outputs * 4] as const;
  const scratch = scratchOfThreads(ctx, ctx.kernels.gemmBytes(n, outputs, inputs));
  const args = [n, countOf(), inputs, ...a, ...b, ...c, ...clamp, scratch] as const;
  ctx.team.run({ kernel: "gemm", args, units: outputs, cost: n * inputs, step: LINE });
}

/** dw += Xᵀ·dZ. */
function addWeightGradient(ctx: OpContext, x: Tensor, dz: number, dw: Tensor): void {
  const [inputs, outputs] = dw.shape as readonly [number, number];
  const n = x.shape[0]!;
  const transposedX = [along(x.ptr, 4), 4, inputs * 4] as const;
  const b = [dz, outputs * 4, 4] as const;
  const row = along(dw.ptr, outputs * 4);
  const work = scratchOfThreads(ctx, ctx.kernels.gemmBytes(inputs, outputs, n));
  const args = [countOf(), outputs, n, ...transposedX, ...b, 0, row, row, outputs * 4, ...UNCLAMPED, work] as const;
  ctx.team.run({ kernel: "gemm", args, units: inputs, cost: n * outputs, step: 4 });
}

/** Up to so many rows, reading the weights once from memory is what takes time; more go through GEMM. */
const FEW_ROWS = 16;

/** dx += dZ·Wᵀ, where the gate is not 0 if there is one: the other half of the weights behind a ReLU need not be read. */
function addInputGradient(ctx: OpContext, dz: number, w: Tensor, dx: Tensor, gate: Tensor | undefined): void {
  const [n, inputs] = dx.shape as readonly [number, number];
  const outputs = w.shape[1]!;
  if (n <= FEW_ROWS || w.dtype !== "f32") {
    const { step, read } = w.dtype === "int8" ? rowReader(ctx, w) : { step: inputs, read: () => w.ptr };
    const wBytes = w.dtype === "f16" ? 2 : 4;
    for (let first = 0; first < inputs; first += step) {
      const count = Math.min(step, inputs - first);
      const weights = [along(read(first, count), outputs * wBytes), wBytes] as const;
      const at = first * 4;
      const to = [along(dx.ptr + at, 4), gate ? along(gate.ptr + at, 4) : 0, inputs * 4] as const;
      const args = [dz, ...weights, ...to, n, countOf(), outputs] as const;
      ctx.team.run({ kernel: "denseRowsGradient", args, units: count, cost: n * outputs, step: LINE });
    }
    return;
  }
  const a = [dz, outputs * 4, 4] as const;
  const transposedW = [along(w.ptr, outputs * 4), 4, outputs * 4] as const;
  const to = along(dx.ptr, 4);
  const work = scratchOfThreads(ctx, ctx.kernels.gemmBytes(n, inputs, outputs));
  const args = [n, countOf(), outputs, ...a, ...transposedW, 0, to, to, inputs * 4, ...UNCLAMPED, work] as const;
  ctx.team.run({ kernel: "gemm", args, units: inputs, cost: n * outputs, step: LINE });
}
