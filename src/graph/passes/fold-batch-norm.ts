/**
 * conv → batch norm becomes one convolution: s = γ/√(σ²+ε), w′ = s·w, b′ = β + s·(b − μ).
 * Folded in float64 and rounded once. A layer whose own output or parameters are asked for stays as it is, and so does a kernel
 * that several nodes read: each would get a copy of its own, and a file may have a thousand of them.
 */
import { once } from "../../once.ts";
import { elements, type Shape } from "../../shape.ts";
import type { Graph, Node, ValueId } from "../graph.ts";
import { type Parameter, readParameter } from "../parameter.ts";
import { Rewriter } from "../rewrite.ts";

type BatchNorm = Extract<Node, { op: "batchNorm" }>;
type Product = Extract<Node, { op: "conv2d" | "depthwiseConv2d" | "dense" }>;

/** Folded parameters by node name, so that every plan of a model shares them. */
export type FoldCache = Map<string, { kernel: Parameter; bias: Parameter }>;

export function foldBatchNorm(graph: Graph, kept: ReadonlySet<ValueId>, cache: FoldCache): Graph {
  const rewriter = new Rewriter(graph, kept);
  const shared = readTwice(graph);
  for (const [index, node] of rewriter.nodes()) {
    if (node.op !== "batchNorm") continue;
    const found = rewriter.soleProducer(node.inputs[0]);
    if (!found || !isProduct(found[1]) || !foldable(rewriter, found[1], node)) continue;
    const [at, product] = found as [number, Product];
    if (shared.has(product.inputs[1]!)) continue;
    rewriter.merge(index, at, fold(rewriter, product, node, cache));
  }
  return rewriter.finish();
}

const isProduct = (node: Node): node is Product =>
  node.op === "conv2d" || node.op === "depthwiseConv2d" || node.op === "dense";

/** Values that more than one node reads. */
function readTwice({ nodes }: Graph): ReadonlySet<ValueId> {
  const [seen, twice] = [new Set<ValueId>(), new Set<ValueId>()];
  for (const id of nodes.flatMap(({ inputs }) => [...new Set(inputs)])) {
    if (id !== undefined) (seen.has(id) ? twice : seen).add(id);
  }
  return twice;
}

/** All numbers are stored ones, nothing was fused before, and nobody asked for their gradients. */
function foldable(rewriter: Rewriter, product: Product, norm: BatchNorm): boolean {
  if (product.attrs.activation || product.inputs[3] !== undefined) return false;
  const numbers = [...product.inputs.slice(1), ...norm.inputs.slice(1)];
  return numbers.every((id) => id === undefined || (rewriter.value(id).parameter && !rewriter.isKept(id)));
}

function fold(rewriter: Rewriter, product: Product, norm: BatchNorm, cache: FoldCache): Node {
  // Output channels are the last axis of every kernel (the last two, flattened, of a depthwise one).
  const kernel = rewriter.value(product.inputs[1]!);
  const channels = rewriter.value(norm.inputs[3]!).shape.at(-1)!;
  let folded = cache.get(norm.name);
  if (!folded) {
    const parameters = [product.inputs[2], ...norm.inputs.slice(1)].map((id) =>
      id === undefined ? undefined : rewriter.value(id).parameter,
    );
    const affine = once(() => affineOf(parameters, channels, norm.attrs.epsilon));
    folded = {
      kernel: { ...kernel.parameter!, scale: async () => (await affine()).scale },
      bias: derived([channels], async () => Float32Array.from((await affine()).shift)),
    };
    cache.set(norm.name, folded);
  }
  const w = rewriter.addParameter(`${kernel.name} (folded)`, kernel.shape, folded.kernel);
  const b = rewriter.addParameter(`${norm.name}/bias (folded)`, [channels], folded.bias);
  return { ...product, inputs: [product.inputs[0], w, b], output: norm.output };
}

interface Affine {
  scale: Float64Array;
  shift: Float64Array;
}

async function affineOf(
  [bias, gamma, beta, mean, variance]: readonly (Parameter | undefined)[],
  channels: number,
  epsilon: number,
): Promise<Affine> {
  const read = async (parameter: Parameter | undefined, fallback: number): Promise<Float32Array> =>
    parameter ? readParameter(parameter) : new Float32Array(channels).fill(fallback);
  const [b, g, t, m, v] = [
    await read(bias, 0),
    await read(gamma, 1),
    await read(beta, 0),
    await read(mean, 0),
    await read(variance, 1),
  ];
  const scale = new Float64Array(channels);
  const shift = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    scale[c] = g[c]! / Math.sqrt(v[c]! + epsilon);
    shift[c] = t[c]! + scale[c]! * (b[c]! - m[c]!);
  }
  return { scale, shift };
}

/** A parameter computed when it is read; its numbers are let go after the last element was handed out. */
function derived(shape: Shape, compute: () => Promise<Float32Array>): Parameter {
  const length = elements(shape);
  let values: Promise<Float32Array> | undefined;
  return {
    stored: shape,
    source: {
      length,
      async read(start, end) {
        values ??= compute();
        const part = (await values).subarray(start, end);
        if (end === length) values = undefined;
        return part;
      },
    },
  };
}
