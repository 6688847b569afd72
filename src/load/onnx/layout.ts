/**
 * How values lie. Activations are [N,C,H,W] in the file and [N,H,W,C] here; a view says how one lies in the other (view.ts), and an
 * operator asks for the order that it needs.
 */
import type { GraphBuilder } from "../../graph/builder.ts";
import type { AttrsOf, OpType, ValueId } from "../../graph/graph.ts";
import { elements, sameShape, type Shape, showShape } from "../../shape.ts";
import type { Limits } from "../limits.ts";
import {
  BatchMoved,
  channelsLast,
  isAscending,
  orderOf,
  reshaped,
  shapeOf,
  sizeOf,
  type View,
  viewOf,
} from "./view.ts";

/** Makes nodes, and those that only rearrange once for all who want the same. */
export class Layout {
  readonly builder: GraphBuilder;
  readonly limits: Limits;
  /** Rearranged values, by what was done to them. */
  readonly #made = new Map<string, ValueId>();

  constructor(builder: GraphBuilder, limits: Limits) {
    this.builder = builder;
    this.limits = limits;
  }

  /** A node of ours. Throws E_TENSOR_TOO_LARGE, E_NETWORK_TOO_LARGE, E_SHAPE, E_ATTR_INVALID. */
  make<T extends OpType>(op: T, name: string, inputs: readonly (ValueId | undefined)[], attrs: AttrsOf<T>): ValueId {
    return this.builder.node(op, name, inputs, attrs);
  }

  /** Notes of a value that its axes lie as pictures do here, for those who ask the model for it by name. */
  remark(view: View): View {
    if (this.liesAsPicture(view)) this.builder.channelsFirst(view.id);
    return view;
  }

  /** Whether a value is [N,…,C] where the file has [N,C,…]. */
  liesAsPicture(view: View): boolean {
    const shape = this.builder.shape(view.id);
    const file = shapeOf(view);
    const order = channelsLast(file.length);
    const isLast = file.length > 2 && shape.length === file.length && orderOf(view)?.join() === order.join();
    return isLast && order.every((axis, k) => shape[k] === file[axis]);
  }

