/** Normalisation in inference. After keras/src/layers/normalization/. */
import type { ValueId } from "../../../graph/graph.ts";
import { axisOf, type LayerCall, type LayerRule, type LayerRules, only } from "./rule.ts";

/** The last axis changes places with another, and back behind `make`. */
function onLastAxis(call: LayerCall, x: ValueId, axis: number, make: (name: string, x: ValueId) => ValueId): ValueId {
  const last = call.shape(x).length - 1;
  if (axis === last) return make(call.name, x);
  const perm = call.shape(x).map((_, i) => (i === axis ? last : i === last ? axis : i));
  const turned = call.node("transpose", `${call.name}/turned`, [x], { perm });
  return call.node("transpose", call.name, [make(`${call.name}/normal`, turned)], { perm });
}

/** Keras 2 writes the axis as a list of one, Keras 3 as a number. */
function singleAxis(call: LayerCall, rank: number): number {
  const [axis = -1, ...others] = call.attributes.integers("axis") ?? [];
  if (others.length > 0) throw call.attributes.invalid("axis", "one axis", [axis, ...others]);
  return axisOf(call, axis, rank);
}

const batchNormalization: LayerRule = (call) => {
  const x = only(call);
  const { attributes } = call;
  const axis = singleAxis(call, call.shape(x).length);
  const shape = [call.shape(x)[axis]!];
  const gamma = attributes.flag("scale", true) ? call.weight("gamma", shape) : undefined;
  const beta = attributes.flag("center", true) ? call.weight("beta", shape) : undefined;
  const mean = call.weight("moving_mean", shape);
  const variance = call.weight("moving_variance", shape);
  const epsilon = attributes.number("epsilon") ?? 1e-3;
  return onLastAxis(call, x, axis, (name, turned) =>
    call.node("batchNorm", name, [turned, gamma, beta, mean, variance], { epsilon }),
  );
};

export const normalizationRules: LayerRules = {
  BatchNormalization: batchNormalization,
};
