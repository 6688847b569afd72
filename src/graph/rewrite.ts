/** What every pass needs to know about a graph, and the one way passes change it. */
import type { Graph, Node, Value, ValueId } from "./graph.ts";
import type { Parameter } from "./parameter.ts";

export class Rewriter {
  readonly graph: Graph;
  readonly #values: Value[];
  readonly #nodes: (Node | undefined)[];
  readonly #producer = new Map<ValueId, number>();
  readonly #readers = new Map<ValueId, number>();
  readonly #kept: ReadonlySet<ValueId>;

  /** @param kept values that must survive under their id: a pass may not swallow them. */
  constructor(graph: Graph, kept: ReadonlySet<ValueId>) {
    this.graph = graph;
    this.#values = [...graph.values];
    this.#nodes = [...graph.nodes];
    this.#kept = new Set([...kept, ...graph.outputs, ...graph.inputs]);
    graph.nodes.forEach((node, index) => {
      this.#producer.set(node.output, index);
      for (const id of node.inputs) if (id !== undefined) this.#readers.set(id, (this.#readers.get(id) ?? 0) + 1);
    });
  }

  /** The nodes as they are now, with their places; removed ones are skipped. */
  *nodes(): Generator<[index: number, node: Node]> {
    for (let index = 0; index < this.#nodes.length; index++) {
      const node = this.#nodes[index];
      if (node) yield [index, node];
    }
  }

  value(id: ValueId): Value {
    return this.#values[id]!;
  }

  isKept(id: ValueId): boolean {
    return this.#kept.has(id);
  }

  /** The node that makes `id`, if nothing but one reader needs the value: then that reader may absorb it. */
  soleProducer(id: ValueId | undefined): [index: number, node: Node] | undefined {
    if (id === undefined || this.#kept.has(id) || this.#readers.get(id) !== 1) return undefined;
    const index = this.#producer.get(id);
    const node = index === undefined ? undefined : this.#nodes[index];
    return node && [index!, node];
  }

  addParameter(name: string, shape: readonly number[], parameter: Parameter): ValueId {
    this.#values.push({ name, shape, parameter });
    return this.#values.length - 1;
  }

  /** Puts `fused` where node `at` was (so that all its inputs exist) and removes node `absorbed`. */
  merge(at: number, absorbed: number, fused: Node): void {
    this.#nodes[absorbed] = undefined;
    this.#nodes[at] = fused;
    this.#producer.set(fused.output, at);
  }

  finish(): Graph {
    return { ...this.graph, values: this.#values, nodes: this.#nodes.filter((node) => node !== undefined) };
  }
}
