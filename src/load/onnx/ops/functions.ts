/** Functions of one variable, powers and remainders: what is computed without a kernel of its own. */
import type { AttrsOf } from "../../../graph/graph.ts";
import { FUNCTION_NAMES } from "../../function-names.ts";
import { broadcastNode } from "../broadcast.ts";
import type { OnnxNet } from "../net.ts";
import type { OnnxNode } from "../node.ts";
import { type Term, valueTerm } from "../term.ts";
import { Steps, type Translate } from "../translate.ts";

const applied =
  (attrsOf: (node: OnnxNode) => AttrsOf<"unary">): Translate =>
  (net, node) =>
    valueTerm(net.pointwise("unary", node.output, net.view(node, 0), attrsOf(node)));

/** A square is a product, and takes no logarithm. */
function power(net: OnnxNet, node: OnnxNode): Term {
  const [base, exponent] = [net.term(node, 0), net.term(node, 1)];
  const numbers = exponent.kind === "known" && exponent.known.numbers.length === 1 ? exponent.known.numbers : undefined;
  if (numbers?.[0] === 2 && base.kind === "value") {
    return valueTerm(new Steps(net, node).binary("mul", base.view, base.view, true));
  }
  return valueTerm(broadcastNode(net, node, "pow", [base, exponent], {}));
}

/** a − b·⌊a/b⌋; with fmod rounded towards zero. */
function remainder(net: OnnxNet, node: OnnxNode): Term {
  const steps = new Steps(net, node);
  const [a, b] = [net.term(node, 0), net.term(node, 1)];
  const quotient = steps.binary("div", a, b);
  const whole = node.flag("fmod", false) ? steps.truncated(quotient) : steps.unary("unary", quotient, { fn: "floor" });
  return valueTerm(steps.binary("sub", a, steps.binary("mul", b, whole), true));
}

/** Functions, by ONNX's names. */
export const FUNCTIONS: Readonly<Record<string, Translate>> = {
  ...Object.fromEntries(Object.entries(FUNCTION_NAMES).map(([name, fn]) => [name, applied(() => ({ fn }))])),
  Shrink: applied((node) => ({ fn: "softShrink", alpha: node.float("lambd", 0.5), beta: node.float("bias", 0) })),
  ThresholdedRelu: applied((node) => ({ fn: "threshold", alpha: node.float("alpha", 1), beta: 0 })),
  Pow: power,
  Mod: remainder,
};
