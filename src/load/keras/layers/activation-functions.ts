/** Activation functions, fused into layers by name or layers of their own. After keras/src/activations/activations.py. */
import type { AttrsOf, ValueId } from "../../../graph/graph.ts";
import { show } from "../../show.ts";
import { Attributes } from "../attributes.ts";
import { onLastAxis } from "./on-last-axis.ts";
import type { LayerCall } from "./rule.ts";

/** Adds the function's nodes, the last of which is called `name`. */
export type ActivationRule = (call: LayerCall, x: ValueId, name: string, attributes: Attributes) => ValueId;

const relu6: ActivationRule = (call, x, name) => call.node("clippedRelu", name, [x], { max: 6 });
const swish: ActivationRule = (call, x, name) => call.node("swish", name, [x], {});
const hardSwish: ActivationRule = (call, x, name) => call.node("hardSwish", name, [x], {});

/** Keras 2: clip(0.2·x + 0.5, 0, 1). Keras 3: relu6(x + 3) / 6. */
const hardSigmoid: ActivationRule = (call, x, name) =>
  call.node("hardSigmoid", name, [x], { alpha: call.kerasMajor >= 3 ? 1 / 6 : 0.2, beta: 0.5 });

/** clip(x, −1, 1) = min(relu(x + 1), 2) − 1 */
const hardTanh: ActivationRule = (call, x, name) => {
  const one = call.constant("one", [1], [1]);
  const raised = call.node("add", `${name}/raised`, [x, one], {});
  return call.node("sub", name, [call.node("clippedRelu", `${name}/clipped`, [raised], { max: 2 }), one], {});
};

const tanhShrink: ActivationRule = (call, x, name) =>
  call.node("sub", name, [x, call.node("tanh", `${name}/tanh`, [x], {})], {});

/** Over an axis of the tensor, the last by default. */
const softmax: ActivationRule = (call, x, name, attributes) => {
  const rank = call.shape(x).length;
  const [axis = -1, ...others] = attributes.integers("axis") ?? [];
  const positive = axis < 0 ? axis + rank : axis;
  if (others.length > 0 || positive < 1 || positive >= rank)
    throw attributes.invalid("axis", "one axis behind the batch", axis);
  return softmaxOver(call, x, name, positive);
};

/** @param axis counted from the front */
export function softmaxOver(call: LayerCall, x: ValueId, name: string, axis: number): ValueId {
  return onLastAxis(call, x, axis, { name, part: "softmax" }, (inner, turned) =>
    call.node("softmax", inner, [turned], {}),
  );
}

/** max_value where x ≥ max_value, x where x ≥ threshold, else negative_slope·(x − threshold). */
const reluLayer: ActivationRule = (call, x, name, attributes) => {
  const max = attributes.number("max_value");
  const slope = attributes.number("negative_slope") ?? attributes.number("alpha") ?? 0;
  const threshold = attributes.number("threshold") ?? 0;
  if (threshold !== 0) return steppedRelu(call, x, name, { max, slope, threshold });
  if (slope === 0) {
    return max === undefined ? call.node("relu", name, [x], {}) : call.node("clippedRelu", name, [x], { max });
  }
  const leaky = call.node("leakyRelu", max === undefined ? name : `${name}/leaky`, [x], { alpha: slope });
  return max === undefined ? leaky : call.node("minimum", name, [leaky, call.constant("max_value", [max], [1])], {});
};

interface Step {
  readonly max: number | undefined;
  readonly slope: number;
  readonly threshold: number;
}

/** x where x > threshold, else 0, between 0 and max where there is one; less slope·(threshold − x) below the threshold. */
function steppedRelu(call: LayerCall, x: ValueId, name: string, { max, slope, threshold }: Step): ValueId {
  const attrs = { fn: "threshold", alpha: threshold, beta: 0 } as const;
  const isLast = slope === 0;
  const above = call.node("unary", isLast && max === undefined ? name : `${name}/above`, [x], attrs);
  const kept =
    max === undefined ? above : call.node("clippedRelu", isLast ? name : `${name}/clipped`, [above], { max });
  if (isLast) return kept;
  const missing = call.node("sub", `${name}/missing`, [call.constant("threshold", [threshold], [1]), x], {});
  const below = call.node("relu", `${name}/below`, [missing], {});
  const leak = call.node("mul", `${name}/leak`, [below, call.constant("negative_slope", [slope], [1])], {});
  return call.node("sub", name, [kept, leak], {});
}

/** Keras 2's layer: x where x > theta, else 0. */
const thresholdedReluLayer: ActivationRule = (call, x, name, attributes) =>
  call.node("unary", name, [x], { fn: "threshold", alpha: attributes.number("theta") ?? 1, beta: 0 });

const leakyReluLayer: ActivationRule = (call, x, name, attributes) => {
  const alpha = attributes.number("negative_slope") ?? attributes.number("alpha") ?? 0.3;
  return call.node("leakyRelu", name, [x], { alpha });
};

