/** TensorFlow's operators in our words. Adding one = one line here and, if it is more than a renaming, a function beside its kin. */
import type { OpType, ValueId } from "../../graph/graph.ts";
import { ARRANGEMENTS } from "./ops/arrangement.ts";
import { FUNCTIONS } from "./ops/functions.ts";
import { NORMALIZATIONS } from "./ops/normalization.ts";
import { PADDINGS } from "./ops/padding.ts";
import { PARTS } from "./ops/parts.ts";
import { preluTerm } from "./ops/prelu.ts";
import { PRODUCTS } from "./ops/products.ts";
import { REDUCTIONS } from "./ops/reductions.ts";
import { RESIZERS } from "./ops/resizing.ts";
import { SHAPES } from "./ops/shapes.ts";
import type { GraphNet, Term } from "./graph-net.ts";
import type { GraphNode } from "./graph-nodes.ts";

/** What a node makes, or each of its outputs; undefined for those that nobody reads. */
export type Translate = (net: GraphNet, node: GraphNode) => Term | readonly (Term | undefined)[];

/** Operators of ours without attributes, by the name TensorFlow gives them. */
const SAME = {
  Relu: "relu",
  Selu: "selu",
  Sigmoid: "sigmoid",
  Tanh: "tanh",
  Softplus: "softplus",
  Softsign: "softsign",
  Exp: "exponential",
  Softmax: "softmax",
} as const satisfies Record<string, OpType>;

const BINARY = {
  Add: "add",
  AddV2: "add",
  BiasAdd: "add",
  BiasAddV1: "add",
  Sub: "sub",
  Mul: "mul",
  Div: "div",
  RealDiv: "div",
  Maximum: "maximum",
  Minimum: "minimum",
} as const satisfies Record<string, OpType>;

const PASSED_ON = ["Identity", "StopGradient", "PreventGradient", "CheckNumerics", "Snapshot", "IdentityN"];

const unary =
  (op: (typeof SAME)[keyof typeof SAME]): Translate =>
  (net, node) =>
    net.node(op, node.name, [net.value(node, 0)], {});

const binary =
  (op: (typeof BINARY)[keyof typeof BINARY]): Translate =>
  (net, node) =>
    net.node(op, node.name, [net.value(node, 0), net.value(node, 1)], {});

/** One after the other, from the left. */
function sum(net: GraphNet, node: GraphNode): ValueId {
  const last = node.inputs.length - 1;
  const name = (index: number): string => (index === last ? node.name : `${node.name}/sum_${index}`);
  return node.inputs
    .slice(1)
    .reduce(
      (total, _, i) => net.builder.node("add", name(i + 1), [total, net.value(node, i + 1)], {}),
      net.value(node, 0),
    );
}

/** By TensorFlow's name. */
export const GRAPH_OPS: ReadonlyMap<string, Translate> = new Map<string, Translate>([
  ...Object.entries(SAME).map(([name, op]) => [name, unary(op)] as const),
  ...Object.entries(BINARY).map(([name, op]) => [name, binary(op)] as const),
  ...PASSED_ON.map((name): [string, Translate] => [name, (net, node) => net.term(node, 0)]),
  ["Relu6", (net, node) => net.node("clippedRelu", node.name, [net.value(node, 0)], { max: 6 })],
  ["Elu", (net, node) => net.node("elu", node.name, [net.value(node, 0)], { alpha: 1 })],
  [
    "LeakyRelu",
    (net, node) => net.node("leakyRelu", node.name, [net.value(node, 0)], { alpha: node.number("alpha", 0.2) }),
  ],
  ...Object.entries(FUNCTIONS),
  ...Object.entries(PRODUCTS),
  ...Object.entries(NORMALIZATIONS),
  ...Object.entries(REDUCTIONS),
  ...Object.entries(ARRANGEMENTS),
  ...Object.entries(SHAPES),
  ...Object.entries(RESIZERS),
  ...Object.entries(PADDINGS),
  ...Object.entries(PARTS),
  ["AddN", (net, node) => ({ kind: "value", id: sum(net, node) })],
  ["Prelu", (net, node) => preluTerm(net, node.name, net.value(node, 0), net.value(node, 1))],
]);
