import type { GraphBuilder } from "../graph/builder.ts";
import type { ValueId } from "../graph/graph.ts";

/** max(x, 0) + alpha·min(x, 0), where alpha broadcasts with x. @param zero a constant */
export function prelu(
  builder: Pick<GraphBuilder, "node">,
  name: string,
  x: ValueId,
  alpha: ValueId,
  zero: ValueId,
): ValueId {
  const below = builder.node("minimum", `${name}/below`, [x, zero], {});
  const leak = builder.node("mul", `${name}/leak`, [below, alpha], {});
  return builder.node("add", name, [builder.node("relu", `${name}/above`, [x], {}), leak], {});
}
