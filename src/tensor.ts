/** Numbers on the JavaScript side of the fence. */
import { GradCamError } from "./errors.ts";
import { elements, type Shape, showShape } from "./shape.ts";

/** Row-major numbers and their shape; activations [N,H,W,C]. */
export interface HostTensor {
  readonly data: Float32Array;
  readonly shape: Shape;
}

/** Throws E_INPUT_SHAPE unless the tensor is sound and fits `expected` up to its batch size, which is returned. */
export function checkInput(tensor: HostTensor, expected: Shape, where: string): number {
  const stated = statedShape(tensor, where);
  const shape = stated.length === expected.length - 1 ? [1, ...stated] : stated;
  const fits = shape.length === expected.length && shape.every((size, axis) => axis === 0 || size === expected[axis]);
  const batch = shape[0] ?? 0;
  if (!fits || !Number.isInteger(batch) || batch < 1) {
    throw new GradCamError("E_INPUT_SHAPE", {
      where,
      expected: `${showShape(expected)} (any batch size ≥ 1)`,
      got: showShape(stated),
      hint: "prepare(model, image) makes such a tensor from a picture",
    });
  }
  if (!(tensor.data instanceof Float32Array) || tensor.data.length !== elements(shape)) {
    throw new GradCamError("E_INPUT_SHAPE", {
      where,
      expected: `a Float32Array of ${String(elements(shape))} numbers for ${showShape(shape)}`,
      got: describe(tensor.data),
    });
  }
  return batch;
}

/** Callers without types may pass anything. Throws E_INPUT_SHAPE. */
function statedShape(tensor: Partial<HostTensor> | null | undefined, where: string): Shape {
  const shape: unknown = tensor?.shape;
  if (Array.isArray(shape) && shape.every((size): size is number => typeof size === "number")) return shape;
  const got = Array.isArray(shape) ? "a list of other things" : shape === null ? "null" : typeof shape;
  throw new GradCamError("E_INPUT_SHAPE", { where, expected: "a shape: a list of numbers", got });
}

/** What a caller without types may have passed. */
function describe(data: unknown): string {
  if (!ArrayBuffer.isView(data)) return Array.isArray(data) ? `an array of ${data.length}` : typeof data;
  return `${data.constructor.name} of ${data.byteLength} bytes`;
}
