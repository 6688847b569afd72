/** Operators whose inputs are all known: their answer is known too, and no operator of ours is needed. */
import { elements, strides } from "../../../shape.ts";
import { axesOf, reshapeTarget, squeezed, unsqueezed } from "../axes.ts";
import type { OnnxNet } from "../net.ts";
import type { OnnxNode } from "../node.ts";
import type { Known } from "../term.ts";
import { mapped, walked, zipped } from "./array.ts";
import { arange, concatenated, gathered, parts, repeated, sliced } from "./moving.ts";
import { reduced, REDUCERS } from "./reduce.ts";

export type Fold = (x: readonly Known[], node: OnnxNode, net: OnnxNet) => Known | readonly Known[];

/** A fold that cannot do without its first `count` inputs: E_GRAPH where one of them is not there. */
const needing =
  (count: number, fold: Fold): Fold =>
  (x, node, net) => {
    for (let index = 0; index < count; index++) net.term(node, index);
    return fold(x, node, net);
  };

const one =
  (f: (x: number) => number): Fold =>
  ([x]) =>
    mapped(x!, f);

const two = (f: (a: number, b: number) => number, kind?: Known["kind"]): Fold =>
  needing(2, (x, node, net) => zipped(x, f, kind ?? x[0]!.kind, node.where, net.limits));

/** Two by two, from the left: a file may name more inputs than a call can have arguments. */
const many =
  (f: (a: number, b: number) => number): Fold =>
  (x, node, net) =>
    x.reduce((a, b) => zipped([a, b], f, a.kind, node.where, net.limits));

/** Whole numbers are divided towards zero. */
const divided = needing(2, (x, node, net) => {
  const isInt = x.every(({ kind }) => kind === "int");
  return zipped(x, (a, b) => (isInt ? Math.trunc(a / b) : a / b), x[0]!.kind, node.where, net.limits);
});

/** With fmod the sign of the dividend, else that of the divisor. */
const remainder = needing(2, (x, node, net) => {
  const isC = node.flag("fmod", false);
  return zipped(x, (a, b) => (isC ? a % b : a - b * Math.floor(a / b)), x[0]!.kind, node.where, net.limits);
});

const reshape =
  (target: (from: readonly number[], x: readonly Known[], node: OnnxNode) => readonly number[]): Fold =>
  (x, node) => ({ ...x[0]!, shape: target(x[0]!.shape, x, node) });

const list = (node: OnnxNode, name: string, x: Known | undefined): readonly number[] | undefined =>
  node.ints(name) ?? (x && Array.from(x.numbers));

const transpose: Fold = ([x], node, net) => {
  const rank = x!.shape.length;
  const perm = node.ints("perm") ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  if (axesOf(node, perm, rank).length !== rank) throw node.invalid("perm", `each of ${rank} axes once`, perm);
  const steps = strides(x!.shape);
  const shape = perm.map((axis) => x!.shape[axis]!);
  return walked(
    x!,
    shape,
    perm.map((axis) => steps[axis]!),
    0,
    node.where,
    net.limits,
  );
};

/** Either bound may be left out, or be an attribute, as it was before opset 11. */
const clipped: Fold = (x, node) => {
  const bound = (name: string, index: number, none: number): number => {
    const at = node.inputs.slice(0, index).filter((input) => input !== "").length;
    return node.has(index) ? (x[at]!.numbers[0] ?? none) : node.float(name, none);
  };
  const [low, high] = [bound("min", 1, -Number.MAX_VALUE), bound("max", 2, Number.MAX_VALUE)];
  return mapped(x[0]!, (value) => Math.min(Math.max(value, low), high));
};

const TO_KIND: ReadonlyMap<number, Known["kind"]> = new Map([
  ...[1, 10, 11, 16].map((code) => [code, "float"] as const),
  ...[2, 3, 4, 5, 6, 7, 12, 13].map((code) => [code, "int"] as const),
  [9, "bool"],
]);

