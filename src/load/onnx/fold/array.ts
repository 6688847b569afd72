/** Arithmetic on small tensors that are known while the graph is built: row-major f64, after NumPy. */
import { GradCamError } from "../../../errors.ts";
import { broadcast, elements, type Shape, strides } from "../../../shape.ts";
import type { Limits } from "../../limits.ts";
import type { Known } from "../term.ts";

/** What is computed beforehand is small: shapes, axes, scales, a grid of positions at most. */
const MOST_ELEMENTS = 2 ** 24;

/** Room for a result. Throws E_TENSOR_TOO_LARGE before there is any. */
export function room(shape: Shape, where: string, limits: Limits): Float64Array {
  const count = shape.reduce((product, size) => product * size, 1);
  const most = Math.min(MOST_ELEMENTS, limits.tensorBytes / 8);
  const isShape = shape.every((size) => Number.isSafeInteger(size) && size >= 0) && shape.length <= limits.rank;
  if (isShape && count <= most) return new Float64Array(count);
  throw new GradCamError(isShape ? "E_TENSOR_TOO_LARGE" : "E_SHAPE_INVALID", {
    where,
    expected: isShape ? `at most ${most} elements computed in advance` : `at most ${limits.rank} sizes ≥ 0`,
    got: `[${shape.join(",")}]`,
  });
}

/** f of every element. */
export const mapped = ({ shape, numbers, kind }: Known, f: (x: number) => number, to = kind): Known => ({
  shape,
  numbers: numbers.map((x) => f(x)),
  kind: to,
});

/** f of all elements that meet by broadcasting. */
export function zipped(
  parts: readonly Known[],
  f: (...x: number[]) => number,
  kind: Known["kind"],
  where: string,
  limits: Limits,
): Known {
  const shape = parts.map((part) => part.shape).reduce<Shape>((a, b) => broadcast(a, b, where), []);
  const numbers = room(shape, where, limits);
  const steps = parts.map((part) => stepsAlong(part.shape, shape));
  const met = parts.map(() => 0);
  eachPlace(shape, steps, (index, places) => {
    for (let i = 0; i < met.length; i++) met[i] = parts[i]!.numbers[places[i]!]!;
    numbers[index] = f(...met);
  });
  return { shape, numbers, kind };
}

/** Row-major steps of `own` along the axes of `shape`, 0 where it repeats. */
function stepsAlong(own: Shape, shape: Shape): number[] {
  const missing = shape.length - own.length;
  const row = strides(own);
  return shape.map((_, axis) => (axis < missing || own[axis - missing] === 1 ? 0 : row[axis - missing]!));
}

/** Every place of `shape` in order, and where that is for walkers with these steps from these starts. */
export function eachPlace(
  shape: Shape,
  steps: readonly (readonly number[])[],
  visit: (index: number, places: readonly number[]) => void,
  starts: readonly number[] = steps.map(() => 0),
): void {
  const places = [...starts];
  const at = shape.map(() => 0);
  const count = elements(shape);
  for (let index = 0; index < count; index++) {
    visit(index, places);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at[axis]!++;
      const isOver = at[axis] === shape[axis];
      const by = isOver ? 1 - shape[axis]! : 1;
      for (let i = 0; i < places.length; i++) places[i]! += by * steps[i]![axis]!;
      if (!isOver) break;
      at[axis] = 0;
    }
  }
}

/** A walk over `x` by these steps from `start`: transposing, slicing and repeating are that. */
export function walked(x: Known, shape: Shape, steps: readonly number[], start: number, where: string, limits: Limits) {
  const numbers = room(shape, where, limits);
  const visit = (index: number, places: readonly number[]): void => {
    numbers[index] = x.numbers[places[0]!]!;
  };
  eachPlace(shape, [steps], visit, [start]);
  return { shape, numbers, kind: x.kind } satisfies Known;
}
