/** Normalisations and softmax. */
import { showShape } from "../../../shape.ts";
import type { OnnxNet } from "../net.ts";
import type { OnnxNode } from "../node.ts";
import { type Term, valueTerm } from "../term.ts";
import type { Translate } from "../translate.ts";
import { axisOf } from "../axes.ts";
import { channelsLast, shapeOf, type View } from "../view.ts";

/** With the statistics of training; channels are axis 1. */
function batchNormalization(net: OnnxNet, node: OnnxNode): Term {
  if (node.flag("training_mode", false)) throw node.unsupported("training_mode 0", "1");
  if (!node.flag("spatial", true)) throw node.unsupported("spatial 1", "0");
  const x = net.view(node, 0);
  const order = channelsLast(x.axes.length);
  const parameters = [1, 2, 3, 4].map((index) => net.parameter(net.weight(node, index)));
  const inputs = [net.ordered(x, order), ...parameters];
  return valueTerm(net.node("batchNorm", node.output, inputs, { epsilon: node.float("epsilon", 1e-5) }, order));
}

/** Over channels, which are axis 1. */
function localResponse(net: OnnxNet, node: OnnxNode): Term {
  const x = net.view(node, 0);
  if (x.axes.length < 3) throw node.unsupported("pictures [N,C,…]", showShape(shapeOf(x)));
  const order = channelsLast(x.axes.length);
  const attrs = {
    size: node.int("size", 0),
    alpha: node.float("alpha", 1e-4),
    beta: node.float("beta", 0.75),
    bias: node.float("bias", 1),
  };
  return valueTerm(net.node("lrn", node.output, [net.ordered(x, order)], attrs, order));
}

/** Over one axis since opset 13; before, over everything from an axis on. */
const softmax =
  (op: "softmax" | "logSoftmax"): Translate =>
  (net, node) => {
    const x = net.view(node, 0);
    const rank = x.axes.length;
    const isOld = net.opset < 13;
    const axis = axisOf(node, node.int("axis", isOld ? 1 : -1), rank);
    const inside = (k: number): boolean => (isOld ? k >= axis : k === axis);
    const all = [...x.axes.keys()];
    const [rest, taken] = [all.filter((k) => !inside(k)), all.filter(inside)];
    return valueTerm(softmaxOver(net, node, op, x, rest, taken));
  };

/** The axes to be taken lie last; the others as they come. */
function softmaxOver(
  net: OnnxNet,
  node: OnnxNode,
  op: "softmax" | "logSoftmax",
  x: View,
  rest: readonly number[],
  taken: readonly number[],
): View {
  const inner = taken.flatMap((axis) => x.axes[axis]!);
  const outer = rest.map((axis) => x.axes[axis]!.filter((factor) => factor !== 0)).filter((axis) => axis.length > 0);
  const laid = [net.lay(x, [...outer, inner])];
  const id = op === "softmax" ? net.make(op, node.output, laid, {}) : net.make(op, node.output, laid, { axis: -1 });
  // Factors lie now as they were asked for.
  const lying = [0, ...outer.flat(), ...inner.filter((factor) => factor !== 0)];
  const sizes = lying.map((factor) => x.sizes[factor]!);
  return net.remark({ id, sizes, axes: x.axes.map((axis) => axis.map((factor) => lying.indexOf(factor))) });
}

/** Normalisations, by ONNX's names. */
export const NORMALIZATIONS: Readonly<Record<string, Translate>> = {
  BatchNormalization: batchNormalization,
  LRN: localResponse,
  Softmax: softmax("softmax"),
  LogSoftmax: softmax("logSoftmax"),
};
