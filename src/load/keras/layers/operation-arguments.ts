/** Arguments of operations: tensors or numbers, by position or by name, or attributes of the configuration. */
import type { ValueId } from "../../../graph/graph.ts";
import { axisOf, type LayerCall, TensorArgument } from "./rule.ts";

/** The argument at a position or of one of these names. */
export function argument(call: LayerCall, position: number, ...names: readonly string[]): unknown {
  const named = names.find((name) => call.kwargs.has(name));
  return named === undefined ? call.args[position] : call.kwargs.get(named);
}

export function operand(call: LayerCall, position: number, name: string): ValueId {
  const value = argument(call, position, name);
  if (value instanceof TensorArgument) return value.value;
  if (typeof value === "number" && Number.isFinite(value)) return call.constant(name, [value], [1]);
  throw call.attributes.invalid(name, "a tensor or a number", value);
}

/** Where Keras 3 keeps an attribute in the configuration, TensorFlow has it among the arguments. */
export const integersOf = (call: LayerCall, name: string, position: number): readonly number[] | undefined => {
  const value = argument(call, position, name) ?? call.attributes.raw(name);
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (value === undefined || value === null) return undefined;
  if (list.every((one) => Number.isInteger(one))) return list as number[];
  throw call.attributes.invalid(name, "integers", value);
};

/** The axes that the operation names, counted from the front. The batch is none of them. */
export function axesOf(call: LayerCall, rank: number): number[] {
  const named = integersOf(call, "axis", 1) ?? [];
  const axes = [...new Set(named.map((axis) => axisOf(call, axis, rank)))].sort((a, b) => a - b);
  if (axes.length === 0 || axes.includes(0)) throw call.attributes.invalid("axis", "axes behind the batch", named);
  return axes;
}
