/** Layers that answer with what they are given: they act in training only, or tell Keras something. */
import { type LayerRule, type LayerRules, only } from "./rule.ts";

const same: LayerRule = (call) => only(call);

export const noOpRules: LayerRules = {
  Identity: same,
  ActivityRegularization: same,
  Dropout: same,
  SpatialDropout2D: same,
  AlphaDropout: same,
  GaussianDropout: same,
  GaussianNoise: same,
  // ConvNeXt's, in training only.
  StochasticDepth: same,
  RandomBrightness: same,
  RandomColorDegeneration: same,
  RandomColorJitter: same,
  RandomContrast: same,
  RandomElasticTransform: same,
  RandomErasing: same,
  RandomFlip: same,
  RandomGaussianBlur: same,
  RandomGrayscale: same,
  RandomHue: same,
  RandomInvert: same,
  RandomPerspective: same,
  RandomPosterization: same,
  RandomRotation: same,
  RandomSaturation: same,
  RandomSharpness: same,
  RandomShear: same,
  RandomTranslation: same,
  RandomZoom: same,
};
