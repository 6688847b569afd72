/** max(x, 0) + alpha·min(x, 0), where alpha is a number for every channel or every place. */
import type { ValueId } from "../../../graph/graph.ts";
import type { GraphNet, Term } from "../graph-net.ts";

export function prelu(net: GraphNet, name: string, x: ValueId, alpha: ValueId): Term {
  const below = net.builder.node("minimum", `${name}/below`, [x, net.constant(`${name}/zero`, 0)], {});
  const leak = net.builder.node("mul", `${name}/leak`, [below, alpha], {});
  return net.node("add", name, [net.builder.node("relu", `${name}/above`, [x], {}), leak], {});
}
