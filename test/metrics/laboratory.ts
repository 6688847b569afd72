/** Trials without a network: probabilities and maps are functions of the picture, so that what must come out is known. */
import type { Planes } from "../../src/cam/method.ts";
import type { Map2D, Rect } from "../../src/image/image.ts";
import type { Cascade, Trial } from "../../src/metrics/metric.ts";
import { metricCalled, type MetricName } from "../../src/metrics/index.ts";
import type { Measurement } from "../../src/metrics/metric.ts";
import { optionValues } from "../../src/method-options.ts";
import { randomStream } from "../../src/random.ts";
import { seeded } from "../support/random.ts";

export const SIDE = 12;
export const PIXELS = SIDE * SIDE;
const CHANNELS = 3;

export interface Setup {
  readonly map: Float32Array;
  readonly probability?: (picture: Float32Array) => number;
  readonly explain?: (picture: Float32Array) => Float32Array;
  readonly boxes?: readonly Rect[];
  readonly cascade?: Cascade;
  readonly seed?: number;
}

export const mapOf = (data: Float32Array): Map2D => ({ data, width: SIDE, height: SIDE });

/** Distinct numbers from 0 to 1. */
export const someMap = (seed = 5): Float32Array => {
  const { data } = seeded(seed).array([PIXELS]);
  const order = [...data.keys()].sort((a, b) => data[a]! - data[b]!);
  const map = new Float32Array(PIXELS);
  order.forEach((pixel, place) => (map[pixel] = place / (PIXELS - 1)));
  return map;
};

export const picture: Planes = {
  data: Float32Array.from(seeded(2).array([PIXELS * CHANNELS]).data, (value) => 1 + value / 2),
  height: SIDE,
  width: SIDE,
  channels: CHANNELS,
};

/** A positive weight for every number of the picture; they sum to a probability. */
const weights = Float32Array.from(seeded(8).array([PIXELS * CHANNELS]).data, (value) => (1.1 + value) / 2000);
export const linear = (values: Float32Array): number => values.reduce((sum, value, i) => sum + weights[i]! * value, 0);
/** What each pixel contributes to it. */
export const contributions = (values: Float32Array = picture.data): Float32Array =>
  Float32Array.from({ length: PIXELS }, (_, pixel) =>
    [0, 1, 2].reduce((sum, c) => sum + weights[pixel * 3 + c]! * values[pixel * 3 + c]!, 0),
  );

export function trialOf({
  map,
  probability = linear,
  explain = () => map,
  boxes = [],
  cascade,
  seed = 0,
}: Setup): Trial {
  const probabilities: Trial["probabilities"] = (series) => {
    const all = Float64Array.from({ length: series.count }, (_, i) => {
      const into = new Float32Array(picture.data.length).fill(NaN);
      series.write(i, into);
      return probability(into);
    });
    return Promise.resolve(all);
  };
  return {
    input: picture,
    map: mapOf(map),
    placed: mapOf(map),
    boxes,
    probability: Promise.resolve(probability(picture.data)),
    probabilities,
    own: Promise.resolve(mapOf(explain(picture.data))),
    again: (values) => Promise.resolve(mapOf(explain(values))),
    cascade: (work) => (cascade ? work(cascade) : Promise.reject(new Error("no cascade here"))),
    random: (stream) => randomStream(seed, stream),
  };
}

type Options = Readonly<Record<string, number>>;

export async function measure(name: MetricName, setup: Setup, options: Options = {}): Promise<Measurement> {
  const metric = metricCalled(name);
  return metric.measure(trialOf(setup), optionValues(name, metric.options, options));
}

export const valueOf = async (name: MetricName, setup: Setup, options?: Options): Promise<number> =>
  (await measure(name, setup, options)).value;

export const map = someMap();
export const ones = new Float32Array(PIXELS).fill(1);
export const blank = new Float32Array(PIXELS);
export const reversed = map.map((value) => 1 - value);

/** The pictures that a metric asks the network about, in their order. */
export async function seenBy(
  name: MetricName,
  setup: Setup,
  options: Readonly<Record<string, number>>,
): Promise<Float32Array[]> {
  const seen: Float32Array[] = [];
  const probability = (values: Float32Array): number => (seen.push(values.slice()), linear(values));
  await measure(name, { ...setup, probability }, options);
  // trialOf asks for the picture itself before anything else.
  return seen.slice(1);
}
