/** How the value of a node changes while its inputs do, operator by operator: differentiation in forward mode. */
import { type OpType, ops } from "../../ops/index.ts";
import { BENDS } from "../../ops/tangent/bends.ts";
import type { Node, ValueId } from "../graph.ts";
import { opOf } from "../op-of.ts";
import type { TangentWriter } from "./writer.ts";

/** The tangent of what a node makes; "still" where that is 0, undefined where there is no rule for such a call. */
type Rule = (writer: TangentWriter, node: Node) => ValueId | "still" | undefined;

/** Linear in its first input, with stored numbers: that without what is added. */
const linearInX: Rule = (writer, node) => {
  const [x, w, , residual] = node.inputs;
  const isPlain = writer.isParameter(w) && residual === undefined && !("activation" in node.attrs);
  const inputs = w === undefined ? [writer.moving(x)] : [writer.moving(x), w];
  return isPlain && inputs[0] !== undefined ? writer.again(node, inputs) : undefined;
};

/** Linear in all its inputs together. */
const linear: Rule = (writer, node) =>
  writer.again(
    node,
    node.inputs.map((id) => writer.rate(id!)),
  );

/** The frame stays where it is. */
const framed: Rule = (writer, node) => writer.again(node, [writer.rate(node.inputs[0]!)], { ...node.attrs, value: 0 });

/** f′(x)·t */
const curve: Rule = (writer, node) => {
  const [x] = node.inputs;
  const attrs = { of: node.op, op: opOf(node), attrs: node.attrs };
  return writer.call("derivative", [writer.rate(x!), x], attrs);
};

/** (a·b)′ = a′·b + a·b′ */
const product: Rule = (writer, node) => {
  const [a, b] = node.inputs as [ValueId, ValueId];
  const [byA, byB] = [writer.moving(a), writer.moving(b)];
  const terms = [...(byA === undefined ? [] : [[byA, b]]), ...(byB === undefined ? [] : [[a, byB]])];
  return terms.map((inputs) => writer.again(node, inputs)).reduce((sum, term) => writer.call("add", [sum, term], {}));
};

/** (a/b)′ = (a′ − y·b′) / b */
const quotient: Rule = (writer, { inputs, output }) => {
  const [a, b] = inputs as [ValueId, ValueId];
  const falls = writer.call("mul", [output, writer.rate(b)], {});
  return writer.call("div", [writer.call("sub", [writer.rate(a), falls], {}), b], {});
};

/** max(a, b) = a + relu(b − a), min(a, b) = a − relu(a − b): the same where both are equal. */
const extreme =
  (kind: "maximum" | "minimum"): Rule =>
  (writer, { inputs }) => {
    const [a, b] = inputs as [ValueId, ValueId];
    const [more, less] = kind === "maximum" ? [b, a] : [a, b];
    const lead = writer.call("sub", [more, less], {});
    const rate = writer.call("sub", [writer.rate(more), writer.rate(less)], {});
    const taken = writer.call("derivative", [rate, lead], { of: "relu", op: ops.relu, attrs: {} });
    return writer.call(kind === "maximum" ? "add" : "sub", [writer.rate(a), taken], {});
  };

/** Of stored numbers: without the mean and what is added. */
const standardized: Rule = (writer, node) => {
  const [x, gamma, , mean, variance] = node.inputs;
  if (![gamma, mean, variance].every((id) => writer.isParameter(id))) return undefined;
  return writer.again(node, [writer.moving(x), gamma, undefined, writer.zerosLike(mean!), variance]);
};

const largest =
  (kind: "window" | "whole"): Rule =>
  (writer, { inputs: [x], attrs }) =>
    writer.call("atMaximum", [writer.rate(x!), x], { [kind]: attrs });

/** Only means and sums are linear. */
const reduced: Rule = (writer, node) =>
  node.op === "reduce" && (node.attrs.fn === "mean" || node.attrs.fn === "sum") ? linear(writer, node) : undefined;

/** Where the condition itself is made of the layer, it is constant piece by piece. */
const chosen: Rule = (writer, node) => {
  const [condition, a, b] = node.inputs as [ValueId, ValueId, ValueId];
  return writer.again(node, [condition, writer.rate(a), writer.rate(b)]);
};

/** By operator, beside those that have a derivative. */
const RULES: Readonly<Partial<Record<OpType, Rule>>> = {
  add: linear,
  avgPool: linear,
  batchNorm: standardized,
  /** Its answers are constant piece by piece. */
  compare: () => "still",
  concat: linear,
  conv2d: linearInX,
  convTranspose2d: linearInX,
  crop: linear,
  dense: linearInX,
  depthwiseConv2d: linearInX,
  div: quotient,
  extend: framed,
  globalAveragePool: linear,
  globalMaxPool: largest("whole"),
  matmul: product,
  maximum: extreme("maximum"),
  maxPool: largest("window"),
  minimum: extreme("minimum"),
  mul: product,
  pad: framed,
  reduce: reduced,
  reshape: linear,
  resize: linear,
  slice: linear,
  softmax: curve,
  sub: linear,
  tile: linear,
  transpose: linear,
  upsample: linear,
  where: chosen,
};

/** Undefined where an operator has none. */
export const ruleOf = (op: OpType): Rule | undefined => RULES[op] ?? (Object.hasOwn(BENDS, op) ? curve : undefined);
