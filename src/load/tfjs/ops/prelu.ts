/** Prelu as a node of its own or fused into a product: alpha is a number for every channel or every place. */
import type { ValueId } from "../../../graph/graph.ts";
import { prelu } from "../../prelu.ts";
import type { GraphNet, Term } from "../graph-net.ts";

export const preluTerm = (net: GraphNet, name: string, x: ValueId, alpha: ValueId): Term => ({
  kind: "value",
  id: prelu(net.builder, name, x, alpha, net.constant(`${name}/zero`, 0)),
});
