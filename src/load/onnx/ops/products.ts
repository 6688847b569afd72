/** Convolutions and matrix products. Kernels are [F,C/groups,kH,kW] in the file and [kH,kW,C/groups,F] here. */
import { elements, type Pair, type Shape, showShape } from "../../../shape.ts";
import type { OnnxNet } from "../net.ts";
import type { OnnxNode } from "../node.ts";
import { permuted, reshapedWeight, type Term, valueTerm, type Weight } from "../term.ts";
import { Steps, type Translate } from "../translate.ts";
import { channelsLast, shapeOf, sizeOf, transposed, type View } from "../view.ts";
import { convTranspose } from "./conv-transpose.ts";
import { dequantizeLinear } from "./dequantize.ts";
import { matrixProduct } from "./matmul.ts";
import { windowOf } from "./window.ts";

/** y = x ∗ w + b. With one channel in a group, depthwise. */
function conv(net: OnnxNet, node: OnnxNode): Term {
  const x = net.picture(node);
  const shape = shapeOf(net.view(node, 0));
  const weight = net.weight(node, 1);
  const [filters, inputs, kH, kW] = kernelShape(node, weight);
  const groups = node.int("group", 1);
  const channels = shape[1]!;
  if (groups < 1 || channels !== inputs * groups || filters % groups !== 0) {
    throw node.invalid("group", `a number that divides ${channels} channels and ${filters} filters`, groups);
  }
  const declared = node.ints("kernel_shape") ?? [kH, kW];
  if (declared.join() !== [kH, kW].join()) throw node.invalid("kernel_shape", showShape([kH, kW]), declared);
  const window = windowOf(node, shape, [kH, kW]);
  const bias = net.weightIf(node, 2);
  const b = bias && net.parameter(bias);
  if (groups === channels && groups > 1) {
    const split = reshapedWeight(weight, [channels, filters / channels, kH, kW]);
    const w = net.parameter(permuted(split, [2, 3, 0, 1]));
    return valueTerm(net.node("depthwiseConv2d", node.output, [x, w, b], window, channelsLast(4)));
  }
  const w = net.parameter(weight, [2, 3, 1, 0]);
  return valueTerm(net.node("conv2d", node.output, [x, w, b], { ...window, groups }, channelsLast(4)));
}

function kernelShape(node: OnnxNode, { shape }: Weight): [filters: number, inputs: number, kH: number, kW: number] {
  if (shape.length === 4) return shape as unknown as [number, number, number, number];
  throw node.unsupported("kernels [F,C,kH,kW] of pictures", showShape(shape));
}

/** alpha·A·B + beta·C, with A and B transposed if it says so; alpha and beta are 1 in networks. */
function gemm(net: OnnxNet, node: OnnxNode): Term {
  const [a, b] = [matrixOf(net, node, 0, "transA"), matrixOf(net, node, 1, "transB")];
  const [alpha, beta] = [node.float("alpha", 1), node.float("beta", 1)];
  const steps = new Steps(net, node);
  const isPlain = alpha === 1 && beta === 1;
  const c = node.has(2) ? net.term(node, 2) : undefined;
  const outputs = net.shape(b)[1]!;
  const bias = isPlain && c && c.kind !== "value" && elements(net.shape(c)) === outputs ? c : undefined;
  const weight = a.kind === "value" && b.kind !== "value" && isRows(a.view) ? net.constant(b) : undefined;
  const isWhole = isPlain && (c === undefined || (bias !== undefined && weight !== undefined));
  const name = isWhole ? node.output : `${node.output}/product`;
  const y =
    a.kind === "value" && weight
      ? dense(net, node, a.view, weight, isWhole ? bias && net.constant(bias) : undefined, name)
      : matrixProduct(net, node, a, b, name);
  if (isWhole) return valueTerm(y);
  const scaled = alpha === 1 ? y : steps.binary("mul", y, alpha, c === undefined);
  if (c === undefined) return valueTerm(scaled);
  const added = beta === 1 ? c : valueTerm(scaleTerm(steps, c, beta, net, node));
  return valueTerm(steps.binary("add", scaled, added, true));
}

