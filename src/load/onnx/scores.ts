/**
 * What a network chooses at its end (ArgMax, TopK) has no gradient, and says less than the scores that it is chosen by: these are the
 * output then. A file that gives both gives the scores once.
 */
import type { OnnxModel } from "./model-proto.ts";
import type { OnnxNode } from "./node.ts";

const CHOICES: ReadonlySet<string> = new Set(["ArgMax", "TopK"]);

/** What may be done to a choice before it leaves the network. */
const CARRIERS: ReadonlySet<string> = new Set(["Identity", "Cast", "Squeeze", "Unsqueeze", "Reshape", "Flatten"]);

/** The model with scores in place of choices, if nodes make them. */
export function withScores(model: OnnxModel): OnnxModel {
  const maker = new Map(model.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const outputs = new Map(
    model.outputs.map((output) => {
      const scores = choiceOf(maker, output.name)?.inputs[0];
      const isMade = scores !== undefined && maker.has(scores);
      return isMade ? ([scores, { ...output, name: scores }] as const) : ([output.name, output] as const);
    }),
  );
  return outputs.size > 0 ? { ...model, outputs: [...outputs.values()] } : model;
}

/** The node that chooses, behind which an output only changes its shape or type. */
function choiceOf(maker: ReadonlyMap<string, OnnxNode>, output: string): OnnxNode | undefined {
  const seen = new Set<OnnxNode>();
  let node = maker.get(output);
  // A cycle is somebody else's to refuse.
  while (node?.domain === "" && CARRIERS.has(node.op) && !seen.has(node)) {
    seen.add(node);
    node = maker.get(node.inputs[0] ?? "");
  }
  return node?.domain === "" && CHOICES.has(node.op) ? node : undefined;
}