const eluLayer: ActivationRule = (call, x, name, attributes) =>
  call.node("elu", name, [x], { alpha: attributes.number("alpha") ?? 1 });

/** One of those without a kernel, with the numbers that Keras's functions have. */
const unary =
  (attrs: AttrsOf<"unary">): ActivationRule =>
  (call, x, name) =>
    call.node("unary", name, [x], attrs);

/** Named functions; "linear" adds nothing. */
const FUNCTIONS: ReadonlyMap<string, ActivationRule> = new Map<string, ActivationRule>([
  ["relu", (call, x, name) => call.node("relu", name, [x], {})],
  ["relu6", relu6],
  ["leaky_relu", (call, x, name) => call.node("leakyRelu", name, [x], { alpha: 0.2 })],
  ["elu", (call, x, name) => call.node("elu", name, [x], { alpha: 1 })],
  ["celu", (call, x, name) => call.node("elu", name, [x], { alpha: 1 })],
  ["selu", (call, x, name) => call.node("selu", name, [x], {})],
  ["gelu", (call, x, name) => call.node("gelu", name, [x], { approximate: false })],
  ["silu", swish],
  ["swish", swish],
  ["hard_sigmoid", hardSigmoid],
  ["hard_silu", hardSwish],
  ["hard_swish", hardSwish],
  ["hard_tanh", hardTanh],
  ["sigmoid", (call, x, name) => call.node("sigmoid", name, [x], {})],
  ["tanh", (call, x, name) => call.node("tanh", name, [x], {})],
  ["tanh_shrink", tanhShrink],
  ["softplus", (call, x, name) => call.node("softplus", name, [x], {})],
  ["softsign", (call, x, name) => call.node("softsign", name, [x], {})],
  ["softmax", (call, x, name) => call.node("softmax", name, [x], {})],
  ["log_softmax", (call, x, name) => call.node("logSoftmax", name, [x], { axis: -1 })],
  ["log_sigmoid", unary({ fn: "logSigmoid" })],
  ["hard_shrink", unary({ fn: "hardShrink", alpha: 0.5 })],
  ["soft_shrink", unary({ fn: "softShrink", alpha: 0.5, beta: 0.5 })],
  ["sparse_plus", unary({ fn: "sparsePlus" })],
  ["squareplus", unary({ fn: "squareplus", alpha: 4 })],
  ["sparse_sigmoid", (call, x, name) => call.node("hardSigmoid", name, [x], { alpha: 0.5, beta: 0.5 })],
  ["mish", (call, x, name) => call.node("mish", name, [x], {})],
  ["exponential", (call, x, name) => call.node("exponential", name, [x], {})],
  ["linear", (_, x) => x],
]);

/** Layers without weights that are activation functions with attributes; other layers may hold one of them too. */
export const ACTIVATION_LAYERS: ReadonlyMap<string, ActivationRule> = new Map([
  ["ReLU", reluLayer],
  ["ThresholdedReLU", thresholdedReluLayer],
  ["LeakyReLU", leakyReluLayer],
  ["ELU", eluLayer],
  ["Softmax", softmax],
]);

interface Activation {
  readonly rule: ActivationRule;
  readonly name: string;
  readonly attributes: Attributes;
}

/** What `activation` says: a name, a function by its name, or a layer. Undefined for what is not known. */
function activationOf(attributes: Attributes): Activation | undefined {
  const value = attributes.raw("activation") ?? "linear";
  if (typeof value === "string") return found(FUNCTIONS, value, attributes);
  const { class_name: kind, config } = value as { class_name?: unknown; config?: unknown };
  if (typeof kind !== "string") return undefined;
  if (typeof config === "string") return found(FUNCTIONS, config, attributes);
  if (typeof config !== "object" || config === null) return undefined;
  const own = new Attributes(`${attributes.where}, activation`, config as Record<string, unknown>);
  return found(ACTIVATION_LAYERS, kind, own);
}

function found(
  rules: ReadonlyMap<string, ActivationRule>,
  name: string,
  attributes: Attributes,
): Activation | undefined {
  const rule = rules.get(name);
  return rule && { rule, name, attributes };
}

/** Why a layer's activation is not supported. */
export const activationProblem = (attributes: Attributes): string | undefined =>
  activationOf(attributes) ? undefined : `activation ${show(attributes.raw("activation"))}`;

/**
 * What `make` adds, then the layer's activation as nodes of its own: the value before is called `name/linear`, before a
 * softmax `name/logits`.
 */
export function withActivation(call: LayerCall, make: (name: string) => ValueId): ValueId {
  const { rule, name, attributes } = activationOf(call.attributes)!;
  if (name === "linear") return make(call.name);
  const before = make(`${call.name}/${/softmax/i.test(name) ? "logits" : "linear"}`);
  return rule(call, before, call.name, attributes);
}
