/** One call of one layer as its rule sees it. */
import type { GraphBuilder } from "../../graph/builder.ts";
import type { ValueId } from "../../graph/graph.ts";
import { parameterOf } from "../../graph/parameter.ts";
import type { Shape } from "../../shape.ts";
import { type Call, TensorReference } from "./call.ts";
import type { LayerConfig } from "./config.ts";
import type { Scope } from "./layer-names.ts";
import { type LayerCall, TensorArgument } from "./layers/rule.ts";
import type { LayersGraphOptions } from "./layers-graph.ts";
import type { WeightBook } from "./weight-book.ts";

interface Particulars {
  readonly scope: Scope;
  readonly layer: LayerConfig;
  readonly inputs: readonly ValueId[];
  readonly call: Call;
}

/** The arguments with tensors as values of the graph. */
export function readCall({ args, kwargs }: Call, valueOf: (reference: TensorReference) => ValueId): Call {
  const read = (argument: unknown): unknown => {
    if (Array.isArray(argument)) return argument.map(read);
    return argument instanceof TensorReference ? new TensorArgument(valueOf(argument)) : argument;
  };
  return { args: args.map(read), kwargs: new Map([...kwargs].map(([name, value]) => [name, read(value)])) };
}

export class CallOf implements LayerCall {
  readonly name: string;
  readonly attributes: LayerCall["attributes"];
  readonly inputs: readonly ValueId[];
  readonly args: LayerCall["args"];
  readonly kwargs: LayerCall["kwargs"];
  readonly kerasMajor: number;
  readonly node: LayerCall["node"];
  readonly #builder: GraphBuilder;
  readonly #weights: WeightBook;
  readonly #scope: Scope;

  constructor(
    builder: GraphBuilder,
    weights: WeightBook,
    { kerasMajor }: LayersGraphOptions,
    { scope, layer, inputs, call }: Particulars,
  ) {
    this.name = scope.name;
    this.attributes = layer.attributes;
    this.inputs = inputs;
    this.args = call.args;
    this.kwargs = call.kwargs;
    this.kerasMajor = kerasMajor;
    this.#builder = builder;
    this.#weights = weights;
    this.#scope = scope;
    this.node = (op, name, ins, attrs) => builder.node(op, name, ins, attrs);
  }

  shape(value: ValueId): Shape {
    return this.#builder.shape(value);
  }

  weight(weight: string, shape: Shape, view: Shape = shape): ValueId {
    const { path, name } = this.#scope;
    return this.#weights.value({ path, name: `${name}/${weight}`, weight, shape, view });
  }

  derived(weight: string, shape: Shape, view: Shape, compute: (stored: number) => number): ValueId {
    const { path, name } = this.#scope;
    return this.#weights.value({ path, name: `${name}/${weight}`, weight, shape, view, compute });
  }

  constant(name: string, values: ArrayLike<number>, shape: Shape): ValueId {
    const parameter = { ...parameterOf(Float32Array.from(values), shape), constant: true } as const;
    return this.#builder.parameter(`${this.name}/${name}`, shape, parameter);
  }
}
