/**
 * From a raw map to numbers that a picture is painted with. The papers clip and divide by the maximum; packages differ in
 * this more than in their formulas, so each recipe is a pipeline of its own.
 */
import type { Compat } from "./cam/compat.ts";
import { normalized, type Sign } from "./cam/normalize.ts";
import type { Map2D } from "./image/image.ts";
import { type MapResize, resizeMap } from "./image/resize-map.ts";
import type { Prepared } from "./prepare.ts";
import type { ScoreKind } from "./target.ts";

export interface Pipeline {
  /** What is differentiated unless the caller says otherwise. */
  readonly score: ScoreKind;
  /** Raw maps are means over channels where the paper has sums: a factor that only raw numbers show. */
  readonly meanOverChannels?: true;
  readonly normalize: (raw: Float32Array, sign: Sign) => Float32Array;
  /** A size at which the map is finished before it is put on the picture: that of the input. */
  readonly atInput?: { readonly resize: MapResize; readonly finish: (values: Float32Array) => Float32Array };
}

/** (v − min) / (max − min + eps), or / max(…, eps). */
const minMax =
  (divisor: (range: number) => number) =>
  (values: Float32Array): Float32Array => {
    const [low, high] = extremes(values);
    return values.map((value) => (value - low) / divisor(high - low));
  };

const clipped = (raw: Float32Array, sign: Sign): Float32Array =>
  sign === "signed" ? raw : raw.map((value) => Math.max(0, sign === "negative" ? -value : value));

const clip01 = (values: Float32Array): Float32Array => values.map((value) => Math.min(1, Math.max(0, value)));

const jacobMinMax = minMax((range) => 1e-7 + range);
const torchcamMinMax = minMax((range) => range + 1e-8);

/** The formulas of the papers, and what their packages make of them. */
const PIPELINES: Readonly<Record<Compat | "paper", Pipeline>> = {
  paper: { score: "logit", normalize: normalized },
  /** François Chollet's recipe of 2017: the probability, a mean over channels. */
  chollet: { score: "probability", meanOverChannels: true, normalize: normalized },
  /** keras.io's page: logits, ReLU, division by the maximum. */
  "keras-io": { score: "logit", normalize: normalized },
  /** utils/image.py: min–max at the layer's size, OpenCV's linear resize to the input's size, min–max again. */
  "pytorch-grad-cam": {
    score: "logit",
    normalize: (raw, sign) => jacobMinMax(clipped(raw, sign)),
    atInput: { resize: "bilinear", finish: jacobMinMax },
  },
  /** methods/core.py: ReLU, min–max at the layer's size; the overlay is bicubic. */
  torchcam: {
    score: "logit",
    normalize: (raw, sign) => torchcamMinMax(clipped(raw, sign)),
    atInput: { resize: "bicubic", finish: clip01 },
  },
};

export const pipelineOf = (compat: Compat | undefined): Pipeline => PIPELINES[compat ?? "paper"];

/** The map at the size of the picture that was passed in. */
export function finished({ normalize, atInput }: Pipeline, raw: Map2D, sign: Sign, prepared: Prepared): Map2D {
  const small = { ...raw, data: normalize(raw.data, sign) };
  if (!atInput) return prepared.place(small);
  const [height, width] = prepared.tensor.shape.slice(-3) as [number, number, number];
  const large = resizeMap(small, width, height, atInput.resize);
  return prepared.place({ ...large, data: atInput.finish(large.data) });
}

function extremes(values: Float32Array): [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}
