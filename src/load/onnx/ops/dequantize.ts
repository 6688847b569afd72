/** Weights of 8 bits: w = s·(q − z), with one scale s and zero point z for all, or one for every row along an axis. */
import { GradCamError } from "../../../errors.ts";
import { type Parameter, readParameter } from "../../../graph/parameter.ts";
import { elements, type Shape } from "../../../shape.ts";
import { axisOf } from "../axes.ts";
import type { OnnxNet } from "../net.ts";
import type { OnnxNode } from "../node.ts";
import type { Term, Weight } from "../term.ts";

/** Throws E_UNSUPPORTED_OP for what is computed from the picture, E_QUANT_INVALID for scales that do not fit. */
export function dequantizeLinear(net: OnnxNet, node: OnnxNode): Term {
  if (net.term(node, 0).kind === "value") {
    throw node.unsupported("weights of 8 bits", "activations of 8 bits, whose rounding has no gradient");
  }
  if (node.int("block_size", 0) !== 0) throw node.unsupported("block_size 0", String(node.int("block_size", 0)));
  const weight = net.weight(node, 0);
  const scale = net.weight(node, 1);
  const zero = net.weightIf(node, 2);
  const spread = spreadOf(node, weight.shape, scale);
  if (zero && elements(zero.shape) !== spread.count) {
    throw invalid(node, `${spread.count} zero points, as there are scales`, String(elements(zero.shape)));
  }
  let factors: Promise<readonly [Float32Array, Float32Array | undefined]> | undefined;
  const read = async (start: number, end: number): Promise<Float32Array> => {
    factors ??= Promise.all([readScales(node, scale), zero && readParameter(parameterOf(zero))]);
    const [scales, zeros] = await factors;
    const numbers = await (plainSource(weight).read(start, end) as Promise<Float32Array>);
    return numbers.map((q, i) => {
      const row = Math.floor((start + i) / spread.run) % spread.count;
      return (q - (zeros?.[row] ?? 0)) * scales[row]!;
    });
  };
  const { name, shape } = weight;
  return {
    kind: "weight",
    weight: { name, shape, stored: shape, kind: "float", source: { length: elements(shape), read } },
  };
}

interface Spread {
  /** Scales there are. */
  readonly count: number;
  /** Elements in a row that share one. */
  readonly run: number;
}

function spreadOf(node: OnnxNode, shape: Shape, scale: Weight): Spread {
  const count = elements(scale.shape);
  if (count === 1) return { count, run: 1 };
  const axis = axisOf(node, node.int("axis", 1), shape.length);
  if (count === shape[axis]) return { count, run: elements(shape.slice(axis + 1)) };
  throw invalid(node, `one scale, or one for each of ${shape[axis]!} along axis ${axis}`, String(count));
}

async function readScales(node: OnnxNode, scale: Weight): Promise<Float32Array> {
  const scales = await readParameter(parameterOf(scale));
  const bad = scales.find((value) => !Number.isFinite(value));
  if (bad === undefined) return scales;
  throw invalid(node, "finite scales", String(bad));
}

const parameterOf = ({ source, stored, permutation }: Weight): Parameter => ({
  source,
  stored,
  ...(permutation && { permutation }),
});

/** Numbers in the order of the weight's own axes. */
function plainSource(weight: Weight): Pick<Weight["source"], "read"> {
  if (!weight.permutation) return { read: async (start, end) => weight.source.read(start, end) };
  return { read: async (start, end) => (await readParameter(parameterOf(weight))).subarray(start, end) };
}

const invalid = (node: OnnxNode, expected: string, got: string): GradCamError =>
  new GradCamError("E_QUANT_INVALID", { where: node.where, expected, got });
