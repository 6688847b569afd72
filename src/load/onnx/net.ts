/**
 * What the operators of an ONNX graph are written with. Activations are [N,C,H,W] there and [N,H,W,C] here; a view says how one lies
 * in the other (view.ts), and an operator asks for the order that it needs.
 */
import { GradCamError } from "../../errors.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { AttrsOf, OpType, ValueId } from "../../graph/graph.ts";
import { elements, sameShape, type Shape, showShape } from "../../shape.ts";
import type { Limits } from "../limits.ts";
import { ParameterPool } from "../parameter-pool.ts";
import type { OnnxNode } from "./node.ts";
import { type Constant, type Known, permuted, reshapedWeight, type Term, type Weight, weightOf } from "./term.ts";
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

/** Shapes, scales and positions of a network are thousands; beyond this, seconds and half a GiB would go into what is no picture. */
const MOST_SPENT = 2 ** 26;

export class OnnxNet {
  readonly builder: GraphBuilder;
  readonly limits: Limits;
  /** Of ONNX's own operators. */
  readonly opset: number;
  readonly #terms = new Map<string, Term>();
  readonly #weights: ParameterPool;
  /** Rearranged values, by what was done to them. */
  readonly #made = new Map<string, ValueId>();
  /** Numbers that were read and made in advance so far. */
  #spent = 0;
  /** Nodes of ours so far. */
  #nodes = 0;

  constructor(builder: GraphBuilder, limits: Limits, opset: number) {
    this.builder = builder;
    this.limits = limits;
    this.opset = opset;
    this.#weights = new ParameterPool(builder);
  }

  define(name: string, term: Term): void {
    const isUnnamed = term.kind === "known" && term.known.name === undefined;
    this.#terms.set(name, isUnnamed ? { kind: "known", known: { ...term.known, name } } : term);
  }

  find(name: string): Term | undefined {
    return this.#terms.get(name);
  }

  /** What input `index` of a node is. Throws E_GRAPH. */
  term(node: OnnxNode, index: number): Term {
    const name = node.inputs[index];
    const term = name === undefined ? undefined : this.#terms.get(name);
    if (term) return term;
    const got = name === undefined || name === "" ? "nothing" : `"${name}", which no node makes`;
    throw new GradCamError("E_GRAPH", { where: node.where, expected: `input ${index}`, got });
  }

  /** The shape of the file's tensor that a term stands for. */
  shape(term: Term): Shape {
    if (term.kind === "value") return shapeOf(term.view);
    return term.kind === "weight" ? term.weight.shape : term.known.shape;
  }

  /** An input that is computed from the picture, or a constant as a value. */
  view(node: OnnxNode, index: number): View {
    const term = this.term(node, index);
    if (term.kind === "value") return term.view;
    const weight = this.constant(term);
    const shape = weight.shape.length === 0 ? [1] : weight.shape;
    return viewOf(this.parameter(reshapedWeight(weight, shape)), shape);
  }

  /** A stored tensor of floats, or numbers known already. Throws E_UNSUPPORTED_OP where it is computed from the picture. */
  weight(node: OnnxNode, index: number): Weight {
    const term = this.term(node, index);
    if (term.kind !== "value") return this.constant(term);
    throw node.unsupported(`a stored weight as input ${index}`, `"${node.inputs[index]!}", which is computed`);
  }

  /** The same, or undefined where the node does without. */
  weightIf(node: OnnxNode, index: number): Weight | undefined {
    return node.has(index) ? this.weight(node, index) : undefined;
  }

  constant(term: Constant): Weight {
    return term.kind === "weight" ? term.weight : weightOf(term.known);
  }

  /** The numbers of an input that must be known now. Throws E_UNSUPPORTED_OP where they depend on the picture. */
  known(node: OnnxNode, index: number): Known {
    const term = this.term(node, index);
    if (term.kind === "known") return term.known;
    const why = term.kind === "value" ? "depends on the picture" : "has too many";
    throw node.unsupported(`numbers known in advance as input ${index}`, `"${node.inputs[index]!}", which ${why}`);
  }

