/** Normalisations with the moments of the picture itself: mean and variance over some axes, then scale and shift. */
import { elements, showShape } from "../../../shape.ts";
import { axesOf, axisOf } from "../axes.ts";
import type { OnnxNet } from "../net.ts";
import type { OnnxNode } from "../node.ts";
import { reshapedWeight, type Term, valueTerm } from "../term.ts";
import { Steps, type Translate } from "../translate.ts";
import { apart } from "./apart.ts";
import { reduced } from "./reduced.ts";
import { BatchMoved, shapeOf, unbatchedView, type View } from "../view.ts";

/** (x − mean) / √(variance + epsilon) over axes of the file. Throws BatchMoved where the batch is one of them. */
export function standardized(net: OnnxNet, whole: View, named: readonly number[], epsilon: number, name: string): View {
  const file = shapeOf(whole);
  if (named.some((axis) => whole.axes[axis]!.includes(0) && file[axis] !== 1)) throw new BatchMoved();
  const { view, shift, joined } = apart(net, whole);
  const axes = named.map((axis) => axis + shift);
  const attrs = { epsilon, center: true };
  if (view.axes[0]?.[0] !== 0) {
    const { id } = net.plain(view);
    const made = net.make("standardize", name, [id], { ...attrs, axes: axes.map((axis) => axis + 1) });
    return net.remark(unbatchedView(made, file));
  }
  const order = net.order(view);
  const within = axes.filter((axis) => axis !== 0).map((axis) => order.indexOf(axis));
  return joined(net.node("standardize", name, [net.ordered(view, order)], { ...attrs, axes: within }, order));
}

/** Scale and shift as stored, seen as `shape`; either may be left out. */
function affine(net: OnnxNet, node: OnnxNode, x: View, shape: readonly number[]): View {
  const steps = new Steps(net, node);
  const seen = (index: number): Term | undefined => {
    const weight = net.weightIf(node, index);
    if (weight === undefined) return undefined;
    if (elements(weight.shape) !== elements(shape))
      throw node.invalid(`input ${index}`, showShape(shape), weight.shape);
    return { kind: "weight", weight: reshapedWeight(weight, shape) };
  };
  const [scale, shift] = [seen(1), seen(2)];
  const scaled = scale ? steps.binary("mul", x, scale, shift === undefined) : x;
  return shift ? steps.binary("add", scaled, shift, true) : scaled;
}

const channelwise = (count: number, rank: number): number[] => [count, ...new Array<number>(rank - 2).fill(1)];

/** Axes behind the channels, of every picture by itself. */
function instance(net: OnnxNet, node: OnnxNode): Term {
  const view = net.view(node, 0);
  const shape = shapeOf(view);
  if (shape.length < 3) throw node.unsupported("pictures [N,C,…]", showShape(shape));
  const axes = [...shape.keys()].slice(2);
  const x = standardized(net, view, axes, node.float("epsilon", 1e-5), `${node.output}/standardized`);
  return valueTerm(affine(net, node, x, channelwise(shape[1]!, shape.length)));
}

/** Some channels with all that lies behind them. Scale and shift are one for each channel since opset 21, for each group before. */
function group(net: OnnxNet, node: OnnxNode): Term {
  const view = net.view(node, 0);
  const shape = shapeOf(view);
  const [n, channels, ...rest] = shape as [number, number, ...number[]];
  const groups = node.int("num_groups", 0);
  if (groups < 1 || shape.length < 3 || channels % groups !== 0) {
    throw node.invalid("num_groups", `a divisor of the channels of ${showShape(shape)}`, groups);
  }
  const split = net.reshape(view, [n, groups, channels / groups, ...rest]);
  const axes = split.axes.map((_, axis) => axis).slice(2);
  const x = standardized(net, split, axes, node.float("epsilon", 1e-5), `${node.output}/standardized`);
  if (net.opset >= 21) return valueTerm(affine(net, node, net.reshape(x, shape), channelwise(channels, shape.length)));
  return valueTerm(net.reshape(affine(net, node, x, channelwise(groups, shape.length + 1)), shape));
}

/** All axes from one on. */
function layer(net: OnnxNet, node: OnnxNode): Term | readonly Term[] {
  const view = net.view(node, 0);
  const shape = shapeOf(view);
  const first = axisOf(node, node.int("axis", -1), shape.length);
  const axes = [...shape.keys()].slice(first);
  const epsilon = node.float("epsilon", 1e-5);
  const x = standardized(net, view, axes, epsilon, `${node.output}/standardized`);
  const y = valueTerm(affine(net, node, x, shape.slice(first)));
  const isPlain = node.outputs.slice(1).every((name) => name === "");
  return isPlain ? y : [y, ...momentsOf(net, node, view, axes, epsilon)];
}

/** The mean over some axes, and 1 / √(variance + epsilon), for those who want them besides. */
function momentsOf(net: OnnxNet, node: OnnxNode, x: View, axes: readonly number[], epsilon: number): [Term, Term] {
  const [, meanName = "", inverseName = ""] = node.outputs;
  const mean = (view: View, name: string): View =>
    reduced(net, view, axes, name, (part) =>
      net.make("globalAveragePool", `${name}/pooled`, [part], { keepDims: true }),
    );
  const steps = new Steps(net, node);
  const center = mean(x, meanName === "" ? `${node.output}/mean` : meanName);
  const away = steps.binary("sub", x, center);
  const variance = mean(steps.binary("mul", away, away), `${node.output}/variance`);
  const inverse = steps.unary("unary", steps.binary("add", variance, epsilon), { fn: "rsqrt" });
  if (inverseName !== "") net.builder.rename(inverse.id, inverseName);
  return [valueTerm(center), valueTerm(inverse)];
}

/** Without scale and shift. */
function meanVariance(net: OnnxNet, node: OnnxNode): Term {
  const view = net.view(node, 0);
  const axes = axesOf(node, node.ints("axes") ?? [0, 2, 3], view.axes.length);
  return valueTerm(standardized(net, view, axes, 1e-9, node.output));
}

/** Normalisations of the picture by itself, by ONNX's names. */
export const STANDARDIZATIONS: Readonly<Record<string, Translate>> = {
  InstanceNormalization: instance,
  GroupNormalization: group,
  LayerNormalization: layer,
  MeanVarianceNormalization: meanVariance,
};
