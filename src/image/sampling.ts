/**
 * Sampling plans: for every output sample of one axis, which input samples it mixes and with which weights.
 * Each resizing rule of the well-known libraries is one function here; the resizers only apply plans, one axis after the other.
 */

/** out[i] = Σ_t weights[i·taps + t] · in[first[i] + t] for t < count[i]. */
export interface Sampling {
  readonly size: number;
  /** Upper bound of `count`, and the row length of `weights`. */
  readonly taps: number;
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Float64Array;
}

export type AntialiasFilter = "box" | "bilinear" | "hamming" | "bicubic" | "lanczos";

interface Kernel {
  /** The filter is zero outside of ±support, in input samples at scale 1. */
  readonly support: number;
  weight(x: number): number;
}

/** Keys 1981 cubic with a = −0.5 (Catmull–Rom) or −0.75. */
function keysCubic(x: number, a: number): number {
  const d = Math.abs(x);
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  if (d < 2) return (((d - 5) * d + 8) * d - 4) * a;
  return 0;
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI));

const ANTIALIAS_KERNELS: Readonly<Record<AntialiasFilter, Kernel>> = {
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  hamming: { support: 1, weight: (x) => (Math.abs(x) < 1 ? sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x)) : 0) },
  bicubic: { support: 2, weight: (x) => keysCubic(x, -0.5) },
  lanczos: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

function newSampling(size: number, taps: number): Sampling {
  return {
    size,
    taps,
    first: new Int32Array(size),
    count: new Int32Array(size),
    weights: new Float64Array(size * taps),
  };
}

/**
 * Pillow's antialiased filters: the kernel is stretched by the scale when shrinking, cut at the borders and normalised.
 * `from`, `to`: the part of the input axis that is resized, in samples (Pillow's `box`).
 */
export function antialiased(input: number, output: number, filter: AntialiasFilter, from = 0, to = input): Sampling {
  const kernel = ANTIALIAS_KERNELS[filter];
  const scale = (to - from) / output;
  const stretch = Math.max(scale, 1);
  const support = kernel.support * stretch;
  const plan = newSampling(output, Math.ceil(support) * 2 + 1);
  for (let i = 0; i < output; i++) {
    const center = from + (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - support + 0.5));
    const count = Math.min(input, Math.trunc(center + support + 0.5)) - first;
    plan.first[i] = first;
    plan.count[i] = count;
    const row = plan.weights.subarray(i * plan.taps, i * plan.taps + count);
    let sum = 0;
    for (let t = 0; t < count; t++) sum += row[t] = kernel.weight((first + t - center + 0.5) * (1 / stretch));
    if (sum !== 0) for (let t = 0; t < count; t++) row[t]! /= sum;
  }
  return plan;
}

/**
 * Pillow's NEAREST: x starts at from + scale/2 and scale is ADDED once per sample, in double precision; index = trunc(x).
 * The closed form trunc((i + ½)·scale) differs for many sizes (1920 → 224: 14 samples).
 */
export function pillowNearest(output: number, from: number, to: number): Int32Array {
  const scale = (to - from) / output;
  const index = new Int32Array(output);
  let x = from + scale * 0.5;
  for (let i = 0; i < output; i++, x += scale) index[i] = Math.trunc(x);
  return index;
}

/**
 * Linear between pixel centres, src = (i + ½ − start)·input/extent − ½, borders replicated: OpenCV INTER_LINEAR, torch
 * bilinear with align_corners=False, TensorFlow 2. `start`, `extent`: where the input lies on the output axis (default:
 * all of it); outputs whose centre is outside have no taps and become 0.
 */
export function linear(input: number, output: number, start = 0, extent: number = output): Sampling {
  const plan = newSampling(output, 2);
  for (let i = 0; i < output; i++) {
    const along = i + 0.5 - start;
    if (along >= 0 && along < extent) setLinear(plan, i, (along * input) / extent - 0.5, input);
  }
  return plan;
}

/** Linear between corner pixels, src = i·(input−1)/(output−1): torch align_corners=True, scipy's zoom of order 1. */
export function linearCorners(input: number, output: number): Sampling {
  const plan = newSampling(output, 2);
  const scale = output > 1 ? (input - 1) / (output - 1) : 0;
  for (let i = 0; i < output; i++) setLinear(plan, i, i * scale, input);
  return plan;
}

/** Keys cubic (a = −0.75) between pixel centres, borders replicated: OpenCV INTER_CUBIC, torch bicubic. */
export function cubic(input: number, output: number): Sampling {
  const plan = newSampling(output, 4);
  for (let i = 0; i < output; i++) {
    const source = ((i + 0.5) * input) / output - 0.5;
    const base = Math.floor(source) - 1;
    const first = Math.min(Math.max(base, 0), input - 1);
    plan.first[i] = first;
    for (let t = 0; t < 4; t++) {
      const at = Math.min(Math.max(base + t, 0), input - 1) - first;
      plan.weights[i * 4 + at]! += keysCubic(source - (base + t), -0.75);
      plan.count[i] = at + 1;
    }
  }
  return plan;
}

/** floor(i·input/output) as OpenCV INTER_NEAREST and torch "nearest"; with `offset` ½ half-pixel as "nearest-exact". */
export function nearestSample(input: number, output: number, offset: 0 | 0.5): Sampling {
  const plan = newSampling(output, 1);
  plan.count.fill(1);
  plan.weights.fill(1);
  for (let i = 0; i < output; i++) plan.first[i] = Math.min(Math.floor((i + offset) * (input / output)), input - 1);
  return plan;
}

/** The plan of outputs [from, from + size) alone. */
export function slice(plan: Sampling, from: number, size: number): Sampling {
  return {
    size,
    taps: plan.taps,
    first: plan.first.subarray(from, from + size),
    count: plan.count.subarray(from, from + size),
    weights: plan.weights.subarray(from * plan.taps, (from + size) * plan.taps),
  };
}

/** Two taps around `source`, or one where it lies outside of the first or last centre. */
function setLinear(plan: Sampling, i: number, source: number, input: number): void {
  const inside = Math.min(Math.max(source, 0), input - 1);
  const first = Math.floor(inside);
  const fraction = inside - first;
  plan.first[i] = first;
  plan.count[i] = fraction === 0 ? 1 : 2;
  plan.weights[i * 2] = 1 - fraction;
  plan.weights[i * 2 + 1] = fraction;
}
