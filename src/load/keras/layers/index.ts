/** The layer table: Keras classes and what they become. Adding a layer is a line in its family's file. */
import type { LayerConfig } from "../config.ts";
import { activationRules } from "./activations.ts";
import { convolutionRules } from "./convolutions.ts";
import { mergingRules } from "./merging.ts";
import { noOpRules } from "./no-ops.ts";
import { normalizationRules } from "./normalization.ts";
import { functionRules, operationRules } from "./operations.ts";
import { poolingRules } from "./pooling.ts";
import { preprocessingRules } from "./preprocessing.ts";
import { reshapingRules } from "./reshaping.ts";
import { resizingRules } from "./resizing.ts";
import type { LayerRule, LayerRules } from "./rule.ts";

const tableOf = (...families: readonly LayerRules[]): ReadonlyMap<string, LayerRule> =>
  new Map(families.flatMap((family) => Object.entries(family)));

const LAYERS = tableOf(
  activationRules,
  convolutionRules,
  mergingRules,
  noOpRules,
  normalizationRules,
  poolingRules,
  preprocessingRules,
  reshapingRules,
  resizingRules,
);
const OPERATIONS = tableOf(operationRules);
const FUNCTIONS = tableOf(functionRules);

/**
 * The rule for a layer, or for an operation of `keras.ops` or TensorFlow that was called between layers. The `.h5` of Keras 3 does not
 * say which it is; layers are called with tensors alone.
 */
export function findRule({ kind, module, attributes, calls }: LayerConfig): LayerRule | undefined {
  if (kind === "TFOpLambda") return FUNCTIONS.get(String(attributes.raw("function")));
  const takesNumbers = calls.some(({ args }) => args.some((argument) => typeof argument === "number"));
  const layer = takesNumbers ? undefined : LAYERS.get(kind);
  if (module === undefined) return layer ?? OPERATIONS.get(kind);
  return /\.ops\b/.test(module) ? OPERATIONS.get(kind) : layer;
}
