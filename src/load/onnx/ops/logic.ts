/** Comparisons, logic and choice. What ONNX calls bool is 0 or 1 here. */
import type { AttrsOf } from "../../../graph/graph.ts";
import { broadcastNode } from "../broadcast.ts";
import type { OnnxNet } from "../net.ts";
import type { OnnxNode } from "../node.ts";
import { type Term, valueTerm } from "../term.ts";
import { Steps, type Translate } from "../translate.ts";

const COMPARISONS = {
  Equal: "equal",
  Less: "less",
  LessOrEqual: "lessOrEqual",
  Greater: "greater",
  GreaterOrEqual: "greaterOrEqual",
  Xor: "notEqual",
} as const satisfies Readonly<Record<string, AttrsOf<"compare">["fn"]>>;

const compared =
  (fn: AttrsOf<"compare">["fn"]): Translate =>
  (net, node) =>
    valueTerm(broadcastNode(net, node, "compare", [net.term(node, 0), net.term(node, 1)], { fn }));

/** Of zeros and ones, the smaller is "and", the larger "or". */
const joined =
  (op: "minimum" | "maximum"): Translate =>
  (net, node) =>
    valueTerm(broadcastNode(net, node, op, [net.term(node, 0), net.term(node, 1)], {}));

function where(net: OnnxNet, node: OnnxNode): Term {
  const terms = [0, 1, 2].map((index) => net.term(node, index));
  return valueTerm(broadcastNode(net, node, "where", terms, {}));
}

/** Which infinities it asks for; x where it is one of them is itself. */
function isInfinite(net: OnnxNet, node: OnnxNode): Term {
  const [x, steps] = [net.view(node, 0), new Steps(net, node)];
  const [up, down] = [node.flag("detect_positive", true), node.flag("detect_negative", true)];
  const asked = up && down ? steps.unary("unary", x, { fn: "abs" }) : up ? x : steps.unary("unary", x, { fn: "neg" });
  if (!up && !down) return valueTerm(steps.compare("less", x, x, true));
  return valueTerm(steps.compare("equal", asked, Infinity, true));
}

/** Nothing but NaN differs from itself. */
function isNaNumber(net: OnnxNet, node: OnnxNode): Term {
  const x = net.view(node, 0);
  return valueTerm(new Steps(net, node).compare("notEqual", x, x, true));
}

/** Comparisons, logic and choice, by ONNX's names. */
export const LOGIC: Readonly<Record<string, Translate>> = {
  ...Object.fromEntries(Object.entries(COMPARISONS).map(([name, fn]) => [name, compared(fn)])),
  And: joined("minimum"),
  Or: joined("maximum"),
  Not: (net, node) => valueTerm(new Steps(net, node).compare("equal", net.view(node, 0), 0, true)),
  Where: where,
  IsInf: isInfinite,
  IsNaN: isNaNumber,
};
