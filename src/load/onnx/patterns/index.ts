/**
 * Nodes of a file that together are one operator of ours. The last of them becomes that operator; those before it stay for whoever
 * asks for them by name, and are not computed otherwise.
 */
import type { OnnxNet } from "../net.ts";
import type { OnnxNode } from "../node.ts";
import { standardized } from "../ops/standardization.ts";
import { type Term, valueTerm } from "../term.ts";
import { findActivation } from "./activations.ts";
import type { PatternGraph } from "./graph.ts";
import { findStandardization } from "./standardization.ts";

/** What a node is the last of, or undefined. Throws BatchMoved. */
export function wholeOf(graph: PatternGraph, net: OnnxNet, node: OnnxNode): Term | undefined {
  if (node.op !== "Mul" && node.op !== "Div") return undefined;
  const activation = findActivation(graph, node);
  const x = activation && net.find(activation.x);
  if (x?.kind === "value") return valueTerm(net.pointwise(activation!.op, node.output, x.view, activation!.attrs));
  const found = findStandardization(graph, net, node);
  const whole = found && net.find(found.x);
  if (whole?.kind !== "value") return undefined;
  return valueTerm(standardized(net, whole.view, found!.axes, found!.epsilon, node.output));
}
