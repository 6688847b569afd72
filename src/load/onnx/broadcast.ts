/**
 * Operators of several tensors that NumPy's rules make one shape of. Everybody is laid out as the largest of them lies, so that a
 * picture stays where it is and a gate or a constant [C,1,1] comes to it.
 */
import type { AttrsOf, OpType, ValueId } from "../../graph/graph.ts";
import { broadcast, elements, type Shape } from "../../shape.ts";
import type { OnnxNet } from "./net.ts";
import type { OnnxNode } from "./node.ts";
import { permuted, reshapedWeight, type Term, type Weight } from "./term.ts";
import { BatchMoved, channelsLast, shapeOf, sizeOf, unbatchedView, type View, viewOf } from "./view.ts";

/** How a tensor lies that others are brought to. */
interface Pattern {
  /** The file's shape of everything. */
  readonly shape: Shape;
  readonly view: View;
  /** By axis of the value: its factors. The first is the batch alone. */
  readonly groups: readonly (readonly number[])[];
}

/** `op` of these terms, at least one of which is computed from the picture. */
export function broadcastNode<T extends OpType>(
  net: OnnxNet,
  node: OnnxNode,
  op: T,
  terms: readonly Term[],
  attrs: AttrsOf<T>,
  name = node.output,
): View {
  const shapes = terms.map((term) => net.shape(term));
  const shape = shapes.reduce((a, b) => broadcast(a, b, node.where));
  const views = terms.flatMap((term) => (term.kind === "value" ? [term.view] : []));
  const largest = views.find((view) => elements(shapeOf(view)) === elements(shape));
  if (!largest) return mutual(net, op, terms, attrs, shape, name);
  const view = net.reshape(largest, shape);
  const others = shapes.map((own) => present(view, padTo(own, shape), shape));
  const pattern = patternOf(net, view, shape, others);
  const inputs = terms.map((term, i) => bring(net, term, pattern, others[i]!));
  const id = net.make(op, name, inputs, attrs);
  return net.remark({ ...view, id });
}

/** With axes of 1 in front. */
const padTo = (own: Shape, shape: Shape): Shape => [...new Array<number>(shape.length - own.length).fill(1), ...own];

/** Factors of `view` along axes that a tensor of shape `own` has too. */
function present(view: View, own: Shape, shape: Shape): ReadonlySet<number> {
  return new Set(own.flatMap((size, axis) => (size === 1 && shape[axis] !== 1 ? [] : view.axes[axis]!)));
}

/** Axes as they lie, unless somebody has a part of one only: then every factor is an axis. */
function patternOf(net: OnnxNet, view: View, shape: Shape, others: readonly ReadonlySet<number>[]): Pattern {
  const lying = groupsOf(view, net.builder.shape(view.id));
  const parted = lying.some((group) =>
    others.some((has) => group.some((factor) => has.has(factor) !== has.has(group[0]!))),
  );
  return { view, shape, groups: parted ? view.sizes.map((_, factor) => [factor]) : lying };
}

/** Which factors make the axes of a value. */
function groupsOf({ sizes }: View, shape: Shape): number[][] {
  let factor = 0;
  return shape.map((size, axis) => {
    const group: number[] = axis === 0 ? [factor++] : [];
    for (let rest = axis === 0 ? 1 : size; rest > 1; rest /= sizes[factor]!, factor++) group.push(factor);
    return group;
  });
}

function bring(net: OnnxNet, term: Term, { view, shape, groups }: Pattern, has: ReadonlySet<number>): ValueId {
  const padded = padTo(net.shape(term), shape);
  // The sizes of its axes, each in the factors that `view` has there.
  const parts = padded.map((size, axis) => (size === 1 ? [] : view.axes[axis]!.filter((factor) => has.has(factor))));
  const expanded = parts.flatMap((factors) => (factors.length === 0 ? [1] : factors.map((f) => view.sizes[f]!)));
  const axisOf = new Map<number, number>();
  let axis = 0;
  for (const factors of parts) {
    factors.forEach((factor, i) => axisOf.set(factor, axis + i));
    axis += Math.max(1, factors.length);
  }
  const wanted = groups.map((group) => group.flatMap((factor) => axisOf.get(factor) ?? []));
  if (term.kind !== "value") return constant(net, net.constant(term), expanded, wanted);
  const other = net.reshape(term.view, expanded);
  return net.lay(
    other,
    wanted.slice(1).map((axes) => axes.flatMap((k) => other.axes[k]!)),
  );
}

/** A constant as [1, …] with its axes in the order of the value; axes of 1 in front are left out. */
function constant(net: OnnxNet, weight: Weight, expanded: Shape, wanted: readonly (readonly number[])[]): ValueId {
  const order = wanted.flat();
  const perm = [...expanded.keys()].filter((axis) => !order.includes(axis)).concat(order);
  const shape = wanted.map((axes) => sizeOf(expanded, axes));
  const first = shape.findIndex((size) => size !== 1);
  const seen = first < 0 ? [1] : shape.slice(first);
  const split = reshapedWeight(weight, expanded);
  const isSorted = perm.every((axis, k) => axis === k);
  return net.parameter(isSorted ? reshapedWeight(split, seen) : permuted(split, perm), undefined, seen);
}

/** Where no tensor has the whole shape: all are laid out as pictures are. */
function mutual<T extends OpType>(
  net: OnnxNet,
  op: T,
  terms: readonly Term[],
  attrs: AttrsOf<T>,
  shape: Shape,
  name: string,
): View {
  const views = terms.map((term) =>
    term.kind === "value" ? withinPicture(net.reshape(term.view, padTo(net.shape(term), shape)), shape) : undefined,
  );
  const isBatched = views.some((view) => view?.axes[0]?.[0] === 0);
  const order = isBatched ? channelsLast(shape.length) : [...shape.keys()];
  const inputs = terms.map((term, i) => {
    if (term.kind === "value") return net.ordered(views[i]!, order);
    return net.parameter(reshapedWeight(net.constant(term), padTo(net.shape(term), shape)), order);
  });
  const id = net.make(op, name, inputs, attrs);
  const made = net.builder.shape(id);
  return net.remark(isBatched ? viewOf(id, made, order) : unbatchedView(id, made.slice(1)));
}

/** A first axis of 1 that others have more of is no batch. Throws BatchMoved where it is not 1. */
function withinPicture(view: View, shape: Shape): View {
  const [first, ...rest] = view.axes;
  const [size] = shapeOf(view);
  if (first?.[0] !== 0 || size === shape[0]) return view;
  if (size !== 1) throw new BatchMoved();
  return { ...view, axes: [[], ...rest] };
}