  /** Whole numbers that must be known now. Throws E_ATTR_INVALID. */
  integers(node: OnnxNode, index: number): readonly number[] {
    const { numbers, kind } = this.known(node, index);
    if (kind === "int") return Array.from(numbers);
    throw node.invalid(`input ${index}`, "whole numbers", Array.from(numbers.slice(0, 8)));
  }

  /** An attribute of older opsets that became an input. */
  integersOf(node: OnnxNode, attribute: string, index: number): readonly number[] | undefined {
    return node.ints(attribute) ?? (node.has(index) ? this.integers(node, index) : undefined);
  }

  /** One number that must be known. */
  scalar(node: OnnxNode, index: number): number {
    const { numbers } = this.known(node, index);
    if (numbers.length === 1) return numbers[0]!;
    throw node.invalid(`input ${index}`, "one number", Array.from(numbers.slice(0, 8)));
  }

  /** A weight as a value of ours: with `permutation` of its axes, and then seen as `shape`. */
  parameter(weight: Weight, permutation?: readonly number[], shape?: Shape): ValueId {
    const ordered = permutation ? permuted(weight, permutation) : weight;
    const seen = shape ?? ordered.shape;
    const { name, source, stored } = ordered;
    return this.#weights.value(name, seen, {
      source,
      stored,
      ...(ordered.permutation && { permutation: ordered.permutation }),
      ...(weight.isFixed && { constant: true }),
    });
  }

  /** Counts numbers that a node reads or makes in advance. Throws E_TENSOR_TOO_LARGE where all together are too many. */
  spend(node: OnnxNode, count: number): void {
    this.#spent += count;
    if (this.#spent <= MOST_SPENT) return;
    const expected = `at most ${MOST_SPENT} numbers computed in advance`;
    throw new GradCamError("E_TENSOR_TOO_LARGE", { where: node.where, expected, got: String(this.#spent) });
  }

  /**
   * A node of ours. Throws E_TENSOR_TOO_LARGE, E_SHAPE, E_ATTR_INVALID; E_HEADER_INVALID where the nodes of the file, each small,
   * would become too many.
   */
  make<T extends OpType>(op: T, name: string, inputs: readonly (ValueId | undefined)[], attrs: AttrsOf<T>): ValueId {
    if (++this.#nodes > this.limits.tensors) {
      const expected = `at most ${this.limits.tensors} nodes (limit tensors)`;
      throw new GradCamError("E_HEADER_INVALID", {
        where: `${this.builder.name}: ${op} "${name}"`,
        expected,
        got: "more",
      });
    }
    return this.builder.node(op, name, inputs, attrs);
  }

  /** A node of ours whose answer has these axes of the file in this order. */
  node<T extends OpType>(
    op: T,
    name: string,
    inputs: readonly (ValueId | undefined)[],
    attrs: AttrsOf<T>,
    order?: readonly number[],
  ): View {
    const id = this.make(op, name, inputs, attrs);
    return this.remark(viewOf(id, this.builder.shape(id), order));
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

  /** A node that answers element by element: what it says lies as what it was asked. */
  pointwise<T extends OpType>(op: T, name: string, x: View, attrs: AttrsOf<T>): View {
    return this.remark({ ...x, id: this.make(op, name, [x.id], attrs) });
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

  /** An input [N,H,W,C], and whatever else lies so. */
  picture(node: OnnxNode, index = 0): ValueId {
    const view = this.view(node, index);
    if (view.axes.length === 4 && view.axes[0]![0] === 0) return this.ordered(view, channelsLast(4));
    if (view.axes.length === 4) throw new BatchMoved();
    throw node.unsupported("pictures [N,C,H,W]", showShape(shapeOf(view)));
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

  /** How the axes of the file lie best: as they do, if each lies together. */
  order(view: View): readonly number[] {
    return orderOf(view) ?? channelsLast(view.axes.length);
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
