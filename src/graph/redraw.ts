/**
 * New weights for a network: kernels normal with variance 2 / (inputs of a unit), biases 0, batch norms the identity.
 * He et al., ICCV 2015, https://arxiv.org/abs/1502.01852
 */
import type { Random } from "../random.ts";
import { elements, type Shape } from "../shape.ts";
import type { Graph, Node, Value, ValueId } from "./graph.ts";
import { ancestors } from "./path.ts";

/** A node whose weights can be drawn. */
export interface WeightedLayer {
  readonly name: string;
  /** By the names of the weights, in the graph's layout. */
  readonly draw: (random: Random) => Record<string, Float32Array>;
}

/** Inputs of an operator, in their order, and what they are filled with; undefined for what is not drawn. */
const ROLES: Readonly<Partial<Record<Node["op"], readonly (number | "kernel" | undefined)[]>>> = {
  conv2d: [undefined, "kernel", 0],
  convTranspose2d: [undefined, "kernel", 0],
  depthwiseConv2d: [undefined, "kernel", 0],
  dense: [undefined, "kernel", 0],
  matmul: [undefined, "kernel"],
  // gamma, beta, mean, variance
  batchNorm: [undefined, 1, 0, 0, 1],
};

/** Layers that the scores depend on, the one nearest to them first. */
export function weightedLayers(graph: Graph, logits: ValueId): WeightedLayer[] {
  return ancestors(graph, [logits])
    .filter((node) => drawn(graph, node).length > 0)
    .reverse()
    .map((node) => ({
      name: node.name,
      draw: (random) =>
        Object.fromEntries(drawn(graph, node).map(({ value, role }) => [value.name, fill(node, value, role, random)])),
    }));
}

function drawn(graph: Graph, node: Node): { value: Value; role: number | "kernel" }[] {
  return (ROLES[node.op] ?? []).flatMap((role, i) => {
    const id = node.inputs[i];
    const value = id === undefined ? undefined : graph.values[id];
    return role !== undefined && value?.parameter ? [{ value, role }] : [];
  });
}

function fill(node: Node, { shape }: Value, role: number | "kernel", { normal }: Random): Float32Array {
  const length = elements(shape);
  if (role !== "kernel") return new Float32Array(length).fill(role);
  const deviation = Math.sqrt(2 / inputsOfUnit(node, shape));
  return Float32Array.from({ length }, () => deviation * normal());
}

/** How many numbers a unit adds up, on average. */
function inputsOfUnit(node: Node, kernel: Shape): number {
  switch (node.op) {
    // [kH, kW, out, in]
    case "convTranspose2d":
      return elements(kernel.with(2, 1)) / node.attrs.groups / elements(node.attrs.strides);
    // [kH, kW, in, multiplier]: one channel at a time
    case "depthwiseConv2d":
      return elements(kernel.slice(0, 2));
    // […, in, out] or […, out, in]: matrices beside each other
    case "matmul":
      return kernel.at(node.attrs.transposeB ? -1 : -2)!;
    // [kH, kW, in, out] and [in, out]
    default:
      return elements(kernel.slice(0, -1));
  }
}
