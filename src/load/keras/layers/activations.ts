/** Layers that are an activation function. After keras/src/layers/activations/. */
import { prelu } from "../../prelu.ts";
import { ACTIVATION_LAYERS, type ActivationRule, withActivation } from "./activation-functions.ts";
import { axisOf, type LayerRule, type LayerRules, only } from "./rule.ts";

const activation: LayerRule = (call) => withActivation(call, () => only(call));

/** Alpha for every number of a picture, or one along shared axes. */
const preluLayer: LayerRule = (call) => {
  const x = only(call);
  const shape = call.shape(x);
  const shared = new Set(
    (call.attributes.integers("shared_axes") ?? []).map((axis) => axisOf(call, axis, shape.length)),
  );
  const alpha = call.weight("alpha", shape.map((size, axis) => (shared.has(axis) ? 1 : size)).slice(1));
  return prelu(call, call.name, x, alpha, call.constant("zero", [0], [1]));
};

const layer =
  (rule: ActivationRule): LayerRule =>
  (call) =>
    rule(call, only(call), call.name, call.attributes);

export const activationRules: LayerRules = {
  Activation: activation,
  PReLU: preluLayer,
  ...Object.fromEntries([...ACTIVATION_LAYERS].map(([kind, rule]) => [kind, layer(rule)])),
};
