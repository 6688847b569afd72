/**
 * The gradient g of a class score f by the input x, against finite differences of that score, in two ways.
 * At single coordinates: the slopes (f(x + h) − f(x)) / h and (f(x) − f(x − h)) / h to either side; g agrees where it lies between
 * them. Where ReLUs bend within a step they differ, so this finds gross errors and parts that are missing. Coordinates are
 * drawn by |g|, since rounding of the score drowns small ones.
 * Along the gradient: (f(x + h·g/‖g‖) − f(x − h·g/‖g‖)) / 2h is ‖g‖. There the score changes most, a step can be so short that
 * hardly anything bends, and an error of some per cent shows.
 */
import type { Model } from "../model.ts";
import { randomStream } from "../random.ts";
import type { HostTensor } from "../tensor.ts";

/** Steps of a coordinate, in standard deviations of the input. */
const STEPS = [0.1, 0.03, 0.01, 0.003];
/** Relative difference up to which a coordinate agrees, and the share of them that must. */
const TOLERANCE = 0.05;
const ENOUGH = 0.75;
/** The score is summed in f32: what rounding may move it by, relative to it. A step is too short when that is much of the slope. */
const ROUNDING = 2 ** -21;
const MOST_ROUNDING = 0.2;

/** How much of itself the score changes along the gradient, and how near to 1 the slope there must be to ‖g‖. */
const SHARES = [1e-3, 3e-4];
const RATIO_TOLERANCE = 0.05;

interface Coordinate {
  readonly index: number;
  readonly gradient: number;
  /** The slopes to either side. */
  readonly differences: readonly [behind: number, ahead: number];
  /** How far the gradient is from between them, beyond rounding, relative to it. */
  readonly error: number;
}

interface GradientCheck {
  readonly ok: boolean;
  readonly agreeing: number;
  /** The slope along the gradient, divided by the gradient's length. */
  readonly ratio: number;
  readonly coordinates: readonly Coordinate[];
}

/** The score of a changed copy of the input. */
type ScoreAt = (change: (data: Float32Array) => void) => Promise<number>;

/** @param model only its gradients are asked for; @param of the class */
export async function checkGradients(
  model: Pick<Model, "gradients">,
  input: HostTensor,
  of: number,
  count: number,
  signal?: AbortSignal,
): Promise<GradientCheck> {
  const asked = signal ? { of, signal } : { of };
  const { value, gradients } = await model.gradients(input, { ...asked, wrt: ["input"] });
  const gradient = gradients["input"]!.data;
  const scoreAt: ScoreAt = async (change) => {
    const data = input.data.slice();
    change(data);
    return (await model.gradients({ ...input, data }, { ...asked, wrt: [] })).value;
  };
  const deviation = deviationOf(input.data);
  const coordinates: Coordinate[] = [];
  for (const index of draw(gradient, count)) {
    coordinates.push(await slopesAt(index, gradient[index]!, value, deviation, scoreAt));
  }
  const ratio = await ratioAlong(gradient, value, scoreAt);
  const agreeing = coordinates.filter(({ error }) => error <= TOLERANCE).length;
  const ok = agreeing >= ENOUGH * coordinates.length && Math.abs(ratio - 1) <= RATIO_TOLERANCE;
  return { ok, agreeing, ratio, coordinates };
}

/** The step at which a coordinate agrees best. */
async function slopesAt(
  index: number,
  gradient: number,
  value: number,
  deviation: number,
  scoreAt: ScoreAt,
): Promise<Coordinate> {
  let best: Coordinate | undefined;
  for (const step of STEPS) {
    const h = step * deviation;
    const rounding = (ROUNDING * Math.abs(value)) / h / Math.abs(gradient);
    if (best && (rounding > MOST_ROUNDING || best.error <= TOLERANCE)) break;
    const behind = (value - (await scoreAt((data) => (data[index]! -= h)))) / h;
    const ahead = ((await scoreAt((data) => (data[index]! += h))) - value) / h;
    const beyond = Math.max(Math.min(behind, ahead) - gradient, gradient - Math.max(behind, ahead), 0);
    const error = Math.max(0, beyond / Math.abs(gradient) - rounding);
    if (!best || error < best.error) best = { index, gradient, differences: [behind, ahead], error };
  }
  return best!;
}

async function ratioAlong(gradient: Float32Array, value: number, scoreAt: ScoreAt): Promise<number> {
  const length = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
  let best = NaN;
  for (const share of SHARES) {
    const h = (share * Math.max(Math.abs(value), 1e-3)) / length;
    const along = (step: number) => (data: Float32Array) => {
      for (let i = 0; i < data.length; i++) data[i]! += (step * gradient[i]!) / length;
    };
    const ratio = ((await scoreAt(along(h))) - (await scoreAt(along(-h)))) / (2 * h * length);
    if (!(Math.abs(best - 1) <= Math.abs(ratio - 1))) best = ratio;
  }
  return best;
}

/** `count` coordinates, each with a probability that is its share of Σ|g|; fewer where fewer have a gradient. */
function draw(gradient: Float32Array, count: number): number[] {
  const total = gradient.reduce((sum, g) => sum + Math.abs(g), 0);
  const random = randomStream(0, 0);
  const drawn = new Set<number>();
  for (let tries = 0; total > 0 && drawn.size < count && tries < 100 * count; tries++) {
    let rest = random.uniform(0, total);
    const index = gradient.findIndex((g) => (rest -= Math.abs(g)) < 0);
    if (index >= 0) drawn.add(index);
  }
  return [...drawn];
}

function deviationOf(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return Math.sqrt(variance) || 1;
}
