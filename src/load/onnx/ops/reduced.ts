/** One element in the place of all along some axes, by an operator that does so on [N,reduced,1,kept]. */
import type { ValueId } from "../../../graph/graph.ts";
import type { OnnxNet } from "../net.ts";
import { BatchMoved, shapeOf, type View } from "../view.ts";
import { apart } from "./apart.ts";

/**
 * With axes of 1 in their place. Throws BatchMoved where the batch is one of them.
 * @param make of [N,reduced,1,kept] what is [N,1,1,kept]
 */
export function reduced(
  net: OnnxNet,
  whole: View,
  named: readonly number[],
  name: string,
  make: (x: ValueId) => ValueId,
): View {
  const file = shapeOf(whole);
  if (named.some((axis) => whole.axes[axis]!.includes(0) && file[axis] !== 1)) throw new BatchMoved();
  const { view, shift, joined } = apart(net, whole);
  const axes = named.map((axis) => axis + shift);
  const isBatched = view.axes[0]?.[0] === 0;
  const kept = [...view.axes.keys()].filter((axis) => !axes.includes(axis) && !(isBatched && axis === 0));
  const order = net.order(view).filter((axis) => kept.includes(axis));
  const factors = (some: readonly number[]): number[] => some.flatMap((axis) => view.axes[axis]!);
  const x = net.lay(view, [factors(axes), [], factors(order)]);
  const shape = shapeOf(view).map((size, axis) => (axes.includes(axis) ? 1 : size));
  return joined(net.settle(make(x), view, shape, name));
}
