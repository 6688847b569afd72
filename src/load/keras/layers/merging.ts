/** Layers of several inputs. After keras/src/layers/merging/: sums and the like broadcast, a list may hold one tensor twice. */
import type { ValueId } from "../../../graph/graph.ts";
import { type LayerCall, type LayerRule, type LayerRules, singleAxis } from "./rule.ts";

type Folding = "add" | "mul" | "maximum" | "minimum";

/** a ∘ b ∘ c ∘ …, the last step under `name`. */
function folded(call: LayerCall, op: Folding, name: string): ValueId {
  const last = call.inputs.length - 1;
  return call.inputs.reduce((sum, x, i) => call.node(op, i === last ? name : `${name}/${i + 1}`, [sum, x], {}));
}

const fold =
  (op: Folding): LayerRule =>
  (call) =>
    folded(call, op, call.name);

const subtract: LayerRule = (call) => {
  if (call.inputs.length !== 2) throw call.attributes.invalid("inputs", "two tensors", call.inputs.length);
  return call.node("sub", call.name, call.inputs, {});
};

const average: LayerRule = (call) => {
  const sum = folded(call, "add", `${call.name}/sum`);
  return call.node("mul", call.name, [sum, call.constant("share", [1 / call.inputs.length], [1])], {});
};

const concatenate: LayerRule = (call) => {
  const rank = call.shape(call.inputs[0]!).length;
  const axis = singleAxis(call, call.attributes.integers("axis") ?? [-1], rank);
  return call.node("concat", call.name, call.inputs, { axis });
};

export const mergingRules: LayerRules = {
  Add: fold("add"),
  Multiply: fold("mul"),
  Maximum: fold("maximum"),
  Minimum: fold("minimum"),
  Subtract: subtract,
  Average: average,
  Concatenate: concatenate,
};
