/** The preprocessing habits of the well-known model families, under the names Keras gave to most of them. */
import { GradCamError } from "../errors.ts";
import { checkPreprocess } from "./check-preprocess.ts";
import { checkChoice } from "./choice.ts";
import { type FitRule } from "./geometry.ts";
import type { Preprocess } from "./preprocess.ts";

const PLAIN: Preprocess = {
  size: [224, 224],
  fit: "squash",
  resize: "bilinear",
  antialias: true,
  channels: "rgb",
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

const IMAGENET = { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

const PRESETS = {
  /** BGR minus the mean colour, no scaling: Keras' VGG16, VGG19 and ResNet50/101/152. */
  caffe: { ...PLAIN, channels: "bgr", mean: [103.939, 116.779, 123.68] },
  /** −1 … 1: Keras' MobileNet, MobileNetV2, Inception, Xception, ResNetV2. */
  tf: { ...PLAIN, scale: 1 / 127.5, mean: [1, 1, 1] },
  /** 0 … 1: many small networks, and what TensorFlow.js examples use. */
  unit: { ...PLAIN, scale: 1 / 255 },
  /** ImageNet mean and deviation on the whole picture: Keras' DenseNet. */
  torch: { ...PLAIN, ...IMAGENET },
  /** The same values by torchvision's geometry: short side to 256, middle 224 × 224. */
  torchvision: { ...PLAIN, ...IMAGENET, fit: "crop", shortSide: 256 },
  /** Bytes as they are, bicubic: Keras' EfficientNets, which rescale inside of the graph. */
  efficientnet: { ...PLAIN, resize: "bicubic" },
  /** (x − 127) / 128, bicubic: EfficientNet-Lite, the embedded model. */
  "efficientnet-lite": { ...PLAIN, resize: "bicubic", mean: [127, 127, 127], std: [128, 128, 128] },
  /** Bytes as they are: models that rescale inside of the graph. */
  none: PLAIN,
} as const satisfies Record<string, Preprocess>;

/** The name of a preset of preprocessing: docs/pictures.md. */
export type PresetName = keyof typeof PRESETS;

/** Every preset of preprocessing. */
export const PRESET_NAMES = Object.keys(PRESETS) as readonly PresetName[];

/** A preset or a full description, with the fit of a particular model. Throws E_OPTION for an unknown name. */
export function resolvePreprocess(preprocess: PresetName | Preprocess, fit: Partial<FitRule> = {}): Preprocess {
  if (typeof preprocess === "string") checkChoice(preprocess, PRESET_NAMES, "preprocess");
  const spec: Preprocess = { ...(typeof preprocess === "string" ? PRESETS[preprocess] : preprocess), ...fit };
  checkPreprocess(spec, "preprocess");
  return spec;
}

/**
 * The same preset for a network with one channel of luminance, where that means anything: not where every channel has values
 * of its own. Throws E_OPTION.
 */
export function inGray(preprocess: PresetName | Preprocess): PresetName | Preprocess {
  if (typeof preprocess !== "string") return preprocess;
  const { mean, std, ...preset } = resolvePreprocess(preprocess);
  const alike = [mean, std].every((values) => values.every((value) => value === values[0]));
  if (alike) return { ...preset, channels: "gray", mean: mean.slice(0, 1), std: std.slice(0, 1) };
  const expected = "a preset that treats all channels alike (none, unit, tf, …): the model takes one channel";
  throw new GradCamError("E_OPTION", { where: "preprocess", expected, got: `"${preprocess}"` });
}
