/** Functions of elements: of one, of two that are compared, of conditions. Truth is 1, its opposite 0. */
import type { AttrsOf, ValueId } from "../../../graph/graph.ts";
import { FUNCTION_NAMES } from "../../function-names.ts";
import type { GraphNet, Term } from "../graph-net.ts";
import { badAttribute, type GraphNode } from "../graph-nodes.ts";
import type { Translate } from "../graph-ops.ts";

const UNARY = {
  ...FUNCTION_NAMES,
  Expm1: "expm1",
  Inv: "reciprocal",
  Log1p: "log1p",
  Rint: "round",
  Rsqrt: "rsqrt",
  Square: "square",
} as const satisfies Record<string, AttrsOf<"unary">["fn"]>;

const COMPARISONS = {
  Equal: "equal",
  Greater: "greater",
  GreaterEqual: "greaterOrEqual",
  Less: "less",
  LessEqual: "lessOrEqual",
  NotEqual: "notEqual",
} as const satisfies Record<string, AttrsOf<"compare">["fn"]>;

const unary =
  (fn: AttrsOf<"unary">["fn"]): Translate =>
  (net, node) =>
    net.node("unary", node.name, [net.value(node, 0)], { fn });

const comparison =
  (fn: AttrsOf<"compare">["fn"]): Translate =>
  (net, node) =>
    net.node("compare", node.name, pair(net, node), { fn });

const pair = (net: GraphNet, node: GraphNode): [ValueId, ValueId] => [net.value(node, 0), net.value(node, 1)];

export const FUNCTIONS: Readonly<Record<string, Translate>> = {
  ...Object.fromEntries(Object.entries(UNARY).map(([name, fn]) => [name, unary(fn)])),
  ...Object.fromEntries(Object.entries(COMPARISONS).map(([name, fn]) => [name, comparison(fn)])),
  Cast: (net, node) => cast(net, node),
  ClipByValue: (net, node) => clip(net, node),
  FloorDiv: (net, node) => net.node("unary", node.name, [quotient(net, node)], { fn: "floor" }),
  FloorMod: (net, node) => modulo(net, node),
  LogicalAnd: (net, node) => net.node("minimum", node.name, pair(net, node), {}),
  LogicalNot: (net, node) =>
    net.node("compare", node.name, [net.value(node, 0), net.constant(`${node.name}/zero`, 0)], { fn: "equal" }),
  LogicalOr: (net, node) => net.node("maximum", node.name, pair(net, node), {}),
  LogSoftmax: (net, node) => net.node("logSoftmax", node.name, [net.value(node, 0)], { axis: -1 }),
  Pow: (net, node) => net.node("pow", node.name, pair(net, node), {}),
  Select: (net, node) => select(net, node),
  SelectV2: (net, node) => select(net, node),
  SquaredDifference: (net, node) =>
    net.node("unary", node.name, [net.builder.node("sub", `${node.name}/difference`, pair(net, node), {})], {
      fn: "square",
    }),
};

const quotient = (net: GraphNet, node: GraphNode): ValueId =>
  net.builder.node("div", `${node.name}/quotient`, pair(net, node), {});

/** a − ⌊a / b⌋·b */
function modulo(net: GraphNet, node: GraphNode): Term {
  const [a, b] = pair(net, node);
  const whole = net.builder.node("unary", `${node.name}/whole`, [quotient(net, node)], { fn: "floor" });
  return net.node("sub", node.name, [a, net.builder.node("mul", `${node.name}/taken`, [whole, b], {})], {});
}

function clip(net: GraphNet, node: GraphNode): Term {
  const above = net.builder.node("maximum", `${node.name}/above`, [net.value(node, 0), net.value(node, 1)], {});
  return net.node("minimum", node.name, [above, net.value(node, 2)], {});
}

/** The first kind of Select takes whole rows where its condition is a vector. */
function select(net: GraphNet, node: GraphNode): Term {
  const inputs = [0, 1, 2].map((index) => net.value(node, index));
  const [condition, a] = inputs.map((id) => net.shape(id).length) as [number, number];
  if (node.op === "Select" && condition !== a) throw badAttribute(node, "condition", `${a} axes`, condition);
  return net.node("where", node.name, inputs, {});
}

const FLOATS: ReadonlySet<unknown> = new Set(["DT_HALF", "DT_FLOAT", "DT_DOUBLE", "DT_BFLOAT16", 1, 2, 14, 19]);
const BOOLS: ReadonlySet<unknown> = new Set(["DT_BOOL", 10]);

/** Floats become whole numbers towards 0; whole numbers are floats here, and truth is 0 or 1. */
function cast(net: GraphNet, node: GraphNode): Term {
  const term = net.term(node, 0);
  const [from, to] = [node.type("SrcT") ?? "DT_FLOAT", node.type("DstT") ?? "DT_FLOAT"];
  if (term.kind !== "value" || FLOATS.has(to) || BOOLS.has(from)) return term;
  if (BOOLS.has(to)) {
    return net.node("compare", node.name, [term.id, net.constant(`${node.name}/zero`, 0)], { fn: "notEqual" });
  }
  if (!FLOATS.has(from)) return term;
  const step = (fn: AttrsOf<"unary">["fn"], x: ValueId): ValueId =>
    net.builder.node("unary", `${node.name}/${fn}`, [x], { fn });
  return net.node("mul", node.name, [step("sign", term.id), step("floor", step("abs", term.id))], {});
}
