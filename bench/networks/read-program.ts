/** Reads what program.ts and safetensors.ts wrote. */
import { readFile } from "node:fs/promises";
import { type Graph, GraphBuilder, type Node, parameterOf, type ValueId } from "gradcam-wasm";
import type { NetworkFiles } from "./files.ts";
import type { Program } from "./program.ts";
import { readSafetensors } from "./safetensors.ts";

export const readProgram = async ({ program }: NetworkFiles): Promise<Program> =>
  JSON.parse(await readFile(program, "utf8")) as Program;

/** A graph of ours with the program's operators and numbers. */
export async function graphOfProgram(network: NetworkFiles): Promise<Graph> {
  const { name, values, nodes, input, output, layer } = await readProgram(network);
  const builder = new GraphBuilder(name, "program");
  const ids = new Map<ValueId | null, ValueId>([[input, builder.input(values[input]!.name, values[input]!.shape)]]);
  const byName = new Map(values.map((value, id) => [value.name, id]));
  for await (const [tensor, { shape, data }] of readSafetensors(network.tensors)) {
    ids.set(byName.get(tensor)!, builder.parameter(tensor, shape, parameterOf(data, shape)));
  }
  for (const node of nodes) {
    const { op, attrs } = node as unknown as Node;
    const inputs = node.inputs.map((id) => ids.get(id));
    ids.set(node.output, builder.node(op, node.name, inputs, attrs));
  }
  builder.layer(values[layer]!.name, "Layer", ids.get(layer)!);
  return builder.finish([ids.get(output)!]);
}
