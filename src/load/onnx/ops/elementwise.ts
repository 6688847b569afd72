/** Operators that treat every element alike: activations and arithmetic. Opset changes are in the names of inputs only. */
import type { OpType } from "../../../graph/graph.ts";
import { broadcastNode } from "../broadcast.ts";
import type { OnnxNet } from "../net.ts";
import type { OnnxNode } from "../node.ts";
import { reshapedWeight, type Term, valueTerm } from "../term.ts";
import { Steps, type Translate } from "../translate.ts";

/** Operators of ours without attributes, by the name ONNX gives them. */
const SAME = {
  Relu: "relu",
  Sigmoid: "sigmoid",
  Tanh: "tanh",
  Softplus: "softplus",
  Softsign: "softsign",
  Exp: "exponential",
  HardSwish: "hardSwish",
  Mish: "mish",
} as const satisfies Record<string, OpType>;

const unary =
  (op: (typeof SAME)[keyof typeof SAME]): Translate =>
  (net, node) =>
    valueTerm(net.pointwise(op, node.output, net.view(node, 0), {}));

const TWO = { Add: "add", Sub: "sub", Mul: "mul", Div: "div" } as const;
const MANY = { Sum: "add", Mean: "add", Max: "maximum", Min: "minimum" } as const;

const binary =
  (op: (typeof TWO)[keyof typeof TWO]): Translate =>
  (net, node) =>
    valueTerm(broadcastNode(net, node, op, [net.term(node, 0), net.term(node, 1)], {}));

/** One after the other, from the left. */
const variadic =
  (op: (typeof MANY)[keyof typeof MANY]): Translate =>
  (net, node) => {
    const first = net.term(node, 0);
    const rest = node.inputs.slice(1).map((_, index) => net.term(node, index + 1));
    const divisor = node.op === "Mean" ? node.inputs.length : 1;
    const steps = new Steps(net, node);
    const sum = rest.reduce<Term>((left, right, i) => {
      const isLast = divisor === 1 && i === rest.length - 1;
      return valueTerm(steps.binary(op, left, right, isLast));
    }, first);
    return divisor === 1 ? sum : valueTerm(steps.binary("mul", sum, 1 / divisor, true));
  };

/** min(max(x, low), high); the bounds became inputs with opset 11. */
function clip(net: OnnxNet, node: OnnxNode): Term {
  const bound = (name: string, index: number): number | undefined => {
    if (node.attributes.has(name)) return node.float(name, 0);
    return node.has(index) ? net.scalar(node, index) : undefined;
  };
  const [low, high] = [bound("min", 1), bound("max", 2)];
  const x = net.view(node, 0);
  const isFinite = high !== undefined && high < 3e38;
  if (low === 0 && isFinite && high > 0) return valueTerm(net.pointwise("clippedRelu", node.output, x, { max: high }));
  if (low === 0 && !isFinite) return valueTerm(net.pointwise("relu", node.output, x, {}));
  const steps = new Steps(net, node);
  const raised = low === undefined ? x : steps.binary("maximum", x, low, high === undefined);
  return valueTerm(high === undefined ? raised : steps.binary("minimum", raised, high, true));
}

/** x where x > 0, slope·x elsewhere: relu(x) − slope·relu(−x). */
function prelu(net: OnnxNet, node: OnnxNode): Term {
  const x = net.view(node, 0);
  const steps = new Steps(net, node);
  const negative = steps.unary("relu", steps.binary("mul", x, -1), {});
  const slope = channelwise(net.term(node, 1), x.axes.length, net);
  return valueTerm(steps.binary("sub", steps.unary("relu", x, {}), steps.binary("mul", negative, slope), true));
}

/** Before opset 7 a slope of [C] meant one for each channel; some writers still mean it. */
function channelwise(term: Term, rank: number, net: OnnxNet): Term {
  const [length, ...others] = net.shape(term);
  if (others.length > 0 || length === undefined || length === 1 || rank < 2 || term.kind === "value") return term;
  const shape = [length, ...new Array<number>(rank - 2).fill(1)];
  return { kind: "weight", weight: reshapedWeight(net.constant(term), shape) };
}

/** ONNX's constants are those of the paper, in more digits than ours have. */
function selu(net: OnnxNet, node: OnnxNode): Term {
  const x = net.view(node, 0);
  const [alpha, gamma] = [node.float("alpha", SELU_ALPHA), node.float("gamma", SELU_GAMMA)];
  if (Math.abs(alpha - SELU_ALPHA) < 1e-5 && Math.abs(gamma - SELU_GAMMA) < 1e-5) {
    return valueTerm(net.pointwise("selu", node.output, x, {}));
  }
  const steps = new Steps(net, node);
  return valueTerm(steps.binary("mul", steps.unary("elu", x, { alpha }), gamma, true));
}

const SELU_ALPHA = 1.6732632423543772;
const SELU_GAMMA = 1.0507009873554805;

/** max(x, 0) + min(alpha·(e^(x/alpha) − 1), 0) = alpha·elu(x/alpha). */
function celu(net: OnnxNet, node: OnnxNode): Term {
  const alpha = node.float("alpha", 1);
  if (!(alpha > 0)) throw node.invalid("alpha", "a number above 0", alpha);
  const steps = new Steps(net, node);
  const scaled = steps.binary("mul", net.view(node, 0), 1 / alpha);
  return valueTerm(steps.binary("mul", steps.unary("elu", scaled, { alpha: 1 }), alpha, true));
}

/** x / (1 + e^(−alpha·x)). */
function swish(net: OnnxNet, node: OnnxNode): Term {
  const alpha = node.float("alpha", 1);
  const x = net.view(node, 0);
  if (alpha === 1) return valueTerm(net.pointwise("swish", node.output, x, {}));
  const steps = new Steps(net, node);
  return valueTerm(steps.binary("mul", x, steps.unary("sigmoid", steps.binary("mul", x, alpha), {}), true));
}

/** Operators that treat every element alike, by ONNX's names. */
export const ELEMENTWISE: Readonly<Record<string, Translate>> = {
  ...Object.fromEntries(Object.entries(SAME).map(([name, op]) => [name, unary(op)])),
  ...Object.fromEntries(Object.entries(TWO).map(([name, op]) => [name, binary(op)])),
  ...Object.fromEntries(Object.entries(MANY).map(([name, op]) => [name, variadic(op)])),
  Clip: clip,
  PRelu: prelu,
  Selu: selu,
  Celu: celu,
  Swish: swish,
  Elu: (net, node) =>
    valueTerm(net.pointwise("elu", node.output, net.view(node, 0), { alpha: node.float("alpha", 1) })),
  LeakyRelu: (net, node) =>
    valueTerm(net.pointwise("leakyRelu", node.output, net.view(node, 0), { alpha: node.float("alpha", 0.01) })),
  HardSigmoid: (net, node) =>
    valueTerm(
      net.pointwise("hardSigmoid", node.output, net.view(node, 0), {
        alpha: node.float("alpha", 0.2),
        beta: node.float("beta", 0.5),
      }),
    ),
  Gelu: (net, node) =>
    valueTerm(
      net.pointwise("gelu", node.output, net.view(node, 0), {
        approximate: node.choice("approximate", ["none", "tanh"], "none") === "tanh",
      }),
    ),
};
