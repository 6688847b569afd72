/** The steps from raw maps to finished ones that the papers, an article and three packages take. docs/compat.md says how they differ. */
import type { Compat } from "./cam/compat.ts";
import { extremes, normalized, type Sign } from "./cam/normalize.ts";
import type { Fusion } from "./fuse.ts";
import type { MapResize } from "./image/resize-map.ts";
import type { MethodName } from "./methods.ts";
import type { ScoreKind } from "./target.ts";

type Values = (values: Float32Array) => Float32Array;

export interface Pipeline {
  /** What is differentiated unless the caller says otherwise. */
  readonly score: ScoreKind;
  /** Raw maps are means over channels where the paper has sums: a factor that only raw numbers show. */
  readonly meanOverChannels?: true;
  readonly normalize: (raw: Float32Array, sign: Sign) => Float32Array;
  /** How maps reach the size of the input, or of a picture that was squashed, before they are put on the picture. */
  readonly enlarge?: { readonly to: "input" | "picture"; readonly resize: MapResize; readonly finish: Values };
  /** How maps of several layers are combined unless the caller says otherwise, and what is done to each of them first. */
  readonly fuse?: Fusion;
  readonly beforeFusion?: Readonly<Partial<Record<MethodName, (value: number) => number>>>;
  /** Combinations of finished maps, which are not normalised again. */
  readonly settles?: readonly ("fused" | "aug")[];
}

/** (v − min) / (max − min + eps), or / max(…, eps). */
const minMax =
  (divisor: (range: number) => number): Values =>
  (values) => {
    const [low, high] = extremes(values);
    return values.map((value) => (value - low) / divisor(high - low));
  };

const clipped = (raw: Float32Array, sign: Sign): Float32Array =>
  sign === "signed" ? raw : raw.map((value) => Math.max(0, sign === "negative" ? -value : value));

const clip01: Values = (values) => values.map((value) => Math.min(1, Math.max(0, value)));

const jacobMinMax = minMax((range) => 1e-7 + range);
const torchcamMinMax = minMax((range) => range + 1e-8);

/** The formulas of the papers, and what their packages make of them. */
const PIPELINES: Readonly<Record<Compat | "paper", Pipeline>> = {
  paper: { score: "logit", normalize: normalized },
  /** François Chollet's recipe of 2017: the probability, a mean over channels. */
  chollet: { score: "probability", meanOverChannels: true, normalize: normalized },
  /** keras.io's page: logits, ReLU, division by the maximum. */
  "keras-io": { score: "logit", normalize: normalized },
  /** base_cam.py, utils/image.py: min–max, OpenCV's linear resize to the input's size, mean over layers, min–max again. */
  "pytorch-grad-cam": {
    score: "logit",
    normalize: (raw, sign) => jacobMinMax(clipped(raw, sign)),
    enlarge: { to: "input", resize: "bilinear", finish: jacobMinMax },
    fuse: "mean",
    settles: ["fused", "aug"],
  },
  /** methods/core.py: ReLU, min–max at the layer's size, maximum over layers; utils.py: Pillow's BICUBIC to the picture. */
  torchcam: {
    score: "logit",
    normalize: (raw, sign) => torchcamMinMax(clipped(raw, sign)),
    enlarge: { to: "picture", resize: "pillow-bicubic", finish: clip01 },
    fuse: "max",
    beforeFusion: { "layer-cam": (value) => Math.tanh(2 * value) },
    settles: ["fused"],
  },
};

export const pipelineOf = (compat: Compat | undefined): Pipeline => PIPELINES[compat ?? "paper"];
