/**
 * Is a picture prepared as in training? The four common presets are tried beside the model's own. The first batch norm remembers
 * what it saw in training, and is asked first; where there is none, only the confidence of the answers can be compared, and that of
 * inputs many times too large means nothing.
 */
import type { Image } from "../image/image.ts";
import { preprocess, type Preprocess } from "../image/preprocess.ts";
import { type PresetName, resolvePreprocess } from "../image/presets.ts";
import type { Model } from "../model.ts";

const COMMON: readonly PresetName[] = ["tf", "torch", "caffe", "none"];

interface Candidate {
  /** "the model's own", or a preset. */
  readonly name: string;
  readonly preprocess: Preprocess;
  /** The first class. */
  readonly index: number;
  readonly label: string;
  readonly probability: number;
  /** How far the first batch norm's inputs are from training; undefined where there is none. */
  readonly distance?: number;
}

export interface PreprocessCheck {
  /** What fits far better than the model's own. */
  readonly better: Candidate | undefined;
  /** The model's own first. */
  readonly candidates: readonly Candidate[];
}

/** Another preset has to be nearer than this share of the own one's distance, and the own one farther than NEAR. */
const MUCH_NEARER = 0.5;
const NEAR = 1;
/** Without batch norms: so much more probable. */
const MUCH_SURER = 0.4;

export async function checkPreprocessing(model: Model, image: Image, signal?: AbortSignal): Promise<PreprocessCheck> {
  const own = model.preprocess;
  const others = own.channels === "gray" ? [] : COMMON.filter((preset) => !alike(own, resolve(own, preset)));
  const tried: [string, Preprocess][] = [
    ["the model's own", own],
    ...others.map((preset): [string, Preprocess] => [preset, resolve(own, preset)]),
  ];
  const candidates: Candidate[] = [];
  for (const [name, spec] of tried) candidates.push(await tryOn(model, image, name, spec, signal));
  return { better: findBetter(candidates), candidates };
}

function findBetter([own, ...others]: readonly Candidate[]): Candidate | undefined {
  if (own!.distance !== undefined) {
    const [nearest] = others.toSorted((a, b) => a.distance! - b.distance!);
    return nearest && own!.distance > NEAR && nearest.distance! < MUCH_NEARER * own!.distance ? nearest : undefined;
  }
  const [surest] = others.toSorted((a, b) => b.probability - a.probability);
  return surest && surest.probability > own!.probability + MUCH_SURER ? surest : undefined;
}

/** The values of a preset with the geometry of the model. */
const resolve = ({ size, fit, resize, antialias }: Preprocess, preset: PresetName): Preprocess => ({
  ...resolvePreprocess(preset, { size, fit }),
  resize,
  antialias,
});

const alike = (a: Preprocess, b: Preprocess): boolean =>
  a.channels === b.channels && a.scale === b.scale && [a.mean, a.std].join() === [b.mean, b.std].join();

async function tryOn(
  model: Model,
  image: Image,
  name: string,
  spec: Preprocess,
  signal: AbortSignal | undefined,
): Promise<Candidate> {
  const { classify } = await import("../node.ts");
  const input = preprocess(image, spec);
  const conduct = signal ? { signal } : {};
  const [first] = await classify(model, input, { top: 1, ...conduct });
  const statistics = await model.trainedStatistics();
  const { index, label, probability } = first!;
  const answer = { name, preprocess: spec, index, label, probability };
  if (!statistics) return answer;
  const { [statistics.tensor]: seen } = await model.run(input, { outputs: [statistics.tensor], ...conduct });
  return { ...answer, distance: distanceOf(seen!.data, statistics) };
}

/** The mean over channels of |Δmean| / σ and |ln(variance ratio)| / 2: how many deviations, and how many e-folds of scale. */
function distanceOf(
  values: Float32Array,
  { mean, variance }: { readonly mean: Float32Array; readonly variance: Float32Array },
): number {
  const channels = mean.length;
  const [sums, squares] = [new Float64Array(channels), new Float64Array(channels)];
  values.forEach((value, i) => {
    sums[i % channels]! += value;
    squares[i % channels]! += value * value;
  });
  const count = values.length / channels;
  let total = 0;
  for (let c = 0; c < channels; c++) {
    const average = sums[c]! / count;
    const spread = squares[c]! / count - average ** 2;
    // A channel that hardly ever moved says nothing by its ratio.
    const trained = variance[c]! + 1e-6;
    total += Math.abs(average - mean[c]!) / Math.sqrt(trained);
    total += Math.abs(Math.log((Math.max(spread, 0) + 1e-6) / trained)) / 2;
  }
  return total / channels;
}
