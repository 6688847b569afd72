/** What a name of the graph stands for while it is translated: a value of ours, a stored tensor, or numbers known already. */
import { type Parameter, type ParameterSource, readParameter } from "../../graph/parameter.ts";
import { elements, sameShape, type Shape } from "../../shape.ts";
import type { View } from "./view.ts";

/** Numbers that are known before any picture is: sizes, axes, small constants. */
export interface Known {
  /** As the file calls them. */
  readonly name?: string;
  readonly shape: Shape;
  readonly numbers: Float64Array;
  readonly kind: "float" | "int" | "bool";
}

/** A stored tensor, unread, perhaps with its axes in another order. */
export interface Weight {
  readonly name: string;
  readonly shape: Shape;
  readonly source: ParameterSource;
  readonly stored: Shape;
  /** Axis k of the weight is axis permutation[k] of the stored tensor. */
  readonly permutation?: readonly number[];
  /** Of whole numbers that stand for nothing yet: weights of 8 bits before they are dequantised. */
  readonly kind: "float" | "int" | "bool";
  /** A number of ours or of the architecture: nothing that was learnt. */
  readonly isFixed?: true;
}

export type Term =
  | { readonly kind: "value"; readonly view: View }
  | { readonly kind: "weight"; readonly weight: Weight }
  | { readonly kind: "known"; readonly known: Known };

/** What does not depend on any picture. */
export type Constant = Exclude<Term, { kind: "value" }>;

export const valueTerm = (view: View): Term => ({ kind: "value", view });

/** `shape` and `kind` are those of the file's tensor. */
export const knownTerm = (numbers: ArrayLike<number>, shape: Shape, kind: Known["kind"] = "int"): Term => ({
  kind: "known",
  known: { shape, numbers: numbers instanceof Float64Array ? numbers : Float64Array.from(numbers), kind },
});

/** A weight of numbers in memory. */
export function weightOf({ name = "constant", numbers, shape, kind }: Known): Weight {
  const data = Float32Array.from(numbers);
  const source = { length: data.length, read: (start: number, end: number) => data.subarray(start, end) };
  return { name, shape, source, stored: shape, kind };
}

/** The weight with its axes in another order; nothing is read. */
export function permuted(weight: Weight, perm: readonly number[]): Weight {
  const permutation = perm.map((axis) => weight.permutation?.[axis] ?? axis);
  const plain = sameShape(weight.shape, weight.stored) || weight.permutation ? weight : regular(weight);
  return { ...plain, shape: perm.map((axis) => weight.shape[axis]!), permutation };
}

const regular = (weight: Weight): Weight => ({ ...weight, stored: weight.shape });

/** The same numbers in the same order with other axes. */
export function reshapedWeight(weight: Weight, shape: Shape): Weight {
  const { source, stored, permutation, ...facts } = weight;
  if (!permutation) return { ...facts, source, stored: shape, shape };
  return { ...facts, shape, stored: shape, source: settled({ source, stored, permutation }) };
}

/** All at once when first asked, in the order that the permutation makes. */
function settled(parameter: Parameter): ParameterSource {
  let all: Promise<Float32Array> | undefined;
  return {
    length: elements(parameter.stored),
    async read(start, end) {
      all ??= readParameter(parameter);
      return (await all).subarray(start, end);
    },
  };
}
