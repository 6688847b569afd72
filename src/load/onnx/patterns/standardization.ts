/** Layer normalisation as exporters take it apart: (x − mean x) / √(mean (x − mean x)² + epsilon). Scale and shift stay what they are. */
import { reducedAxes } from "../fold/reduce.ts";
import type { OnnxNet } from "../net.ts";
import type { OnnxNode } from "../node.ts";
import type { PatternGraph } from "./graph.ts";

export interface FoundStandardization {
  readonly x: string;
  readonly axes: readonly number[];
  readonly epsilon: number;
}

/** What a division computes, or a multiplication by a reciprocal, if it is that. */
export function findStandardization(
  graph: PatternGraph,
  net: OnnxNet,
  node: OnnxNode,
): FoundStandardization | undefined {
  const [away, root] = node.op === "Div" ? node.inputs : node.op === "Mul" ? reciprocal(graph, node) : [];
  const centered = graph.made(away, "Sub");
  const variance = graph.made(graph.made(root, "Sqrt")?.inputs[0], "Add");
  const [x, mean] = centered?.inputs ?? [];
  if (!variance || x === undefined) return undefined;
  const [square, epsilon] = sumOf(graph, variance);
  const squares = graph.made(square, "ReduceMean");
  const means = graph.made(mean, "ReduceMean");
  if (epsilon === undefined || !squares || means?.inputs[0] !== x) return undefined;
  if (!isSquareOf(graph, squares.inputs[0], away!)) return undefined;
  const rank = net.shape(net.term(means, 0)).length;
  const axes = reducedAxes(net, means, rank);
  const isSame = [means, squares].every(
    (one) => one.flag("keepdims", true) && reducedAxes(net, one, rank).join() === axes.join(),
  );
  return isSame && epsilon >= 0 ? { x, axes, epsilon } : undefined;
}

/** a·(1/b) as a and b. */
function reciprocal(graph: PatternGraph, { inputs: [a, b] }: OnnxNode): readonly (string | undefined)[] {
  const [one, other] = [graph.made(a, "Reciprocal"), graph.made(b, "Reciprocal")];
  return other ? [a, other.inputs[0]] : [b, one?.inputs[0]];
}

/** A value and the number that is added to it. */
function sumOf(graph: PatternGraph, { inputs: [a, b] }: OnnxNode): readonly [string | undefined, number | undefined] {
  const right = graph.number(b);
  return right === undefined ? [b, graph.number(a)] : [a, right];
}

/** Exporters may compute the difference twice. */
function isSquareOf(graph: PatternGraph, name: string | undefined, away: string): boolean {
  const product = name === undefined ? undefined : graph.product(name);
  if (product?.number !== 1 || product.factors.length !== 2) return false;
  const [x, mean] = graph.made(away, "Sub")!.inputs;
  return product.factors.every((factor) => {
    const [otherX, otherMean] = graph.made(factor, "Sub")?.inputs ?? [];
    return factor === away || (otherX === x && otherMean === mean);
  });
}
