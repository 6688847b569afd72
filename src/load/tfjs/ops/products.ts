/** Convolutions and matrix products, with the bias and activation that converters fuse into them. */
import { GradCamError } from "../../../errors.ts";
import type { ValueId } from "../../../graph/graph.ts";
import { type Padding, type Pair, resolvePadding, type Shape } from "../../../shape.ts";
import type { GraphNet, Term } from "../graph-net.ts";
import { badAttribute, type GraphNode } from "../graph-nodes.ts";
import type { Translate } from "../graph-ops.ts";
import { preluTerm } from "./prelu.ts";

export const PRODUCTS: Readonly<Record<string, Translate>> = {
  Conv2D: conv2d,
  _FusedConv2D: conv2d,
  Conv2DBackpropInput: transposed,
  DepthwiseConv2dNative: depthwise,
  FusedDepthwiseConv2dNative: depthwise,
  MatMul: matMul,
  _FusedMatMul: matMul,
  BatchMatMul: batchMatMul,
  BatchMatMulV2: batchMatMul,
};

/** x [N,H,W,C], filter [kH,kW,C/groups,F]; with a channel in each group the same numbers are a depthwise one [kH,kW,C,F/C]. */
function conv2d(net: GraphNet, node: GraphNode): Term {
  const x = net.value(node, 0);
  const shape = filterShape(net, node) as readonly [number, number, number, number];
  const [kH, kW, inputs, filters] = shape;
  const channels = net.shape(x).at(-1)!;
  const groups = channels / inputs;
  if (!Number.isInteger(groups)) throw badAttribute(node, "filter", `a filter for ${channels} channels`, shape);
  const window = windowOf(node, net.shape(x), [kH, kW]);
  if (inputs === 1 && groups > 1 && filters % groups === 0) {
    const kernel = net.weight(node, 1, [kH, kW, channels, filters / channels]);
    return finish(net, node, (name, bias) => net.builder.node("depthwiseConv2d", name, [x, kernel, bias], window));
  }
  const w = net.weight(node, 1, shape);
  return finish(net, node, (name, bias) => net.builder.node("conv2d", name, [x, w, bias], { ...window, groups }));
}

/** The adjoint of a convolution: sizes [N,H′,W′,F], filter [kH,kW,F,C], x [N,H,W,C]. The padding is that convolution's. */
function transposed(net: GraphNet, node: GraphNode): Term {
  const x = net.value(node, 2);
  const [kH, kW, filters, channels] = filterShape(net, node) as readonly [number, number, number, number];
  const w = net.weight(node, 1, [kH, kW, filters, channels]);
  const y = net.integers(node, 0, 4);
  const window = windowOf(node, y, [kH, kW]);
  const [top, bottom, left, right] = window.padding;
  const reach = (axis: 0 | 1, kernel: number): number =>
    (net.shape(x)[axis + 1]! - 1) * window.strides[axis] + window.dilations[axis] * (kernel - 1) + 1;
  const outputPadding = [y[1]! - reach(0, kH) + top + bottom, y[2]! - reach(1, kW) + left + right] as const;
  const fits = y[3] === filters && outputPadding.every((size, axis) => size >= 0 && size < window.strides[axis]!);
  if (!fits) throw badAttribute(node, "input_sizes", "what a convolution with this filter would make the input of", y);
  return net.node("convTranspose2d", node.name, [x, w], { ...window, groups: 1, outputPadding });
}

/** x [N,H,W,C], filter [kH,kW,C,M]. */
function depthwise(net: GraphNet, node: GraphNode): Term {
  const x = net.value(node, 0);
  const shape = filterShape(net, node);
  const w = net.weight(node, 1, shape);
  const attrs = windowOf(node, net.shape(x), [shape[0]!, shape[1]!]);
  return finish(net, node, (name, bias) => net.builder.node("depthwiseConv2d", name, [x, w, bias], attrs));
}

/** a [N,I] · b [I,O], where b is stored. */
function matMul(net: GraphNet, node: GraphNode): Term {
  if (node.flag("transpose_a", false)) throw badAttribute(node, "transpose_a", "false", true);
  const x = net.value(node, 0);
  const { weight } = net.stored(node, 1);
  const transposed = node.flag("transpose_b", false);
  if (weight.shape.length !== 2) throw badAttribute(node, "b", "a matrix", weight.shape);
  const [rows, columns] = weight.shape as readonly [number, number];
  const w = transposed ? net.weight(node, 1, [columns, rows], [1, 0]) : net.weight(node, 1, [rows, columns]);
  return finish(net, node, (name, bias) => net.builder.node("dense", name, [x, w, bias], {}));
}

