/** Sets the rule by which gradients pass ReLUs. Throws E_METHOD where another activation would need a rule that does not exist. */
import { GradCamError } from "../../errors.ts";
import type { BackwardRule } from "../../ops/backward-rule.ts";
import type { Graph, Node, ValueId } from "../graph.ts";
import { ancestors } from "../path.ts";

/** Activations that neither rule is defined for: their gradient is not a gate. */
const WITHOUT_GATE: ReadonlySet<string> = new Set([
  "elu",
  "exponential",
  "gelu",
  "hardSigmoid",
  "hardSwish",
  "leakyRelu",
  "mish",
  "selu",
  "sigmoid",
  "softplus",
  "softsign",
  "swish",
  "tanh",
  "unary",
]);

/** @param score the value that will be differentiated; what comes after it does not matter */
export function setBackwardRule(graph: Graph, score: ValueId, rule: BackwardRule): Graph {
  const offender = ancestors(graph, [score]).find(({ op }) => WITHOUT_GATE.has(op));
  if (offender) {
    throw new GradCamError("E_METHOD", {
      where: rule === "guided" ? "guided backpropagation" : "deconvnet",
      expected: "a network whose activations are all ReLU or ReLU6",
      got: `${offender.op} "${offender.name}"`,
      hint: 'use "smooth-grad" or "integrated-gradients", which are defined for every network',
    });
  }
  return { ...graph, nodes: graph.nodes.map((node) => ruled(node, rule)) };
}

function ruled(node: Node, rule: BackwardRule): Node {
  if (node.op === "relu") return { ...node, attrs: { ...node.attrs, rule } };
  if (node.op === "clippedRelu") return { ...node, attrs: { ...node.attrs, rule } };
  return node;
}
