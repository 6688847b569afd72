/** What a rule of the layer table gets to see: one call of one layer, and the graph that it adds its nodes to. */
import type { GraphBuilder } from "../../../graph/builder.ts";
import type { ValueId } from "../../../graph/graph.ts";
import type { Shape } from "../../../shape.ts";
import type { Attributes } from "../attributes.ts";
import type { Call } from "../call.ts";

/** A tensor among the arguments of an operation. */
export class TensorArgument {
  readonly value: ValueId;

  constructor(value: ValueId) {
    this.value = value;
  }
}

export interface LayerCall {
  /** What the layer is called in the graph; the value that it answers has this name, values on the way `name/part`. */
  readonly name: string;
  readonly attributes: Attributes;
  /** All tensors of the call, in order. */
  readonly inputs: readonly ValueId[];
  /** The arguments themselves, for operations: JSON values, and tensors as TensorArgument. */
  readonly args: readonly unknown[];
  readonly kwargs: Call["kwargs"];
  /** Of the program that wrote the file: some functions changed their meaning. */
  readonly kerasMajor: number;
  shape(value: ValueId): Shape;
  /** Adds a node. Throws what the operator's shape rule throws. */
  readonly node: GraphBuilder["node"];
  /**
   * A stored tensor, by Keras 3's name for it; a layer asks for its weights in Keras's own order.
   * @param shape in the file @param view as operators see it: the same numbers, default the same shape
   */
  weight(name: string, shape: Shape, view?: Shape): ValueId;
  /** Numbers that are made from a stored tensor, one from one. */
  derived(name: string, shape: Shape, view: Shape, compute: (stored: number) => number): ValueId;
  /** Numbers that stand in the configuration, or nowhere: Keras does not count them as parameters either. */
  constant(name: string, values: ArrayLike<number>, shape: Shape): ValueId;
}

/** Adds the nodes of one call; answers its result. */
export type LayerRule = (call: LayerCall) => ValueId;

/** Keras class (or function) → rule: one line per layer. */
export type LayerRules = Readonly<Record<string, LayerRule>>;

/** The only tensor of a call. */
export function only({ inputs, attributes }: LayerCall): ValueId {
  const [x, ...others] = inputs;
  if (x !== undefined && others.length === 0) return x;
  throw attributes.invalid("inputs", "one tensor", inputs.length);
}

/** The one axis that is named, as a count from the front: none of several, and not the batch, whose pictures stay apart. */
export function singleAxis(call: LayerCall, named: readonly number[], rank: number): number {
  const [axis, ...others] = named.map((one) => axisOf(call, one, rank));
  if (axis !== undefined && axis > 0 && others.length === 0) return axis;
  throw call.attributes.invalid("axis", "one axis behind the batch", named);
}

/** An axis as a count from the front. */
export function axisOf({ attributes }: LayerCall, axis: number, rank: number): number {
  if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  throw attributes.invalid("axis", `an axis of ${rank} dimensions`, axis);
}