/** Matrices of every picture by matrices of the same one, or by stored ones. */
function batchMatMul(net: GraphNet, node: GraphNode): Term {
  const inputs = [net.value(node, 0), net.value(node, 1)];
  const isSound = inputs.every((id, index) => net.shape(id).length >= (net.term(node, index).kind === "value" ? 3 : 2));
  const shapes = inputs.map((id) => net.shape(id));
  if (!isSound) throw badAttribute(node, "x and y", "a matrix, or more, for every picture", shapes);
  const attrs = { transposeA: node.flag("adj_x", false), transposeB: node.flag("adj_y", false) };
  return net.node("matmul", node.name, inputs, attrs);
}

function filterShape(net: GraphNet, node: GraphNode): Shape {
  const { shape } = net.stored(node, 1).weight;
  if (shape.length === 4) return shape;
  throw badAttribute(node, "filter", "a filter of four axes", shape);
}

/** Strides, dilations and padding of a window on pictures of shape x. */
export function windowOf(
  node: GraphNode,
  x: Shape,
  kernel: Pair,
): { strides: Pair; dilations: Pair; padding: Padding } {
  requireChannelsLast(node);
  const strides = innerPair(node, "strides");
  const dilations = innerPair(node, "dilations");
  const kind = node.text("padding", "VALID");
  if (kind === "EXPLICIT") return { strides, dilations, padding: explicitPadding(node) };
  if (kind !== "SAME" && kind !== "VALID") throw badAttribute(node, "padding", "SAME, VALID or EXPLICIT", kind);
  const padding = resolvePadding(kind === "SAME" ? "same" : "valid", x, kernel, strides, dilations);
  return { strides, dilations, padding };
}

/** [1, a, b, 1] → [a, b]. */
export function innerPair(node: GraphNode, name: string): Pair {
  const list = node.integers(name, [1, 1, 1, 1]);
  const [n, a, b, c] = list;
  const sound = list.length === 4 && n === 1 && c === 1 && [a!, b!].every((size) => Number.isInteger(size) && size > 0);
  if (sound) return [a!, b!];
  throw badAttribute(node, name, "[1, a, b, 1] with a and b above 0", list);
}

function explicitPadding(node: GraphNode): Padding {
  const list = node.integers("explicit_paddings", []);
  const [n0, n1, top, bottom, left, right, c0, c1] = list;
  const sound = list.length === 8 && [n0, n1, c0, c1].every((size) => size === 0) && list.every((size) => size >= 0);
  if (sound) return [top!, bottom!, left!, right!];
  throw badAttribute(node, "explicit_paddings", "[0,0,top,bottom,left,right,0,0]", list);
}

export function requireChannelsLast(node: GraphNode): void {
  const format = node.text("data_format", "NHWC");
  if (format !== "NHWC") throw badAttribute(node, "data_format", "NHWC", format);
}

/** What comes after the product in the same node: a bias, then an activation. The value before the activation is `name/linear`. */
function finish(net: GraphNet, node: GraphNode, product: (name: string, bias: ValueId | undefined) => ValueId): Term {
  const fused = node.texts("fused_ops");
  const hasBias = fused[0] === "BiasAdd";
  const [activation, ...more] = hasBias ? fused.slice(1) : fused;
  if (more.length > 0) throw unknownFusion(node, fused);
  const bias = hasBias ? net.value(node, 2) : undefined;
  if (activation === undefined) return { kind: "value", id: product(node.name, bias) };
  const linear = product(`${node.name}/linear`, bias);
  switch (activation) {
    case "Relu":
      return net.node("relu", node.name, [linear], {});
    case "Relu6":
      return net.node("clippedRelu", node.name, [linear], { max: 6 });
    case "Elu":
      return net.node("elu", node.name, [linear], { alpha: 1 });
    case "LeakyRelu":
      return net.node("leakyRelu", node.name, [linear], { alpha: node.number("leakyrelu_alpha", 0.2) });
    case "Prelu":
      // Behind the bias.
      return preluTerm(net, node.name, linear, net.value(node, hasBias ? 3 : 2));
    case "Sigmoid":
      return net.node("sigmoid", node.name, [linear], {});
    case "Tanh":
      return net.node("tanh", node.name, [linear], {});
    default:
      throw unknownFusion(node, fused);
  }
}

const unknownFusion = (node: GraphNode, fused: readonly string[]): GradCamError =>
  new GradCamError("E_UNSUPPORTED_OP", {
    where: node.where,
    expected: "BiasAdd and one of Relu, Relu6, Elu, LeakyRelu, Prelu, Sigmoid, Tanh fused into it",
    got: fused.join(", "),
  });
