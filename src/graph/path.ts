/** Which part of a graph a question touches: what must be computed, and what backward must visit. */
import type { Graph, Node, ValueId } from "./graph.ts";

/** The nodes that `wanted` depends on, in topological order. */
export function ancestors(graph: Graph, wanted: Iterable<ValueId>): Node[] {
  const needed = new Set(wanted);
  const nodes: Node[] = [];
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    const node = graph.nodes[i]!;
    if (!needed.has(node.output)) continue;
    for (const id of node.inputs) if (id !== undefined) needed.add(id);
    nodes.push(node);
  }
  return nodes.reverse();
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