const cast: Fold = ([x], node) => {
  const kind = TO_KIND.get(node.int("to", 0));
  if (!kind) throw node.unsupported("a cast to a number", `type ${node.int("to", 0)}`);
  if (kind === "float") return mapped(x!, (value) => value, kind);
  return mapped(x!, kind === "int" ? Math.trunc : (value) => Number(value !== 0), kind);
};

const ALL: readonly (readonly [name: string, fold: Fold])[] = [
  ["Identity", ([x]) => x!],
  ["Cast", cast],
  ["Clip", clipped],
  ["Relu", one((x) => Math.max(x, 0))],
  ["Sign", one(Math.sign)],
  ["Neg", one((x) => -x)],
  ["Abs", one(Math.abs)],
  ["Sqrt", one(Math.sqrt)],
  ["Exp", one(Math.exp)],
  ["Log", one(Math.log)],
  ["Floor", one(Math.floor)],
  ["Ceil", one(Math.ceil)],
  ["Round", one((x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)))],
  ["Reciprocal", one((x) => 1 / x)],
  ["Not", one((x) => Number(x === 0))],
  ["Add", two((a, b) => a + b)],
  ["Sub", two((a, b) => a - b)],
  ["Mul", two((a, b) => a * b)],
  ["Pow", two(Math.pow)],
  ["Div", divided],
  ["Mod", remainder],
  ["Max", many((a, b) => Math.max(a, b))],
  ["Min", many((a, b) => Math.min(a, b))],
  ["Sum", many((a, b) => a + b)],
  ["Equal", two((a, b) => Number(a === b), "bool")],
  ["Less", two((a, b) => Number(a < b), "bool")],
  ["LessOrEqual", two((a, b) => Number(a <= b), "bool")],
  ["Greater", two((a, b) => Number(a > b), "bool")],
  ["GreaterOrEqual", two((a, b) => Number(a >= b), "bool")],
  ["And", two((a, b) => Number(a !== 0 && b !== 0), "bool")],
  ["Or", two((a, b) => Number(a !== 0 || b !== 0), "bool")],
  ["Where", needing(3, (x, node, net) => zipped(x, (c, a, b) => (c ? a : b), x[1]!.kind, node.where, net.limits))],
  ["Shape", ([x], node) => dimensions(x!.shape, node)],
  ["Size", ([x]) => ({ shape: [], numbers: Float64Array.of(elements(x!.shape)), kind: "int" })],
  [
    "Reshape",
    reshape((from, x, node) =>
      reshapeTarget(node, from, list(node, "shape", x[1]) ?? [], node.flag("allowzero", false)),
    ),
  ],
  [
    "Flatten",
    reshape((from, _, node) => {
      const axis = node.int("axis", 1);
      return [elements(from.slice(0, axis)), elements(from.slice(axis))];
    }),
  ],
  ["Squeeze", reshape((from, x, node) => squeezed(node, from, list(node, "axes", x[1])))],
  ["Unsqueeze", reshape((from, x, node) => unsqueezed(node, from, list(node, "axes", x[1]) ?? []))],
  ["Transpose", transpose],
  ["Gather", needing(2, gathered)],
  ["Concat", concatenated],
  ["Slice", sliced],
  ["Split", parts],
  ["Expand", needing(2, repeated)],
  ["Tile", needing(2, repeated)],
  ["Range", needing(3, arange)],
  ...Object.keys(REDUCERS).map((name) => [name, reduced] as const),
];

/** By ONNX's names. None of them makes something of nothing. */
export const FOLDS: ReadonlyMap<string, Fold> = new Map(ALL.map(([name, fold]) => [name, needing(1, fold)]));

/** What Shape answers, which since opset 15 may be a part. */
export function dimensions(shape: readonly number[], node: OnnxNode): Known {
  const end = node.attributes.has("end") ? node.int("end", 0) : shape.length;
  const part = shape.slice(node.int("start", 0), end);
  return { shape: [part.length], numbers: Float64Array.from(part), kind: "int" };
}
