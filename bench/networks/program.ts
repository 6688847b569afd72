/** A graph as plain JSON, for interpreters over other engines' operators (contenders/tensorflow, contenders/python). */
import type { Graph, ValueId } from "../../src/graph/graph.ts";
import type { Shape } from "../../src/shape.ts";

export interface ProgramNode {
  readonly op: string;
  readonly name: string;
  /** null where an optional input is left out. */
  readonly inputs: readonly (ValueId | null)[];
  readonly output: ValueId;
  readonly attrs: Readonly<Record<string, unknown>>;
}

export interface Program {
  readonly name: string;
  /** `stored`: a parameter, found under this name in the safetensors file beside it. Shapes are those of batch 1. */
  readonly values: readonly { readonly name: string; readonly shape: Shape; readonly stored: boolean }[];
  readonly nodes: readonly ProgramNode[];
  readonly input: ValueId;
  readonly output: ValueId;
  readonly logits: ValueId;
  /** What Grad-CAM explains. */
  readonly layer: ValueId;
  /** What weight-gradients asks for. */
  readonly trained: readonly ValueId[];
}

interface Questions {
  readonly logits: ValueId;
  readonly layer: ValueId;
  readonly trained: readonly string[];
}

export function programOf(graph: Graph, { logits, layer, trained }: Questions): Program {
  return {
    name: graph.name,
    values: graph.values.map(({ name, shape, parameter }) => ({ name, shape, stored: parameter !== undefined })),
    nodes: graph.nodes.map(({ op, name, inputs, output, attrs }) => ({
      op,
      name,
      inputs: inputs.map((id) => id ?? null),
      output,
      attrs: { ...attrs },
    })),
    input: graph.inputs[0]!,
    output: graph.outputs[0]!,
    logits,
    layer,
    trained: trained.map((name) => {
      const id = graph.values.findIndex((value) => value.name === name);
      if (id < 0) throw new Error(`${graph.name} has no weight ${name}`);
      return id;
    }),
  };
}
