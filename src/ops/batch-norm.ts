import { GradCamError } from "../errors.ts";
import { elements, type Shape, showShape } from "../shape.ts";
import { along, countOf } from "../wasm/job.ts";
import type { Tensor } from "../wasm/memory.ts";
import { checkAttr, inputShape } from "./check.ts";
import { defineOp, type OpContext } from "./op.ts";

export interface BatchNormAttrs {
  readonly epsilon: number;
}

const PARAMETERS = ["gamma", "beta", "mean", "variance"] as const;

/**
 * Batch normalisation with the statistics of training: y = (x − mean)·s + beta, s = gamma / √(variance + epsilon),
 * over the last axis. With inv = 1/√(variance + epsilon) and sums over all but the last axis:
 * dx = dy·s, dbeta = Σdy, dmean = −s·Σdy, dgamma = inv·Σdy·(x − mean), dvariance = −½·s·inv²·Σdy·(x − mean).
 * Ioffe & Szegedy, arXiv 1502.03167.
 */
export const batchNorm = defineOp<BatchNormAttrs>({
  inputs: ["x", "gamma?", "beta?", "mean", "variance"],
  reads: () => ({
    x: ["gamma", "variance"],
    gamma: ["x", "mean", "variance"],
    beta: [],
    mean: ["gamma", "variance"],
    variance: ["x", "gamma", "mean", "variance"],
  }),
  shape: batchNormShape,
  forward(ctx, [x, gamma, beta, mean, variance], y, attrs) {
    const channels = elements(variance!.shape);
    const scale = scratchChannels(ctx, scales(ctx, gamma, variance!, attrs));
    const shift = beta?.ptr ?? scratchChannels(ctx, new Float64Array(channels));
    const bytes = channels * 4;
    const args = [along(x!.ptr, bytes), mean!.ptr, scale, shift, along(y.ptr, bytes), countOf(), channels] as const;
    ctx.team.run({ kernel: "normalizeRows", args, units: elements(y.shape) / channels, cost: channels });
  },
  backward(ctx, { attrs, inputs: [x, gamma, , mean, variance], dy, dInputs: [dx, dGamma, dBeta, dMean, dVariance] }) {
    const channels = dy.shape.at(-1)!;
    const rows = elements(dy.shape) / channels;
    if (dx) {
      const scale = scratchChannels(ctx, scales(ctx, gamma, variance!, attrs));
      const args = [along(dy.ptr, channels * 4), scale, along(dx.ptr, channels * 4), countOf(), channels] as const;
      ctx.team.run({ kernel: "addScaledRows", args, units: rows, cost: channels });
    }
    if (dBeta) ctx.kernels.sumRows(dy.ptr, dBeta.ptr, rows, channels, 1);
    if (dMean) {
      const s = scales(ctx, gamma, variance!, attrs);
      const sums = channelSums(ctx, channels, (out) => ctx.kernels.sumRows(dy.ptr, out, rows, channels, 1));
      addTo(ctx, dMean, (c) => -s[c]! * sums[c]!);
    }
    if (!dGamma && !dVariance) return;
    const dots = channelSums(ctx, channels, (out) =>
      ctx.kernels.centredDotRows(dy.ptr, x!.ptr, mean!.ptr, out, rows, channels),
    );
    const inverse = scales(ctx, undefined, variance!, attrs);
    if (dGamma) addTo(ctx, dGamma, (c) => inverse[c]! * dots[c]!);
    if (!dVariance) return;
    const s = scales(ctx, gamma, variance!, attrs);
    addTo(ctx, dVariance, (c) => -0.5 * s[c]! * inverse[c]! ** 2 * dots[c]!);
  },
});

function batchNormShape(inputs: readonly (Shape | undefined)[], { epsilon }: BatchNormAttrs, where: string): number[] {
  const x = inputShape(inputs, 0, "x", where);
  checkAttr(epsilon >= 0, where, "epsilon", "≥ 0", epsilon);
  inputShape(inputs, 3, "mean", where);
  inputShape(inputs, 4, "variance", where);
  const channels = x.at(-1);
  PARAMETERS.forEach((name, i) => {
    const shape = inputs[i + 1];
    if (!shape || (shape.length === 1 && shape[0] === channels)) return;
    throw new GradCamError("E_SHAPE", {
      where,
      expected: `${name} [${String(channels)}] for an input ${showShape(x)}`,
      got: showShape(shape),
    });
  });
  return [...x];
}

/** gamma / √(variance + epsilon) in f64: a handful of numbers per call, rounded once when they are used. */
function scales(
  { heap }: OpContext,
  gamma: Tensor | undefined,
  variance: Tensor,
  { epsilon }: BatchNormAttrs,
): Float64Array {
  const channels = elements(variance.shape);
  const g = gamma && heap.f32(gamma.ptr, channels);
  return Float64Array.from(heap.f32(variance.ptr, channels), (v, c) => (g ? g[c]! : 1) / Math.sqrt(v + epsilon));
}

function scratchChannels({ heap, scratch }: OpContext, values: Float64Array): number {
  const ptr = scratch(values.length * 4);
  heap.f32(ptr, values.length).set(values);
  return ptr;
}

/** What `sum` adds to zeros at the address it is given. */
function channelSums(ctx: OpContext, channels: number, sum: (out: number) => void): Float32Array {
  const ptr = scratchChannels(ctx, new Float64Array(channels));
  sum(ptr);
  return ctx.heap.f32(ptr, channels).slice();
}

function addTo({ heap }: OpContext, target: Tensor, value: (channel: number) => number): void {
  const view = heap.f32(target.ptr, elements(target.shape));
  for (let c = 0; c < view.length; c++) view[c]! += value(c);
}
