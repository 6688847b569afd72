/**
 * Where a piecewise linear network adds constants: with them score = x·∂score/∂x + Σ constant·∂score/∂(where it is added).
 * Batch norms count as folded into the product before them: b = β + s·(b₀ − μ).
 */
import { GradCamError } from "../errors.ts";
import type { Graph, Node, ValueId } from "./graph.ts";
import { LINEARITY } from "./linearity.ts";
import { type Parameter, readParameter } from "./parameter.ts";
import { foldBatchNorm } from "./passes/fold-batch-norm.ts";
import { ancestors } from "./path.ts";

export interface Constant {
  /** The value that it is part of, and the operator that makes this. */
  readonly value: ValueId;
  readonly name: string;
  /** Per channel; or the level that a clipped activation answers with where it is saturated. */
  readonly added: { readonly perChannel: () => Promise<Float32Array> } | { readonly level: number };
}

/** @param graph with the numbers that its parameters have now. Throws E_METHOD where the network is not piecewise linear. */
export function constantsOf(graph: Graph, score: ValueId): Constant[] {
  const folded = foldBatchNorm(graph, new Set([score]), new Map());
  return ancestors(folded, [score]).flatMap((node) => constantOf(folded, node));
}

function constantOf(graph: Graph, node: Node): Constant[] {
  const at = { value: node.output, name: node.name };
  const parameter = (input: number): Parameter | undefined => {
    const id = node.inputs[input];
    return id === undefined ? undefined : graph.values[id]!.parameter;
  };
  const perChannel = (read: () => Promise<Float32Array>): Constant[] => [{ ...at, added: { perChannel: read } }];
  const bias = parameter(2);
  switch (node.op) {
    case "conv2d":
    case "convTranspose2d":
    case "depthwiseConv2d":
    case "dense":
      return bias ? perChannel(() => readParameter(bias)) : [];
    case "batchNorm":
      return perChannel(() =>
        shiftOf(
          node.inputs.slice(1).map((_, i) => parameter(i + 1)),
          node.attrs.epsilon,
        ),
      );
    case "clippedRelu":
      return [{ ...at, added: { level: node.attrs.max } }];
    case "pad":
      if (node.attrs.value === 0) return [];
      break;
    case "extend":
      if (node.attrs.mode !== "constant" || node.attrs.value === 0) return [];
      break;
    case "mul":
    case "matmul":
    case "div":
      if (parameter(1) || (node.op !== "div" && parameter(0))) return [];
      break;
    default: {
      const kind = LINEARITY[node.op];
      if ((kind === "linear" || kind === "homogeneous") && !node.inputs.some((_, i) => parameter(i))) return [];
    }
  }
  throw new GradCamError("E_METHOD", {
    where: "full gradients",
    expected: "a network of products, pooling and ReLUs: only there the score is the sum of input and bias terms",
    got: `${node.op} "${node.name}"`,
    hint: 'use "integrated-gradients", whose sum is the score in every network',
  });
}

/** β − μ·γ/√(σ² + ε) */
async function shiftOf(parameters: readonly (Parameter | undefined)[], epsilon: number): Promise<Float32Array> {
  const read = async (p: Parameter | undefined): Promise<Float32Array | undefined> =>
    p ? readParameter(p) : undefined;
  const [gamma, beta, mean, variance] = await Promise.all(parameters.map(read));
  return variance!.map((v, c) => (beta?.[c] ?? 0) - (mean![c]! * (gamma?.[c] ?? 1)) / Math.sqrt(v + epsilon));
}
