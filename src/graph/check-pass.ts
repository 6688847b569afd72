/** A pass that would take more memory or time than allowed is refused when it is planned: before either is spent. */
import { GradCamError } from "../errors.ts";
import { workOf } from "../ops/work.ts";
import { elements, type Shape, showShape } from "../shape.ts";
import type { Node } from "./graph.ts";
import type { NetworkLimits } from "./limits.ts";
import { opOf } from "./op-of.ts";
import type { Plan } from "./plan.ts";

/** Both limits are of one picture: how many there are in a batch is the caller's choice. Throws E_NETWORK_TOO_LARGE. */
export function checkPass(plan: Plan, { passBytes, passMultiplyAdds }: NetworkLimits): void {
  const { batch } = plan.request;
  const bytes = Math.ceil(plan.bytes / batch);
  if (bytes > passBytes) {
    throw tooLarge(plan, (node) => elements(plan.shapes[node.output]!), {
      expected: `at most ${passBytes} bytes for a pass of one picture (limit passBytes)`,
      got: `${bytes} bytes, the most`,
    });
  }
  const work = (node: Node): number =>
    workOf(node.op, opOf(node), inputShapes(plan, node), plan.shapes[node.output]!, node.attrs);
  const total = Math.ceil(plan.forward.reduce((sum, node) => sum + work(node), 0) / batch);
  if (total > passMultiplyAdds) {
    throw tooLarge(plan, work, {
      expected: `a pass of one picture in the time of at most ${passMultiplyAdds} multiply-adds (limit passMultiplyAdds)`,
      got: `${total}, the most`,
    });
  }
}

const inputShapes = ({ shapes }: Plan, { inputs }: Node): (Shape | undefined)[] =>
  inputs.map((id) => (id === undefined ? undefined : shapes[id]));

/** Names the operator that asks for most. @param facts `got` ends where its shape follows */
function tooLarge(plan: Plan, cost: (node: Node) => number, facts: { expected: string; got: string }): GradCamError {
  const nodes = plan.forward.length > 0 ? plan.forward : plan.backward.map(({ node }) => node);
  const most = nodes.reduce<Node | undefined>((a, b) => (a && cost(a) >= cost(b) ? a : b), undefined);
  const shape = most && showShape(plan.shapes[most.output]!);
  return new GradCamError("E_NETWORK_TOO_LARGE", {
    where: most ? `${most.op} "${most.name}"` : plan.graph.name,
    expected: facts.expected,
    got: shape === undefined ? facts.got : `${facts.got} for ${shape}`,
    hint: "take a smaller input (inputShape) or, if you trust the file, a higher limit",
  });
}
