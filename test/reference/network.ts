/** A whole graph in f64, node by node with the operators' twins: the yardstick for passes, plans and gradients. */
import type { Graph, ValueId } from "../../src/graph/graph.ts";
import { readParameter } from "../../src/graph/parameter.ts";
import { twins } from "./index.ts";
import { ndarray, type NDArray, type Twin } from "./ndarray.ts";

/** The numbers of all parameters, to be changed at will. */
export async function parametersOf(graph: Graph): Promise<Map<ValueId, NDArray>> {
  const parameters = new Map<ValueId, NDArray>();
  for (const [id, { shape, parameter }] of graph.values.entries()) {
    if (parameter) parameters.set(id, ndarray(shape, Float64Array.from(await readParameter(parameter))));
  }
  return parameters;
}

/** Every value of the graph. */
export function evaluate(
  graph: Graph,
  input: NDArray,
  parameters: ReadonlyMap<ValueId, NDArray>,
): ReadonlyMap<ValueId, NDArray> {
  const values = new Map(parameters).set(graph.inputs[0]!, input);
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((id) => (id === undefined ? undefined : values.get(id)));
    values.set(node.output, (twins[node.op] as Twin)(inputs, node.attrs));
  }
  return values;
}
