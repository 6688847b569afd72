/**
 * How a network's scores change while a layer's answer A moves along a direction: J·v with J = ∂z/∂A, as a graph. Every node between them
 * gets a tangent, by the rule of its operator: what is linear does to tangents what it does to values, without its constants; others have
 * their derivative at the value that they saw, and products the product rule (forward-mode differentiation; Griewank & Walther,
 * Evaluating Derivatives, 2008, ch. 3.1). The values are computed beside, so that J·v can itself be differentiated by A.
 */
import type { Graph, ValueId } from "../graph.ts";
import { readersOf } from "../path.ts";
import { ruleOf } from "./rules.ts";
import { TangentWriter } from "./writer.ts";

export interface Tangent {
  readonly layer: ValueId;
  /** The network, with `direction` among its inputs. */
  readonly graph: Graph;
  /** v, of the layer's shape. */
  readonly direction: ValueId;
  /** J·v, of the target's shape. */
  readonly slope: ValueId;
}

/** Undefined where an operator between the two has no rule, or nothing moves. @param target depends on the layer */
export function tangentOf(graph: Graph, layer: ValueId, target: ValueId): Tangent | undefined {
  const writer = new TangentWriter(graph, layer);
  for (const node of readersOf(graph, layer, target)) {
    const slope = ruleOf(node.op)?.(writer, node);
    if (slope === undefined) return undefined;
    if (slope !== "still") writer.tangents.set(node.output, slope);
  }
  const slope = writer.tangents.get(target);
  return slope === undefined ? undefined : { layer, graph: writer.finish(), direction: writer.direction, slope };
}
