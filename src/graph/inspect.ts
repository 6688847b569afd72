/** Facts about a graph that users ask for: which layers there are, what they cost, where a map can be drawn. */
import { elements, type Shape } from "../shape.ts";
import type { Graph, Layer, Node, ValueId } from "./graph.ts";
import { between } from "./path.ts";
import { opOf } from "./op-of.ts";

/** What is known about a layer without running it. */
export interface LayerInfo {
  readonly name: string;
  /** The layer's class in its own framework. */
  readonly op: string;
  readonly shape: Shape;
  /** A map larger than 1×1. */
  readonly spatial: boolean;
  /** Stored numbers. */
  readonly parameters: number;
  /** Multiply-accumulates for one picture. */
  readonly macs: number;
  /** Spatial, and the class scores depend on it. */
  readonly explainable: boolean;
}

/** Operators that move or thin out positions: their output repeats what the layer before them said. */
const NOT_EXPLAINED_BY_DEFAULT: ReadonlySet<string> = new Set([
  "maxPool",
  "avgPool",
  "globalAveragePool",
  "globalMaxPool",
  "pad",
  "crop",
  "extend",
  "slice",
  "tile",
  "reshape",
  "transpose",
  "resize",
  "upsample",
  "softmax",
  "logSoftmax",
  "reduce",
  "compare",
]);

const isSpatial = (shape: Shape): boolean => shape.length === 4 && shape[1]! * shape[2]! > 1;

export function describeLayers(graph: Graph, logits: ValueId): LayerInfo[] {
  const owned = nodesByLayer(graph);
  const influential = between(
    graph,
    graph.layers.map((layer) => layer.output),
    logits,
  );
  return graph.layers.map((layer) => {
    const { shape } = graph.values[layer.output]!;
    const spatial = isSpatial(shape);
    const nodes = owned.get(layer) ?? [];
    return {
      name: layer.name,
      op: layer.kind,
      shape,
      spatial,
      parameters: parameterCount(graph, nodes),
      macs: nodes.reduce((sum, node) => sum + macsOf(graph, node), 0),
      explainable: spatial && influential.has(layer.output),
    };
  });
}

/** Explainable layers that are not pooling, padding or reshaping ones, in the order of the file. */
function telling(graph: Graph, layers: readonly LayerInfo[]): LayerInfo[] {
  const producer = new Map(graph.nodes.map((node) => [node.output, node.op]));
  return layers.filter((layer, index) => {
    const op = producer.get(graph.layers[index]!.output);
    const { repeats } = graph.layers[index]!;
    return layer.explainable && !repeats && op !== undefined && !NOT_EXPLAINED_BY_DEFAULT.has(op);
  });
}

/** The last of them. */
export const defaultLayer = (graph: Graph, layers: readonly LayerInfo[]): string | undefined =>
  telling(graph, layers).at(-1)?.name;

/** The last of them of every map size, up to a layer and with it. */
export function stagesUpTo(graph: Graph, layers: readonly LayerInfo[], last: string): string[] {
  const end = layers.findIndex(({ name }) => name === last);
  const bySize = new Map<string, string>();
  for (const { name, shape } of [...telling(graph, layers.slice(0, end)), layers[end]!]) {
    bySize.set(shape.slice(1, 3).join("×"), name);
  }
  return [...bySize.values()];
}

/**
 * The logits: what goes into the final softmax, its logarithm, or sigmoid, or the output itself where there is none; and how
 * they become probabilities. Either operator is an ordinary one anywhere else.
 */
export function classifierHead({ nodes, outputs, values }: Graph): { logits: ValueId; link: "softmax" | "sigmoid" } {
  const output = outputs[0]!;
  const maker = (id: ValueId): Node | undefined => nodes.find((node) => node.output === id);
  let last = maker(output);
  // Files may flatten probabilities.
  while (last?.op === "reshape") last = maker(last.inputs[0]!);
  if (last?.op === "softmax" || last?.op === "logSoftmax") return { logits: last.inputs[0]!, link: "softmax" };
  // A sigmoid map of pixels is no head of a classifier.
  if (last?.op === "sigmoid" && values[output]!.shape.length === 2) return { logits: last.inputs[0]!, link: "sigmoid" };
  return { logits: output, link: "softmax" };
}

/** Each node belongs to the first layer, in file order, that needs it. */
function nodesByLayer(graph: Graph): Map<Layer, Node[]> {
  const taken = new Set<Node>();
  const owned = new Map<Layer, Node[]>();
  const producer = new Map(graph.nodes.map((node) => [node.output, node]));
  for (const layer of graph.layers) {
    const nodes: Node[] = [];
    const open = [layer.output];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const node = producer.get(id);
      if (!node || taken.has(node)) continue;
      taken.add(node);
      nodes.push(node);
      for (const input of node.inputs) if (input !== undefined) open.push(input);
    }
    owned.set(layer, nodes);
  }
  return owned;
}

function parameterCount(graph: Graph, nodes: readonly Node[]): number {
  const isWeight = (id: ValueId | undefined): id is ValueId => {
    const parameter = id === undefined ? undefined : graph.values[id]!.parameter;
    return parameter !== undefined && !parameter.constant;
  };
  const ids = new Set(nodes.flatMap((node) => node.inputs.filter(isWeight)));
  return [...ids].reduce<number>((sum, id) => sum + elements(graph.values[id]!.shape), 0);
}

function macsOf(graph: Graph, node: Node): number {
  const shapes = node.inputs.map((id) => (id === undefined ? undefined : graph.values[id]!.shape));
  return opOf(node).macs?.(shapes, graph.values[node.output]!.shape, node.attrs) ?? 0;
}
