/** Normalisation in inference. After keras/src/layers/normalization/. */
import type { ValueId } from "../../../graph/graph.ts";
import type { Shape } from "../../../shape.ts";
import { onLastAxis } from "./on-last-axis.ts";
import { axisOf, type LayerCall, type LayerRule, type LayerRules, only, singleAxis } from "./rule.ts";

/** Keras 2 writes the axis as a list of one, Keras 3 as a number. */
const axisNamed = (call: LayerCall, rank: number): number =>
  singleAxis(call, call.attributes.integers("axis") ?? [-1], rank);

const batchNormalization: LayerRule = (call) => {
  const x = only(call);
  const { attributes } = call;
  const axis = axisNamed(call, call.shape(x).length);
  const shape = [call.shape(x)[axis]!];
  const gamma = attributes.flag("scale", true) ? call.weight("gamma", shape) : undefined;
  const beta = attributes.flag("center", true) ? call.weight("beta", shape) : undefined;
  const mean = call.weight("moving_mean", shape);
  const variance = call.weight("moving_variance", shape);
  const epsilon = attributes.number("epsilon") ?? 1e-3;
  return onLastAxis(call, x, axis, { name: call.name, part: "normal" }, (name, turned) =>
    call.node("batchNorm", name, [turned, gamma, beta, mean, variance], { epsilon }),
  );
};

/** gamma·x + beta, of which either may be left out, in the layer's name. @param view of the weights beside x */
function affine(call: LayerCall, x: ValueId, name: string, shape: Shape, view: Shape): ValueId {
  const { attributes } = call;
  const gamma = attributes.flag("scale", true) ? call.weight("gamma", shape, view) : undefined;
  const beta = attributes.flag("center", true) ? call.weight("beta", shape, view) : undefined;
  const scaled =
    gamma === undefined ? x : call.node("mul", beta === undefined ? name : `${name}/scaled`, [x, gamma], {});
  return beta === undefined ? scaled : call.node("add", name, [scaled, beta], {});
}

/** What a value is called that `affine` makes more of, or does not. */
const beforeAffine = ({ attributes }: LayerCall, name: string): string =>
  attributes.flag("scale", true) || attributes.flag("center", true) ? `${name}/standardized` : name;

/** Mean and variance over the axes that are named, for every picture. */
const layerNormalization: LayerRule = (call) => {
  const x = only(call);
  const shape = call.shape(x);
  const axes = [...new Set((call.attributes.integers("axis") ?? [-1]).map((axis) => axisOf(call, axis, shape.length)))];
  if (axes.includes(0)) throw call.attributes.invalid("axis", "axes behind the batch", axes);
  axes.sort((a, b) => a - b);
  const attrs = { axes, epsilon: call.attributes.number("epsilon") ?? 1e-3, center: true };
  const y = call.node("standardize", beforeAffine(call, call.name), [x], attrs);
  const view = shape.map((size, axis) => (axes.includes(axis) ? size : 1));
  return affine(
    call,
    y,
    call.name,
    axes.map((axis) => shape[axis]!),
    view,
  );
};

/** x / √(mean of x² + epsilon) · scale over the last axis, or the axis that is named. */
const rmsNormalization: LayerRule = (call) => {
  const x = only(call);
  const shape = call.shape(x);
  const axis = axisNamed(call, shape.length);
  const attrs = { axes: [axis], epsilon: call.attributes.number("epsilon") ?? 1e-6, center: false };
  const y = call.node("standardize", `${call.name}/standardized`, [x], attrs);
  const view = shape.map((size, k) => (k === axis ? size : 1));
  return call.node("mul", call.name, [y, call.weight("scale", [shape[axis]!], view)], {});
};

/** Mean and variance over positions and the channels of a group; −1 groups are one for each channel. */
const groupNormalization: LayerRule = (call) => {
  const x = only(call);
  const axis = axisNamed(call, call.shape(x).length);
  const channels = call.shape(x)[axis]!;
  const [stated = 32] = call.attributes.integers("groups") ?? [];
  const groups = stated === -1 ? channels : stated;
  if (groups < 1 || channels % groups !== 0) {
    throw call.attributes.invalid("groups", `a divisor of ${channels} channels`, stated);
  }
  return onLastAxis(call, x, axis, { name: call.name, part: "normal" }, (name, turned) => {
    const shape = call.shape(turned);
    const positions = shape.slice(1, -1);
    const split = [...positions, groups, channels / groups];
    const parted = call.node("reshape", `${name}/groups`, [turned], { shape: split });
    // All but the batch and the groups.
    const axes = split.map((_, k) => k + 1).filter((k) => k !== positions.length + 1);
    const attrs = { axes, epsilon: call.attributes.number("epsilon") ?? 1e-3, center: true };
    const y = call.node("standardize", `${name}/standardized_groups`, [parted], attrs);
    const joined = call.node("reshape", beforeAffine(call, name), [y], { shape: shape.slice(1) });
    return affine(call, joined, name, [channels], [channels]);
  });
};

/** x / √(Σ x²) along axes: length 1. */
const unitNormalization: LayerRule = (call) => {
  const x = only(call);
  const axes = (call.attributes.integers("axis") ?? [-1]).map((axis) => axisOf(call, axis, call.shape(x).length));
  if (axes.includes(0)) throw call.attributes.invalid("axis", "axes behind the batch", axes);
  const sum = call.node("reduce", `${call.name}/sum`, [x], { fn: "sumSquare", axes, keepDims: true });
  const least = call.node("maximum", `${call.name}/least`, [sum, call.constant("epsilon", [1e-12], [1])], {});
  return call.node("mul", call.name, [x, call.node("unary", `${call.name}/inverse`, [least], { fn: "rsqrt" })], {});
};

/** x·gamma, a number for each channel. ConvNeXt's, after keras/src/applications/convnext.py. */
const layerScale: LayerRule = (call) =>
  call.node("mul", call.name, [only(call), call.weight("gamma", [call.attributes.count("projection_dim")])], {});

export const normalizationRules: LayerRules = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  GroupNormalization: groupNormalization,
  RMSNormalization: rmsNormalization,
  UnitNormalization: unitNormalization,
  LayerScale: layerScale,
};
