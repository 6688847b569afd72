/**
 * The head of a network as a function of one number per channel: what is added to a layer at all positions alike.
 * Pooling and flattening hand such a shift on as it is, so the gradient by it, which is the sum over positions of the
 * layer's own gradient, begins behind them. A dense layer of the flattened map sees the sum of its weights over positions.
 */
import { elements } from "../../shape.ts";
import type { Graph, Node, Value, ValueId } from "../graph.ts";
import { ancestors } from "../path.ts";

export interface Shift {
  readonly layer: ValueId;
  /** The network in which whatever is computed from the layer alone is replaced by an input. */
  readonly graph: Graph;
  /** That input: [N,C], or [N,1,1,C]. */
  readonly value: ValueId;
  /** Positions of the layer: the mean of its gradient is that of the shift divided by them. */
  readonly positions: number;
  /** Whether weights are summed over positions for it. */
  readonly sumsWeights: boolean;
}

/** Undefined where something else than pooling lies between the layer and the first product, several read it, or nothing does. */
export function uniformShift(graph: Graph, layer: ValueId, score: ValueId): Shift | undefined {
  const path = ancestors(graph, [score]);
  const channels = graph.values[layer]!.shape.at(-1)!;
  const positionsOf = (id: ValueId): number => elements(graph.values[id]!.shape.slice(1)) / channels;
  const positions = positionsOf(layer);
  for (let id = layer; ;) {
    const readers = path.filter((node) => node.inputs.includes(id));
    // The pooled map may be the scores themselves.
    if (readers.length === 0) return undefined;
    if (positionsOf(id) === 1) {
      return { ...replace(graph, id, graph.values[id]!.shape, readers, {}), layer, positions, sumsWeights: false };
    }
    const reader = readers[0]!;
    if (readers.length > 1) return undefined;
    const { shape } = graph.values[id]!;
    if (reader.op === "dense" && shape.length === 2) {
      const sums = { positions: positionsOf(id) };
      return { ...replace(graph, id, [shape[0]!, channels], readers, sums), layer, positions, sumsWeights: true };
    }
    if (!handsOn(graph, reader)) return undefined;
    id = reader.output;
  }
}

/** Adding the same number at all positions of x adds it at all positions of y. Padding never wins a maximum. */
function handsOn(graph: Graph, node: Node): boolean {
  switch (node.op) {
    case "maxPool":
    case "globalMaxPool":
    case "globalAveragePool":
      return true;
    case "reshape":
      return graph.values[node.output]!.shape.length === 2;
    default:
      return false;
  }
}

/** The graph in which `readers` read a new input instead of `id`. */
function replace(
  graph: Graph,
  id: ValueId,
  shape: Value["shape"],
  readers: readonly Node[],
  attrs: { readonly positions?: number },
): Pick<Shift, "graph" | "value"> {
  const value = graph.values.length;
  const nodes = graph.nodes.map((node) => {
    if (!readers.includes(node)) return node;
    const inputs = node.inputs.map((input) => (input === id ? value : input));
    return { ...node, inputs, attrs: { ...node.attrs, ...attrs } } as Node;
  });
  const values = [...graph.values, { name: `${graph.values[id]!.name} (shift)`, shape }];
  return { graph: { ...graph, values, nodes, inputs: [...graph.inputs, value] }, value };
}
