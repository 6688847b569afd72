/**
 * Everything in a configuration that is not supported, found before anything is built and told in one error. Layers that hold
 * code are refused by name: nothing in a file is ever run.
 */
import { GradCamError } from "../../errors.ts";
import { activationProblem } from "./layers/activation-functions.ts";
import { findRule } from "./layers/index.ts";
import type { LayerConfig, ModelConfig } from "./config.ts";

/** Layers that hold code of their own, or a program in another format. */
const UNSAFE: ReadonlyMap<string, string> = new Map([
  ["Lambda", "code of the file's writer"],
  ["TFSMLayer", "a TensorFlow program"],
]);

/** Of attributes that mean the same in all layers, the values that are known. */
const KNOWN: readonly (readonly [attribute: string, values: readonly unknown[]])[] = [
  ["data_format", [undefined, "channels_last"]],
  ["interpolation", [undefined, "nearest", "bilinear", "bicubic"]],
  // The variance of what the mean was not taken off.
  ["rms_scaling", [undefined, false]],
];

interface Problem {
  readonly isUnsafe: boolean;
  readonly text: string;
}

/** Throws E_UNSAFE_LAYER or E_UNSUPPORTED_LAYER with all of them. */
export function refuseUnsupported(model: ModelConfig, where: string): void {
  const problems = problemsOf(model);
  if (problems.length === 0) return;
  const isUnsafe = problems.some((problem) => problem.isUnsafe);
  throw new GradCamError(isUnsafe ? "E_UNSAFE_LAYER" : "E_UNSUPPORTED_LAYER", {
    where,
    expected: isUnsafe ? "layers without code of their own" : "layers of Keras that image networks use",
    got: problems.map(({ text }) => text).join("; "),
    hint: isUnsafe
      ? "code from files is never run: build the network from Keras's own layers and save it again"
      : "docs/models.md lists what is supported",
  });
}

function problemsOf({ layers }: ModelConfig): Problem[] {
  return layers.flatMap((layer) => {
    const inner = layer.model ? problemsOf(layer.model) : [];
    const own = problemOf(layer);
    const isUnsafe = UNSAFE.has(layer.kind);
    return [...(own === undefined ? [] : [{ isUnsafe, text: `${layer.kind} "${layer.name}": ${own}` }]), ...inner];
  });
}

function problemOf(layer: LayerConfig): string | undefined {
  const { kind, attributes, isCustom, model, calls } = layer;
  const unsafe = UNSAFE.get(kind);
  if (unsafe !== undefined) return unsafe;
  if (isCustom) return "a custom layer, whose program is not in the file";
  if (kind === "InputLayer") return calls.length > 0 ? "called like a layer" : undefined;
  if (model) return undefined;
  if (!findRule(layer)) return "not supported";
  const [attribute] = KNOWN.find(([name, values]) => !values.includes(attributes.raw(name))) ?? [];
  if (attribute !== undefined) return `${attribute} ${JSON.stringify(attributes.raw(attribute))}`;
  if (kind === "BatchNormalization" && calls.some(({ kwargs }) => kwargs.get("training") === true)) {
    return "called with training=True";
  }
  return activationProblem(attributes);
}
