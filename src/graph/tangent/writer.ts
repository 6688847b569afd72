/** Writes the tangents of a network's values beside them: what graphs of tangents are made with. */
import { tangentOps } from "../../ops/tangent/index.ts";
import { elements } from "../../shape.ts";
import type { Graph, Node, Value, ValueId } from "../graph.ts";
import { opOf } from "../op-of.ts";
import { parameterOf } from "../parameter.ts";

/** Adds nodes to a network. */
export class TangentWriter {
  /** By value, of those that move. */
  readonly tangents = new Map<ValueId, ValueId>();
  readonly #graph: Graph;
  readonly #values: Value[];
  readonly #nodes: Node[];
  /** That of the layer: an input. */
  readonly direction: ValueId;

  constructor(graph: Graph, layer: ValueId) {
    this.#graph = graph;
    this.#values = [...graph.values];
    this.#nodes = [...graph.nodes];
    const { name, shape } = graph.values[layer]!;
    this.direction = this.#value({ name: `${name} (direction)`, shape });
    this.tangents.set(layer, this.direction);
  }

  /** The tangent of a value that moves. */
  moving(id: ValueId | undefined): ValueId | undefined {
    return id === undefined ? undefined : this.tangents.get(id);
  }

  /** The tangent of any value: 0 for those that stay, of their shape. */
  rate(id: ValueId): ValueId {
    return this.tangents.get(id) ?? this.call("sub", [id, id], {});
  }

  /** The operator of a node once more. */
  again(node: Node, inputs: readonly (ValueId | undefined)[], attrs: object = node.attrs): ValueId {
    return this.#node({ ...node, name: `${node.name} (tangent)`, inputs, attrs } as Node);
  }

  /** Of the core, or of tangents. */
  call(op: string, inputs: readonly (ValueId | undefined)[], attrs: object): ValueId {
    const rule = Object.hasOwn(tangentOps, op) && { rule: tangentOps[op as keyof typeof tangentOps] };
    return this.#node({ op, name: `${op} (tangent)`, inputs, attrs, output: 0, ...rule } as unknown as Node);
  }

  /** A parameter of zeros, as long as another. */
  zerosLike(id: ValueId): ValueId {
    const { shape } = this.#values[id]!;
    const parameter = { ...parameterOf(new Float32Array(elements(shape)), shape), constant: true } as const;
    return this.#value({ name: "zeros", shape, parameter });
  }

  isParameter(id: ValueId | undefined): boolean {
    return id === undefined || this.#values[id]!.parameter !== undefined;
  }

  finish(): Graph {
    const inputs = [...this.#graph.inputs, this.direction];
    return { ...this.#graph, values: this.#values, nodes: this.#nodes, inputs };
  }

  #node(node: Node): ValueId {
    const shapes = node.inputs.map((id) => (id === undefined ? undefined : this.#values[id]!.shape));
    const shape = opOf(node).shape(shapes, node.attrs, `${node.op} "${node.name}"`);
    const output = this.#value({ name: node.name, shape });
    this.#nodes.push({ ...node, output });
    return output;
  }

  #value(value: Value): ValueId {
    this.#values.push(value);
    return this.#values.length - 1;
  }
}