  /** The value with its axes behind the batch made of these factors, in this order. Throws BatchMoved. */
  lay({ id, sizes }: View, groups: readonly (readonly number[])[]): ValueId {
    if (sizes[0] !== 1 && groups.some((group) => group.includes(0))) throw new BatchMoved();
    const wanted = groups.map((group) => group.filter((factor) => factor !== 0));
    const flat = wanted.flat();
    const shape = [sizes[0]!, ...wanted.map((group) => sizeOf(sizes, group))];
    if (isAscending(flat)) return this.#reshape(id, shape);
    const runs = runsOf(flat);
    const before = [...runs].sort((a, b) => a[0]! - b[0]!);
    const perm = [0, ...runs.map((run) => 1 + before.indexOf(run))];
    const start = this.#reshape(id, [sizes[0]!, ...before.map((run) => sizeOf(sizes, run))]);
    const turned = this.#once(`${start} by ${perm.join()}`, () =>
      this.make("transpose", `${this.#name(id)}/transposed`, [start], { perm }),
    );
    return this.#reshape(turned, shape);
  }

  /** The value with the axes of the file in this order, the batch first. Throws BatchMoved. */
  ordered(view: View, order: readonly number[]): ValueId {
    return this.lay(
      view,
      bodyOf(view, order).map((axis) => view.axes[axis]!),
    );
  }

  /** As the file has it, row-major. */
  plain(view: View): View {
    const axes = view.axes.map((_, axis) => axis);
    const isBatched = view.axes[0]?.[0] === 0;
    const id = this.ordered(view, axes);
    const shape = this.builder.shape(id);
    if (isBatched) return viewOf(id, shape);
    const { sizes, axes: own } = viewOf(id, shape);
    return { id, sizes, axes: own.slice(1) };
  }

  /** The same elements with other axes, by no more moving than that needs. Throws BatchMoved, E_SHAPE. */
  reshape(view: View, shape: Shape): View {
    const found = reshaped(view, shape);
    if (found) return found;
    const plain = this.plain(view);
    const [batch] = plain.sizes as [number];
    const id = this.#reshape(plain.id, [batch, elements(shapeOf(plain)) / batch]);
    const flat = viewOf(id, this.builder.shape(id));
    return reshaped(plain.axes[0]?.[0] === 0 ? flat : { ...flat, axes: [flat.axes[1]!] }, shape)!;
  }

  /**
   * A value as the file has it, up to where its channels lie, under the name with which it leaves the network. It is a second one
   * where somebody else looks at the first in another way: inputs, other outputs.
   */
  leave(view: View, name: string, taken: Set<ValueId>): ValueId {
    const { builder } = this;
    const own = [...(view.axes[0]?.[0] === 0 ? [] : [1]), ...shapeOf(view)];
    const isAsFile = sameShape(builder.shape(view.id), own) && isAscending(view.axes.flat());
    const isPicture = !isAsFile && this.liesAsPicture(view);
    const id = isAsFile || isPicture ? view.id : this.plain(view).id;
    const isOthers = taken.has(id) || builder.isChannelsFirst(id) !== isPicture;
    const left = isOthers ? this.make("reshape", name, [id], { shape: builder.shape(id).slice(1) }) : id;
    if (left !== view.id && builder.nameOf(view.id) === name) builder.rename(view.id, `${name}/inner`);
    if (isPicture) builder.channelsFirst(left);
    builder.rename(left, name);
    taken.add(left);
    return left;
  }

  /**
   * The value as [N,before,axis,behind], for operators that treat one axis, and how what they answer, with that axis changed, is seen
   * by the file under a name. Throws BatchMoved for the batch itself.
   */
  around(view: View, axis: number): { readonly x: ValueId; readonly back: (y: ValueId, name: string) => View } {
    const body = bodyOf(view, this.order(view));
    const at = body.indexOf(axis);
    if (at < 0) throw new BatchMoved();
    const factors = (axes: readonly number[]): number[] => axes.flatMap((other) => view.axes[other]!);
    const x = this.lay(view, [factors(body.slice(0, at)), view.axes[axis]!, factors(body.slice(at + 1))]);
    const file = shapeOf(view);
    const back = (y: ValueId, name: string): View => {
      const size = this.builder.shape(y)[2]!;
      const shape = file.map((length, other) => (other === axis ? size : length));
      return this.settle(y, view, shape, name);
    };
    return { x, back };
  }

  /** What was made of `view` by an operator that keeps the order of its axes, with this shape in the file. */
  settle(y: ValueId, view: View, shape: Shape, name: string): View {
    const body = bodyOf(view, this.order(view));
    const id = this.#reshape(y, [view.sizes[0]!, ...body.map((axis) => shape[axis]!)]);
    this.builder.rename(id, name);
    const lying = viewOf(id, this.builder.shape(id));
    const axes = view.axes.map((_, axis) => lying.axes[body.indexOf(axis) + 1]!);
    return this.remark({ ...lying, axes });
  }

  /**
   * How the axes of the file lie best: as they do, if each lies together. [N,1,1,C] is what a pooling left of many channels rather than
   * a line of one.
   */
  order(view: View): readonly number[] {
    const [, ...rest] = view.axes;
    const isPooled = rest.length > 1 && rest.every((axis, k) => axis.length > 0 === (k === rest.length - 1));
    return isPooled ? [...view.axes.keys()] : (orderOf(view) ?? channelsLast(view.axes.length));
  }

  #reshape(id: ValueId, shape: Shape): ValueId {
    if (sameShape(this.builder.shape(id), shape)) return id;
    return this.#once(`${id} as ${showShape(shape)}`, () =>
      this.make("reshape", `${this.#name(id)}/reshaped`, [id], { shape: shape.slice(1) }),
    );
  }

  #name(id: ValueId): string {
    return this.builder.nameOf(id);
  }

  #once(key: string, make: () => ValueId): ValueId {
    const found = this.#made.get(key);
    if (found !== undefined) return found;
    const id = make();
    this.#made.set(key, id);
    return id;
  }
}

/** Axes of the file behind the batch. Throws BatchMoved where the batch is not the first of `order`. */
function bodyOf({ axes, sizes }: View, order: readonly number[]): number[] {
  const at = order.findIndex((axis) => axes[axis]!.length === 1 && axes[axis]![0] === 0);
  if (at > 0 && sizes[0] !== 1) throw new BatchMoved();
  return order.filter((_, k) => k !== at);
}

/** Factors that follow each other, together. */
function runsOf(flat: readonly number[]): number[][] {
  const runs: number[][] = [];
  for (const factor of flat) {
    const last = runs.at(-1);
    if (last?.at(-1) === factor - 1) last.push(factor);
    else runs.push([factor]);
  }
  return runs;
}