/** An input of two axes, transposed where a flag says so. Throws E_ATTR_INVALID. */
function matrixOf(net: OnnxNet, node: OnnxNode, index: number, flag: string): Term {
  const term = net.term(node, index);
  const shape = net.shape(term);
  if (shape.length !== 2) throw node.invalid(`input ${index}`, "a matrix", showShape(shape));
  if (!node.flag(flag, false)) return term;
  if (term.kind === "value") return valueTerm(transposed(term.view, [1, 0]));
  return { kind: "weight", weight: permuted(net.constant(term), [1, 0]) };
}

/** Whether each row is one picture's. */
const isRows = ({ axes }: View): boolean => axes.length === 2 && axes[0]![0] === 0;

function scaleTerm(steps: Steps, c: Term, beta: number, net: OnnxNet, node: OnnxNode): View {
  return steps.binary("mul", c.kind === "value" ? c : valueTerm(net.view(node, 2)), beta);
}

/** x [N,I] by w [I,O]. The rows of w are brought into the order in which x lies. */
function dense(net: OnnxNet, node: OnnxNode, x: View, weight: Weight, bias: Weight | undefined, name: string): View {
  const [inputs, outputs] = weight.shape as [number, number];
  if (x.axes.length !== 2 || sizeOf(x.sizes, x.axes[1]!) !== inputs) {
    throw node.invalid("input 0", `[N,${inputs}] for weights ${showShape(weight.shape)}`, shapeOf(x));
  }
  const { laid, w } = matched(net, x, x.axes[1]!, weight);
  const b = bias && net.parameter(reshapedWeight(bias, [outputs]));
  return net.node("dense", name, [laid, w, b], {});
}

/** The inputs of a product as they lie, and the weights with rows in that order. */
function matched(net: OnnxNet, x: View, factors: readonly number[], weight: Weight) {
  const [inputs, outputs] = weight.shape as [number, number];
  const lying = [...factors].sort((a, b) => a - b);
  const laid = net.lay(x, [lying]);
  if (lying.every((factor, i) => factor === factors[i])) return { laid, w: net.parameter(weight) };
  const split: Shape = [...factors.map((factor) => x.sizes[factor]!), outputs];
  const perm = [...lying.map((factor) => factors.indexOf(factor)), factors.length];
  return { laid, w: net.parameter(permuted(reshapedWeight(weight, split), perm), undefined, [inputs, outputs]) };
}

/** x […,I] by a stored matrix [I,O] is a dense layer, or a convolution with a kernel of one pixel. */
function matMul(net: OnnxNet, node: OnnxNode): Term {
  const [a, b] = [net.term(node, 0), net.term(node, 1)];
  if (a.kind !== "value" || b.kind === "value" || net.shape(b).length !== 2 || a.view.axes[0]?.[0] !== 0) {
    return valueTerm(matrixProduct(net, node, a, b, node.output));
  }
  const weight = net.constant(b);
  if (isRows(a.view)) return valueTerm(dense(net, node, a.view, weight, undefined, node.output));
  return valueTerm(overPositions(net, node, a.view, weight));
}

function overPositions(net: OnnxNet, node: OnnxNode, x: View, weight: Weight): View {
  const [inputs, outputs] = weight.shape as [number, number];
  const shape = shapeOf(x);
  if (shape.length < 3 || shape.at(-1) !== inputs) {
    throw node.unsupported(`an input [N,…,${inputs}]`, showShape(shape));
  }
  const laid = net.lay(x, [...positionsOf(x.axes.slice(1, -1)), x.axes.at(-1)!]);
  const w = net.parameter(reshapedWeight(weight, [1, 1, inputs, outputs]));
  const one: Pair = [1, 1];
  const attrs = { strides: one, dilations: one, padding: [0, 0, 0, 0] as const, groups: 1 };
  return net.reshape(net.node("conv2d", node.output, [laid, w], attrs), [...shape.slice(0, -1), outputs]);
}

/** As lines and columns, where there are such, also where the file has them as one axis: what is made of a picture is one then. */
function positionsOf(axes: View["axes"]): readonly [lines: readonly number[], columns: readonly number[]] {
  const factors = axes.flat();
  if (axes.length !== 2 && factors.length === 2) return [[factors[0]!], [factors[1]!]];
  const [lines = [], ...columns] = axes;
  return [lines, columns.flat()];
}

/** Products, by ONNX's names. */
export const PRODUCTS: Readonly<Record<string, Translate>> = {
  Conv: conv,
  ConvTranspose: convTranspose,
  Gemm: gemm,
  MatMul: matMul,
  DequantizeLinear: dequantizeLinear,
};
