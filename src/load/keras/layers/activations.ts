/** Layers that are an activation function. After keras/src/layers/activations/. */
import { ACTIVATION_LAYERS, type ActivationRule, withActivation } from "./activation-functions.ts";
import { type LayerRule, type LayerRules, only } from "./rule.ts";

const activation: LayerRule = (call) => withActivation(call, () => only(call));

const layer =
  (rule: ActivationRule): LayerRule =>
  (call) =>
    rule(call, only(call), call.name, call.attributes);

export const activationRules: LayerRules = {
  Activation: activation,
  ...Object.fromEntries([...ACTIVATION_LAYERS].map(([kind, rule]) => [kind, layer(rule)])),
};
