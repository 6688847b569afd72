/**
 * What the operators of a TensorFlow graph are written with: terms, which are values of our graph, weights, or small numbers
 * known now (axes, sizes, paddings). Activations are NHWC there as here; the batch is 1 and every size is known.
 */
import { GradCamError } from "../../errors.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { AttrsOf, OpType, ValueId } from "../../graph/graph.ts";
import { parameterOf } from "../../graph/parameter.ts";
import { elements, type Shape, showShape } from "../../shape.ts";
import { ParameterPool } from "../parameter-pool.ts";
import type { StoredWeight } from "./shards.ts";
import { badAttribute, type GraphNode, outputName } from "./graph-nodes.ts";

/** Numbers that are known while the graph is built. */
export interface Known {
  readonly shape: Shape;
  readonly numbers: readonly number[];
}

export type Term =
  | { readonly kind: "value"; readonly id: ValueId }
  | { readonly kind: "weight"; readonly weight: StoredWeight; readonly known: Known | undefined }
  | { readonly kind: "known"; readonly known: Known };

export class GraphNet {
  readonly builder: GraphBuilder;
  readonly #terms = new Map<string, Term>();
  readonly #weights: ParameterPool;
  readonly #read: ReadonlySet<string>;

  /** @param read the outputs of nodes that anybody reads: `name`, or `name:k` */
  constructor(builder: GraphBuilder, read: ReadonlySet<string>) {
    this.builder = builder;
    this.#read = read;
    this.#weights = new ParameterPool(builder);
  }

  define(output: string, term: Term): void {
    this.#terms.set(output, term);
  }

  /** Whether output `index` of a node is worth making: a node may have millions that nobody reads. */
  isRead(node: GraphNode, index: number): boolean {
    return this.#read.has(outputName(node.name, index));
  }

  /** What input `index` of a node is. Throws E_GRAPH. */
  term(node: GraphNode, index: number): Term {
    const name = node.inputs[index];
    const term = name === undefined ? undefined : this.#terms.get(name);
    if (term) return term;
    const got = name === undefined ? `${node.inputs.length} inputs` : `"${name}", which no node makes`;
    throw new GradCamError("E_GRAPH", { where: node.where, expected: `input ${index}`, got });
  }

  /** What a node makes. Throws E_GRAPH where that is no value of the network. */
  output(name: string): ValueId {
    const term = this.#terms.get(name);
    if (term?.kind === "value") return term.id;
    throw new GradCamError("E_GRAPH", {
      where: `output "${name}"`,
      expected: "what is computed from the input",
      got: "a constant",
    });
  }

  /** An input as a value; weights and numbers become parameters. */
  value(node: GraphNode, index: number): ValueId {
    const term = this.term(node, index);
    if (term.kind === "value") return term.id;
    if (term.kind === "weight") return this.weight(node, index, term.weight.shape);
    const { shape, numbers } = term.known;
    const data = Float32Array.from(numbers);
    return this.builder.parameter(`${node.name}/input_${index}`, vector(shape), {
      stored: shape,
      source: { length: data.length, read: (start, end) => data.subarray(start, end) },
    });
  }

  /** An input that must be a weight, seen with `shape` after an optional permutation of its axes. Throws E_UNSUPPORTED_OP. */
  weight(node: GraphNode, index: number, shape: Shape, permutation?: readonly number[]): ValueId {
    const { weight } = this.stored(node, index);
    return this.#weights.value(weight.name, vector(shape), {
      ...weight.parameter(),
      ...(permutation && { permutation }),
    });
  }

  /** The weight that an input is. Throws E_UNSUPPORTED_OP where it is computed. */
  stored(node: GraphNode, index: number): { readonly weight: StoredWeight } {
    const term = this.term(node, index);
    if (term.kind === "weight") return term;
    throw new GradCamError("E_UNSUPPORTED_OP", {
      where: node.where,
      expected: `a stored weight as input ${index}`,
      got: `"${node.inputs[index]!}", which is computed`,
    });
  }

  /** The numbers of an input that must be known: axes, sizes. Throws E_UNSUPPORTED_OP where they depend on the picture. */
  known(node: GraphNode, index: number): Known {
    const term = this.term(node, index);
    const found = term.kind === "value" ? undefined : term.known;
    if (found) return found;
    throw new GradCamError("E_UNSUPPORTED_OP", {
      where: node.where,
      expected: `numbers known in advance as input ${index}`,
      got: `"${node.inputs[index]!}", which ${term.kind === "value" ? "depends on the picture" : "is too long"}`,
    });
  }

  /** As `known`, for one whole number. */
  integer(node: GraphNode, index: number): number {
    return this.integers(node, index, 1)[0]!;
  }

  /** As `known`, for whole numbers; `count` of them where that is said. Throws E_ATTR_INVALID. */
  integers(node: GraphNode, index: number, count?: number): readonly number[] {
    const { numbers } = this.known(node, index);
    const sound = numbers.every(Number.isSafeInteger) && (count === undefined || numbers.length === count);
    if (sound) return numbers;
    throw badAttribute(node, `input ${index}`, `${count ?? "a list of"} whole numbers`, numbers.slice(0, 8));
  }

  shape(id: ValueId): Shape {
    return this.builder.shape(id);
  }

  /** A node of ours as a term. */
  node<T extends OpType>(op: T, name: string, inputs: readonly (ValueId | undefined)[], attrs: AttrsOf<T>): Term {
    return { kind: "value", id: this.builder.node(op, name, inputs, attrs) };
  }

  /** A small constant as a value, for what operators of ours want as an input. */
  constant(name: string, number: number): ValueId {
    return this.builder.parameter(name, [1], { ...parameterOf(Float32Array.of(number), [1]), constant: true });
  }

  /** The same elements with other axes. Throws E_UNSUPPORTED_OP where the batch would not stay the first of them. */
  reshape(node: GraphNode, x: ValueId, shape: Shape, name = node.name): Term {
    const [batch, ...rest] = this.shape(x);
    if (shape[0] === batch && elements(shape.slice(1)) === elements(rest)) {
      return this.node("reshape", name, [x], { shape: shape.slice(1) });
    }
    throw new GradCamError("E_UNSUPPORTED_OP", {
      where: node.where,
      expected: `a shape of ${elements(rest)} elements behind the batch of ${batch ?? 1}`,
      got: `${showShape(this.shape(x))} → ${showShape(shape)}`,
    });
  }
}

/** Operators take no scalars: a number is a vector of one. */
const vector = (shape: Shape): Shape => (shape.length === 0 ? [1] : shape);

/** Axis k counted from the front. Throws E_ATTR_INVALID. */
export function axisOf(node: GraphNode, axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (Number.isInteger(positive) && positive >= 0 && positive < rank) return positive;
  throw badAttribute(node, "axis", `an axis of ${rank}`, axis);
}
