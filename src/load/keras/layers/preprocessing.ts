/** Layers that make inputs of pictures. After keras/src/layers/preprocessing/. */
import type { ValueId } from "../../../graph/graph.ts";
import type { Shape } from "../../../shape.ts";
import { axisOf, type LayerCall, type LayerRule, type LayerRules, only } from "./rule.ts";

/** Numbers of the configuration that broadcast with the layer's input. */
function constantOf(call: LayerCall, name: string, fallback: number): ValueId {
  const { values, shape } = call.attributes.numbers(name) ?? { values: [fallback], shape: [] };
  return call.constant(name, values, shape.length === 0 ? [1] : shape);
}

/** x·scale + offset */
const rescaling: LayerRule = (call) => {
  const scaled = call.node("mul", `${call.name}/scaled`, [only(call), constantOf(call, "scale", 1)], {});
  return call.node("add", call.name, [scaled, constantOf(call, "offset", 0)], {});
};

/** Keras's epsilon: no deviation is taken for smaller. */
const EPSILON = 1e-7;
const deviation = (variance: number): number => Math.max(Math.sqrt(variance), EPSILON);

/** (x − mean) / deviation, or with `invert` x·deviation + mean; by numbers of the file, or of the configuration. */
const normalization: LayerRule = (call) => {
  const x = only(call);
  const { mean, spread } = momentsOf(call, call.shape(x));
  if (call.attributes.flag("invert", false)) {
    return call.node("add", call.name, [call.node("mul", `${call.name}/spread`, [x, spread], {}), mean], {});
  }
  return call.node("div", call.name, [call.node("sub", `${call.name}/centered`, [x, mean], {}), spread], {});
};

function momentsOf(call: LayerCall, input: Shape): { mean: ValueId; spread: ValueId } {
  const { attributes } = call;
  const mean = attributes.numbers("mean");
  const variance = attributes.numbers("variance");
  const kept = new Set((attributes.integers("axis") ?? []).map((axis) => axisOf(call, axis, input.length)));
  const view = input.map((size, axis) => (kept.has(axis) ? size : 1));
  if (mean && variance) {
    const axes = [...kept].sort((a, b) => a - b);
    // The last sizes belong to the last of the kept axes.
    const aligned = (shape: Shape): Shape =>
      input.map(
        (_, axis) => (kept.has(axis) ? shape[axes.indexOf(axis) - axes.length + shape.length] : undefined) ?? 1,
      );
    return {
      mean: call.constant("mean", mean.values, aligned(mean.shape)),
      spread: call.constant("deviation", variance.values.map(deviation), aligned(variance.shape)),
    };
  }
  const stored = input.filter((_, axis) => kept.has(axis));
  return {
    mean: call.weight("mean", stored, view),
    spread: call.derived("variance", stored, view, deviation),
  };
}

export const preprocessingRules: LayerRules = {
  Rescaling: rescaling,
  Normalization: normalization,
};
