/** From a name that a user typed to a value of the graph. */
import { GradCamError, nearest } from "../errors.ts";
import type { Graph, ValueId } from "./graph.ts";

/** A layer, then any tensor or weight, then "input" for the first input. Throws E_TARGET_LAYER with the nearest layer. */
export function findValue(graph: Graph, name: string): ValueId {
  const layer = graph.layers.find((candidate) => candidate.name === name);
  if (layer) return layer.output;
  const id = graph.values.findIndex((value) => value.name === name);
  if (id >= 0) return id;
  if (name === "input") return graph.inputs[0]!;
  const layers = graph.layers.map((candidate) => candidate.name);
  const close = nearest(name, layers);
  throw new GradCamError("E_TARGET_LAYER", {
    where: `layer "${name}"`,
    expected: `a layer of ${graph.name}`,
    got: "no such layer or tensor",
    hint: close ? `did you mean "${close}"?` : "gradcam layers lists them",
  });
}

/** What goes into the ReLU that a value comes out of; the value itself where there is none. */
export function inputOfRelu({ nodes }: Graph, value: ValueId): ValueId {
  const node = nodes.find(({ output, op }) => output === value && (op === "relu" || op === "clippedRelu"));
  return node?.inputs[0] ?? value;
}
