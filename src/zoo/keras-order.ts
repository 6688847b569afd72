/**
 * The order in which Keras lists the layers of a network, and so their weights: by depth, the longest way to the output first;
 * layers of one depth as a walk from the output meets them. After keras/src/ops/function.py, map_graph.
 */
import type { Graph, Node, ValueId } from "../graph/graph.ts";

/** Names of all weights, layer by layer; within a layer as its node takes them. */
export function inKerasOrder(graph: Graph): string[] {
  const owners = new Map(ownersOf(graph));
  const layers = sorted(graph.layers.length, dependencies(graph, owners));
  const weights = new Map<number, string[]>(layers.map((layer) => [layer, []]));
  for (const node of graph.nodes) {
    for (const id of node.inputs) {
      const value = id === undefined ? undefined : graph.values[id]!;
      if (value?.parameter && !value.parameter.constant) weights.get(owners.get(node)!)?.push(value.name);
    }
  }
  return [...weights.values()].flat();
}

/** The layer of every node: the first whose output it is or leads to. */
function* ownersOf(graph: Graph): Generator<[Node, number]> {
  const producers = new Map(graph.nodes.map((node) => [node.output, node]));
  const taken = new Set<Node>();
  for (const [layer, { output }] of graph.layers.entries()) {
    const open: ValueId[] = [output];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const node = producers.get(id);
      if (!node || taken.has(node)) continue;
      taken.add(node);
      yield [node, layer];
      open.push(...node.inputs.filter((input) => input !== undefined));
    }
  }
}

/** By layer: those whose answers it reads, in the order of its inputs. */
function dependencies(graph: Graph, owners: ReadonlyMap<Node, number>): number[][] {
  const producers = new Map(graph.nodes.map((node) => [node.output, node]));
  const result = graph.layers.map((): number[] => []);
  for (const node of graph.nodes) {
    const layer = owners.get(node);
    if (layer === undefined) continue;
    for (const id of node.inputs) {
      const producer = id === undefined ? undefined : producers.get(id);
      const from = producer && owners.get(producer);
      if (from !== undefined && from !== layer) result[layer]!.push(from);
    }
  }
  return result;
}

/** Layers that lead to the last one, by depth and then by the walk. */
function sorted(count: number, reads: readonly (readonly number[])[]): number[] {
  const met: number[] = [];
  const finished: number[] = [];
  const seen = new Set<number>();
  const walk = (layer: number): void => {
    if (seen.has(layer)) return;
    seen.add(layer);
    met.push(layer);
    for (const next of reads[layer]!) walk(next);
    finished.push(layer);
  };
  walk(count - 1);
  const depths = new Map<number, number>();
  for (const layer of finished.reverse()) {
    const depth = depths.get(layer) ?? 0;
    depths.set(layer, depth);
    for (const next of reads[layer]!) depths.set(next, Math.max(depths.get(next) ?? 0, depth + 1));
  }
  // Sorting keeps the order of the walk within a depth.
  return met.sort((a, b) => depths.get(b)! - depths.get(a)!);
}
