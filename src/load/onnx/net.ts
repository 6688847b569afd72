/** What the operators of an ONNX graph are written with: what its names stand for, and nodes of ours. How values lie: layout.ts. */
import { GradCamError } from "../../errors.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { AttrsOf, OpType, ValueId } from "../../graph/graph.ts";
import { type Shape, showShape } from "../../shape.ts";
import type { Limits } from "../limits.ts";
import { ParameterPool } from "../parameter-pool.ts";
import { Layout } from "./layout.ts";
import type { OnnxNode } from "./node.ts";
import { type Constant, type Known, permuted, reshapedWeight, type Term, type Weight, weightOf } from "./term.ts";
import { BatchMoved, channelsLast, shapeOf, type View, viewOf } from "./view.ts";

/** Shapes, scales and positions of a network are thousands; beyond this, seconds and half a GiB would go into what is no picture. */
const MOST_SPENT = 2 ** 26;
/** 1 GiB of weights that the file does not hold. */
const MOST_FILLED = 2 ** 28;

export class OnnxNet extends Layout {
  /** Of ONNX's own operators. */
  readonly opset: number;
  readonly #terms = new Map<string, Term>();
  readonly #weights: ParameterPool;
  /** Numbers that were read and made in advance so far. */
  #spent = 0;
  /** Numbers of tensors that are one value everywhere. */
  #filled = 0;

  constructor(builder: GraphBuilder, limits: Limits, opset: number) {
    super(builder, limits);
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
    const got = `"${node.inputs[index]!}", which is computed`;
    // Weights that are standardised anew in every run, as those of NFNet and BiT.
    const hint = "if it is computed from weights alone, fold it: python3 -m onnxsim model.onnx folded.onnx";
    throw node.unsupported(`a stored weight as input ${index}`, got, hint);
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
    checkSum(node, this.#spent, MOST_SPENT, "computed in advance");
  }

  /** Counts numbers of a tensor that says one value for all of them. Throws E_TENSOR_TOO_LARGE as `spend` does. */
  fill(node: OnnxNode, count: number): void {
    this.#filled += count;
    checkSum(node, this.#filled, MOST_FILLED, "made by operators");
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

  /** A node that answers element by element: what it says lies as what it was asked. */
  pointwise<T extends OpType>(op: T, name: string, x: View, attrs: AttrsOf<T>): View {
    return this.remark({ ...x, id: this.make(op, name, [x.id], attrs) });
  }

  /** An input [N,H,W,C], and whatever else lies so. */
  picture(node: OnnxNode, index = 0): ValueId {
    const view = this.view(node, index);
    if (view.axes.length === 4 && view.axes[0]![0] === 0) return this.ordered(view, channelsLast(4));
    if (view.axes.length === 4) throw new BatchMoved();
    throw node.unsupported("pictures [N,C,H,W]", showShape(shapeOf(view)));
  }
}

function checkSum(node: OnnxNode, sum: number, most: number, what: string): void {
  if (sum <= most) return;
  const expected = `at most ${most} numbers ${what}`;
  throw new GradCamError("E_TENSOR_TOO_LARGE", { where: node.where, expected, got: String(sum) });
}
