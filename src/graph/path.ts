/** Which part of a graph a question touches: what must be computed, and what backward must visit. */
import type { Graph, Node, ValueId } from "./graph.ts";

/** The nodes that `wanted` depends on, in topological order; what is `given` need not be computed. */
export function ancestors(graph: Graph, wanted: Iterable<ValueId>, given: readonly ValueId[] = []): Node[] {
  const needed = new Set(wanted);
  const nodes: Node[] = [];
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    const node = graph.nodes[i]!;
    if (!needed.has(node.output) || given.includes(node.output)) continue;
    for (const id of node.inputs) if (id !== undefined) needed.add(id);
    nodes.push(node);
  }
  return nodes.reverse();
}

/** The nodes between a value and a target that depends on it. */
export function readersOf(graph: Graph, source: ValueId, target: ValueId): Node[] {
  const path = between(graph, [source], target);
  return ancestors(graph, [target]).filter(({ output }) => output !== source && path.has(output));
}

/** What else must be given, when `source` is, to compute `target`: values beside the path from one to the other. */
export function besides(graph: Graph, source: ValueId, target: ValueId): ValueId[] {
  const path = between(graph, [source], target);
  const read = readersOf(graph, source, target).flatMap(({ inputs }) => inputs);
  const values = read.filter((id) => id !== undefined && !path.has(id) && !graph.values[id]!.parameter);
  return [...new Set(values as ValueId[])];
}

/** All values between `sources` and `target`, both ends included: those whose gradient is needed. */
export function between(graph: Graph, sources: Iterable<ValueId>, target: ValueId): Set<ValueId> {
  const reached = new Set(sources);
  const path = ancestors(graph, [target]);
  for (const node of path) {
    if (node.inputs.some((id) => id !== undefined && reached.has(id))) reached.add(node.output);
  }
  const onPath = new Set<ValueId>();
  if (reached.has(target)) onPath.add(target);
  for (const node of path.reverse()) {
    if (!onPath.has(node.output)) continue;
    for (const id of node.inputs) if (id !== undefined && reached.has(id)) onPath.add(id);
  }
  return onPath;
}
