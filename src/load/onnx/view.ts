/**
 * How a tensor of the file lies in a value of ours. A value's elements, in the order in which they lie, are counted by factors, the
 * batch first; every axis of the file's tensor is a list of factors. So transposing and reshaping move nothing: they only say
 * otherwise which factors make an axis, until an operator wants its input in a certain order. A convolution's answer [N,H,W,C] is
 * the file's [N,C,H,W]; flattened it is [N,(C,H,W)], and the weights behind it can be permuted instead of the picture.
 */
import { GradCamError } from "../../errors.ts";
import type { ValueId } from "../../graph/graph.ts";
import { elements, type Shape, showShape } from "../../shape.ts";

export interface View {
  readonly id: ValueId;
  /** Factors in the order in which they lie. The first is the batch, also if it is 1; no other is. */
  readonly sizes: readonly number[];
  /** By axis of the file's tensor: indices into `sizes`, outermost first. An axis of size 1 has none, unless it is the batch. */
  readonly axes: readonly (readonly number[])[];
}

/** Thrown where the first axis is no batch: something else is done to it than to carry it along. */
export class BatchMoved extends Error {}

export const sizeOf = (sizes: readonly number[], axis: readonly number[]): number =>
  axis.reduce((product, factor) => product * sizes[factor]!, 1);

/** The shape of the file's tensor. */
export const shapeOf = ({ sizes, axes }: Omit<View, "id">): number[] => axes.map((axis) => sizeOf(sizes, axis));

/** @param order axis k of the value is axis order[k] of the file's tensor @param shape the value's */
export function viewOf(id: ValueId, shape: Shape, order: readonly number[] = shape.map((_, axis) => axis)): View {
  const sizes: number[] = [];
  const axes = shape.map((): number[] => []);
  shape.forEach((size, axis) => {
    if (axis > 0 && size === 1) return;
    axes[order[axis]!]!.push(sizes.length);
    sizes.push(size);
  });
  return { id, sizes, axes };
}

/** The same for a value with a batch that the file's tensor does not have: [1, …shape]. */
export function unbatchedView(id: ValueId, shape: Shape): View {
  const { sizes, axes } = viewOf(id, [1, ...shape]);
  return attachBatch({ id, sizes, axes: axes.slice(1) });
}

/** A batch of one that no axis claims belongs to the first axis of size 1 if that is where batches are. */
function attachBatch({ id, sizes, axes }: View): View {
  const [first, ...rest] = axes;
  const free = sizes[0] === 1 && !axes.some((axis) => axis.includes(0));
  return free && first?.length === 0 ? { id, sizes, axes: [[0], ...rest] } : { id, sizes, axes };
}

/** Without a batch of one wherever it is. */
const detached = ({ sizes, axes }: View): number[][] =>
  axes.map((axis) => axis.filter((factor) => factor !== 0 || sizes[0] !== 1));

export const transposed = (view: View, perm: readonly number[]): View => {
  const axes = detached(view);
  return attachBatch({ ...view, axes: perm.map((axis) => axes[axis]!) });
};

/**
 * The same elements, in the file's row-major order, with other axes. Undefined where a new axis would begin inside of a factor
 * and end in another: then the tensor has to be laid out as the file has it first.
 */
export function reshaped(view: View, shape: Shape): View | undefined {
  if (elements(shape) !== elements(shapeOf(view))) {
    throw new GradCamError("E_SHAPE", {
      where: "reshape",
      expected: `${elements(shapeOf(view))} elements`,
      got: showShape(shape),
    });
  }
  const sizes = [...view.sizes];
  const axes: number[][] = [];
  let queue = detached(view).flat();
  for (const size of shape) {
    const axis: number[] = [];
    for (let rest = size; rest > 1;) {
      const factor = queue.shift()!;
      const length = sizes[factor]!;
      if (rest % length !== 0 && (length % rest !== 0 || factor === 0)) {
        if (factor === 0) throw new BatchMoved();
        return undefined;
      }
      axis.push(factor);
      if (rest % length === 0) {
        rest /= length;
        continue;
      }
      // The outer part ends this axis, the inner one begins the next: two factors that lie side by side.
      sizes.splice(factor, 1, rest, length / rest);
      const moved = (index: number): number => (index > factor ? index + 1 : index);
      for (const list of [...axes, axis]) list.forEach((index, i) => (list[i] = moved(index)));
      queue = [factor + 1, ...queue.map(moved)];
      rest = 1;
    }
    axes.push(axis);
  }
  return attachBatch({ id: view.id, sizes, axes });
}

/** The same with the axes of the file as they lie, if all factors of each lie together; else undefined. */
export function orderOf({ sizes, axes }: View): readonly number[] | undefined {
  const order = axes.map((_, axis) => axis);
  const candidates = axes.length > 2 ? [channelsLast(axes.length), order] : [order];
  return candidates.find((candidate) => isAscending(candidate.flatMap((axis) => axes[axis]!))) ?? sorted(sizes, axes);
}

/** [N,C,H,W] → [0,2,3,1]: how the axes of the file lie here. */
export const channelsLast = (rank: number): number[] =>
  rank < 3
    ? Array.from({ length: rank }, (_, axis) => axis)
    : [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];

export const isAscending = (factors: readonly number[]): boolean =>
  factors.every((factor, i) => i === 0 || factor > factors[i - 1]!);

function sorted(sizes: readonly number[], axes: View["axes"]): number[] | undefined {
  const first = (axis: number): number => axes[axis]![0] ?? sizes.length;
  const order = axes
    .map((_, axis) => axis)
    .slice(1)
    .sort((a, b) => first(a) - first(b));
  const all = axes.length === 0 ? [] : [0, ...order];
  return isAscending(all.flatMap((axis) => axes[axis]!)) ? all : undefined;
}
