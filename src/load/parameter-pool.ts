/** Weights of a file as parameters of a graph: each way in which one is seen is a parameter once, however often it is used. */
import type { GraphBuilder } from "../graph/builder.ts";
import type { ValueId } from "../graph/graph.ts";
import type { Parameter } from "../graph/parameter.ts";
import { type Shape, showShape } from "../shape.ts";

export class ParameterPool {
  readonly #builder: GraphBuilder;
  /** By name: the ways in which a weight is seen. */
  readonly #views = new Map<string, Map<string, ValueId>>();

  constructor(builder: GraphBuilder) {
    this.#builder = builder;
  }

  /** The weight called `name`, read as `parameter` says and seen as `shape`. The first view keeps the name, others are numbered. */
  value(name: string, shape: Shape, parameter: Parameter): ValueId {
    const views = this.#views.get(name) ?? new Map<string, ValueId>();
    this.#views.set(name, views);
    const view = [shape, parameter.stored, parameter.permutation ?? []].map(showShape).join();
    const known = views.get(view);
    if (known !== undefined) return known;
    const id = this.#builder.parameter(views.size === 0 ? name : `${name}/${views.size + 1}`, shape, parameter);
    views.set(view, id);
    return id;
  }
}
