/**
 * The part of a network that comes before a value, for pictures of another size: convolutions and pooling do not mind, and all
 * shapes follow anew. Padding stays what it is at the network's own size: "same" at another one may differ by a pixel.
 */
import { GradCamError } from "../../errors.ts";
import { type Shape, showShape } from "../../shape.ts";
import type { Graph, ValueId } from "../graph.ts";
import { ancestors } from "../path.ts";
import { opOf } from "../op-of.ts";

/**
 * @param shape of the graph's first input from now on, batch first; parameters are those of `graph`, so that both share their bytes
 * Throws E_INPUT_SHAPE where the part has other inputs than that, or something that is made for one size only.
 */
export function atSize(graph: Graph, value: ValueId, shape: Shape): Graph {
  const [picture] = graph.inputs as [ValueId];
  const nodes = ancestors(graph, [value]);
  const values = [...graph.values];
  values[picture] = { ...values[picture]!, shape };
  try {
    for (const node of nodes) {
      const { op, name, inputs, attrs, output } = node;
      const shapes = inputs.map((id) => (id === undefined ? undefined : values[id]!.shape));
      values[output] = { ...values[output]!, shape: opOf(node).shape(shapes, attrs, `${op} "${name}"`) };
    }
  } catch (cause) {
    if (!(cause instanceof GradCamError)) throw cause;
    throw new GradCamError("E_INPUT_SHAPE", {
      where: `"${graph.values[value]!.name}" of a picture ${showShape(shape)}`,
      expected: `a size that the layers up to it can take, such as the model's own, ${showShape(graph.values[picture]!.shape)}`,
      got: cause.message,
      hint: "multiples of 32 suit most networks; layers behind a flattened map take one size only",
      cause,
    });
  }
  return { ...graph, values, nodes, outputs: [value] };
}
