/** Where the axes of a weight asked for in Keras's order are found in a file. */
import type { Parameter } from "../graph/parameter.ts";
import { elements, sameShape, type Shape } from "../shape.ts";
import type { Flavour } from "./architecture.ts";
import type { StoredTensor, WeightRequest } from "./weights.ts";

/** Axis k of the weight asked for is axis permutation[k] of the file's; undefined where the orders agree. */
function permutationOf({ role, shape }: WeightRequest, layout: Flavour): readonly number[] | undefined {
  if (layout === "keras" || role === "vector") return undefined;
  if (role === "depthwise") return [2, 3, 0, 1]; // [C,1,kH,kW] → [kH,kW,C,1]
  return shape.length === 2 ? [1, 0] : [2, 3, 1, 0]; // [out,in] → [in,out]; [O,I,H,W] → [H,W,I,O]
}

/** The shape that a file of this layout should have for `request`; the inputs of a dense kernel as one axis if `flat`. */
export function expectedShape(request: WeightRequest, layout: Flavour, flat = false): Shape {
  const asked = flat && request.role === "dense" ? flatten(request) : request;
  const permutation = permutationOf(asked, layout);
  if (!permutation) return asked.shape;
  return asked.shape.map((_, axis) => asked.shape[permutation.indexOf(axis)]!);
}

const flatten = (request: WeightRequest): WeightRequest => ({
  ...request,
  shape: [elements(request.shape.slice(0, -1)), request.shape.at(-1)!],
});

/** Whether `stored` holds what is expected; the inputs of a dense kernel, or of a 1×1 one, may be one axis or several. */
export function fits(request: WeightRequest, stored: Shape, layout: Flavour): boolean {
  const expected = expectedShape(request, layout);
  if (sameShape(stored, expected)) return true;
  const [kernelHeight, kernelWidth] = request.shape;
  const isDense = request.role === "dense" || (request.role === "conv" && kernelHeight === 1 && kernelWidth === 1);
  if (!isDense || stored.length < 2) return false;
  const outputs = (shape: Shape): number => (layout === "keras" ? shape.at(-1)! : shape[0]!);
  return outputs(stored) === outputs(expected) && elements(stored) === elements(expected);
}

/** The tensor's numbers in Keras's order. It must fit. */
export function arrange(request: WeightRequest, tensor: StoredTensor, layout: Flavour): Parameter {
  const permutation = permutationOf(request, layout);
  return {
    source: tensor.parameter().source,
    stored: expectedShape(request, layout),
    ...(permutation && { permutation }),
  };
}
