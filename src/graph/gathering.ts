/**
 * Where the pictures of a series are best brought together. Early values are large: one picture at a time stays in the cache, where a
 * batch does not. Late ones are small, and their weights large: those are read once for a whole batch, whose products have more rows.
 */
import { elements } from "../shape.ts";
import type { Graph, Node, ValueId } from "./graph.ts";
import { ancestors } from "./path.ts";

/** Readers of a value that nothing is fused with across it. */
const SEPARATE: readonly Node["op"][] = ["conv2d", "depthwiseConv2d", "maxPool", "avgPool", "globalAveragePool", "pad"];

/**
 * The value between `source` and `target` at which a batch is to begin; undefined where that is `source`. It is the only way from
 * one to the other, and behind it weights outnumber what they are applied to by most.
 */
export function gatheringPoint(graph: Graph, source: ValueId, target: ValueId): ValueId | undefined {
  const nodes = ancestors(graph, [target], [source]);
  const gates = new Set(gatesOf(graph, nodes, source));
  let gain = 0;
  let best: { gain: number; at: ValueId | undefined } = { gain: 0, at: undefined };
  for (const node of nodes.toReversed()) {
    if (gates.has(node.output) && gain >= best.gain) best = { gain, at: node.output };
    gain += gainOf(graph, node);
  }
  return gain >= best.gain ? undefined : best.at;
}

/** Values of which alone, of all that is computed no later, anything that comes later is made. */
function gatesOf(graph: Graph, nodes: readonly Node[], source: ValueId): ValueId[] {
  const readers = new Map<ValueId, Node[]>();
  for (const node of nodes) {
    for (const id of node.inputs) {
      if (id === undefined || graph.values[id]!.parameter) continue;
      const known = readers.get(id);
      if (known) known.push(node);
      else readers.set(id, [node]);
    }
  }
  const made = new Set(nodes.map(({ output }) => output));
  const given = [...readers.keys()].filter((id) => !made.has(id));
  if (given.length !== 1 || given[0] !== source) return [];
  const open = new Map([[source, readers.get(source)!.length]]);
  const gates: ValueId[] = [];
  for (const node of nodes) {
    for (const id of node.inputs) {
      const left = id === undefined ? undefined : open.get(id);
      if (left === 1) open.delete(id!);
      else if (left !== undefined) open.set(id!, left - 1);
    }
    const read = readers.get(node.output) ?? [];
    open.set(node.output, read.length);
    if (open.size === 1 && read.length > 0 && read.every(({ op }) => SEPARATE.includes(op))) gates.push(node.output);
  }
  return gates;
}

/** Of having a node behind the point: numbers of weights that are read once, less those that no longer stay in the cache. */
function gainOf({ values }: Graph, { op, inputs, output }: Node): number {
  if (op !== "conv2d" && op !== "depthwiseConv2d" && op !== "dense") return 0;
  const [x, w] = inputs as readonly [ValueId, ValueId];
  return elements(values[w]!.shape) - elements(values[x]!.shape) - elements(values[output]!.shape);
}
