/** Activations that exporters take apart, found as the products that they are: x·σ(x), x·relu6(x + 3)/6, ½·x·(1 + erf(x/√2)), … */
import type { AttrsOf } from "../../../graph/graph.ts";
import type { OnnxNode } from "../node.ts";
import { isAbout, isProduct, type PatternGraph, type Product } from "./graph.ts";

type Activation = "swish" | "hardSwish" | "mish" | "gelu";

/** An activation of ours and the name of what it is of. */
export interface FoundActivation {
  readonly op: Activation;
  readonly attrs: AttrsOf<Activation>;
  readonly x: string;
}

/** What the last node of such a product computes, if it is one. */
export function findActivation(graph: PatternGraph, node: OnnxNode): FoundActivation | undefined {
  const product = node.op === "Mul" || node.op === "Div" ? graph.product(node.output) : undefined;
  const [a, b, ...others] = product?.factors ?? [];
  if (product === undefined || a === undefined || b === undefined || others.length > 0) return undefined;
  const gateOf = (x: string, gate: string): FoundActivation | undefined => {
    const found = GATES.find(({ factor, matches }) => isAbout(product.number, factor) && matches(graph, gate, x));
    return found && { op: found.op, attrs: found.attrs ?? {}, x };
  };
  return gateOf(a, b) ?? gateOf(b, a);
}

/** x·gate(x)·factor. */
interface Gate extends Omit<FoundActivation, "x" | "attrs"> {
  readonly factor: number;
  readonly attrs?: FoundActivation["attrs"];
  readonly matches: (graph: PatternGraph, gate: string, x: string) => boolean;
}

/** f(x) for one of these operators. */
const isOf = (graph: PatternGraph, name: string, op: string, x: string): boolean =>
  graph.made(name, op)?.inputs[0] === x;

/** α = 1/6, β = ½. */
function isHardSigmoid(graph: PatternGraph, name: string, x: string): boolean {
  const node = graph.made(name, "HardSigmoid");
  return node?.inputs[0] === x && isAbout(node.float("alpha", 0.2), 1 / 6) && isAbout(node.float("beta", 0.5), 0.5);
}

/** min(max(x + 3, 0), 6) */
function isRaisedRelu6(graph: PatternGraph, name: string, x: string): boolean {
  const clip = graph.made(name, "Clip");
  const raised = graph.made(clip?.inputs[0], "Add");
  if (!clip || !raised || graph.beside(raised, 3) !== x) return false;
  const bound = (attribute: string, index: number): number | undefined =>
    clip.attributes.get(attribute)?.float ?? graph.number(clip.inputs[index]);
  return bound("min", 1) === 0 && bound("max", 2) === 6;
}

/** 1 + f(number·x…), of a function. */
function argumentOf(graph: PatternGraph, name: string, op: string): Product | undefined {
  const sum = graph.made(name, "Add");
  const f = graph.made(sum && graph.beside(sum, 1), op);
  return f?.inputs[0] === undefined ? undefined : graph.product(f.inputs[0]);
}

const isErfGate: Gate["matches"] = (graph, name, x) => isProduct(argumentOf(graph, name, "Erf"), Math.SQRT1_2, [x]);

/** 1 + tanh(√(2/π)·(x + 0.044715·x³)) */
function isTanhGate(graph: PatternGraph, name: string, x: string): boolean {
  const argument = argumentOf(graph, name, "Tanh");
  const sum = graph.made(argument?.factors[0], "Add");
  if (!sum || !isProduct(argument, Math.sqrt(2 / Math.PI), [sum.output])) return false;
  const [a = "", b = ""] = sum.inputs;
  const cube = a === x ? b : a;
  return (a === x || b === x) && isProduct(graph.product(cube), 0.044715, [x, x, x]);
}

const GATES: readonly Gate[] = [
  { op: "swish", factor: 1, matches: (graph, gate, x) => isOf(graph, gate, "Sigmoid", x) },
  { op: "hardSwish", factor: 1, matches: isHardSigmoid },
  { op: "hardSwish", factor: 1 / 6, matches: isRaisedRelu6 },
  {
    op: "mish",
    factor: 1,
    matches: (graph, gate, x) => isOf(graph, graph.made(gate, "Tanh")?.inputs[0] ?? "", "Softplus", x),
  },
  { op: "gelu", attrs: { approximate: false }, factor: 0.5, matches: isErfGate },
  { op: "gelu", attrs: { approximate: true }, factor: 0.5, matches: isTanhGate },
];
