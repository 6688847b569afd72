/** What takes parts of tensors, or repeats them: slices, splits, tiles. The batch is never cut. */
import { GradCamError } from "../../../errors.ts";
import type { ValueId } from "../../../graph/graph.ts";
import type { Shape } from "../../../shape.ts";
import { axisOf, type GraphNet, type Term } from "../graph-net.ts";
import { badAttribute, type GraphNode } from "../graph-nodes.ts";
import type { Translate } from "../graph-ops.ts";

export const PARTS: Readonly<Record<string, Translate>> = {
  Slice: (net, node) => slice(net, node),
  Split: (net, node) => split(net, node, 1, net.integer(node, 0)),
  SplitV: (net, node) => split(net, node, 0, net.integer(node, 2)),
  Tile: (net, node) => tile(net, node),
  Unpack: (net, node) => unpack(net, node),
};

/** Along one axis: `count` elements from `start` on, `step` apart. */
export interface Cut {
  readonly start: number;
  readonly count: number;
  readonly step: number;
}

/** The part of x that is cut out along every axis. */
export function cutOut(net: GraphNet, node: GraphNode, name: string, x: ValueId, cuts: readonly Cut[]): ValueId {
  const shape = net.shape(x);
  const isWhole = ({ start, count, step }: Cut, axis: number): boolean =>
    start === 0 && count === shape[axis] && (step === 1 || count === 1);
  if (cuts.every(isWhole)) return x;
  const [batch, ...rest] = cuts;
  if (!isWhole(batch!, 0)) throw batchCut(node);
  const attrs = {
    starts: rest.map(({ start }) => start),
    sizes: rest.map(({ count }) => count),
    steps: rest.map(({ step }) => step),
  };
  return net.builder.node("slice", name, [x], attrs);
}

const batchCut = (node: GraphNode): GradCamError =>
  new GradCamError("E_UNSUPPORTED_OP", {
    where: node.where,
    expected: "a part of every picture",
    got: "a part of the batch",
  });

const wholes = (shape: Shape): Cut[] => shape.map((size) => ({ start: 0, count: size, step: 1 }));

/** `size` elements from `begin` on; −1 is all that follow. */
function slice(net: GraphNet, node: GraphNode): Term {
  const x = net.value(node, 0);
  const shape = net.shape(x);
  const begins = net.integers(node, 1, shape.length);
  const sizes = net.integers(node, 2, shape.length);
  const cuts = begins.map((start, axis) => ({
    start,
    count: sizes[axis] === -1 ? shape[axis]! - start : sizes[axis]!,
    step: 1,
  }));
  return { kind: "value", id: cutOut(net, node, node.name, x, cuts) };
}

/** `num_split` equal parts, or parts of the sizes of input 1, of which one may be −1. */
function split(net: GraphNet, node: GraphNode, input: number, along: number): (Term | undefined)[] {
  const x = net.value(node, input);
  const shape = net.shape(x);
  const axis = axisOf(node, along, shape.length);
  const sizes =
    node.op === "Split" ? equalParts(node, shape[axis]!) : partsOf(node, shape[axis]!, net.integers(node, 1));
  let start = 0;
  return sizes.map((count, index) => {
    const cuts = wholes(shape).with(axis, { start, count, step: 1 });
    start += count;
    if (!net.isRead(node, index)) return undefined;
    return { kind: "value", id: cutOut(net, node, partName(node, index), x, cuts) };
  });
}

const partName = (node: GraphNode, index: number): string => (index === 0 ? node.name : `${node.name}:${index}`);

/** Parts of one tensor: more than any network has. */
const MOST_PARTS = 4096;

function equalParts(node: GraphNode, size: number): number[] {
  const count = node.number("num_split", 1);
  if (Number.isInteger(size / count) && count >= 1 && count <= MOST_PARTS)
    return new Array<number>(count).fill(size / count);
  throw badAttribute(node, "num_split", `at most ${MOST_PARTS} equal parts of ${size}`, count);
}

function partsOf(node: GraphNode, size: number, listed: readonly number[]): readonly number[] {
  const rest = listed.reduce((left, count) => (count === -1 ? left : left - count), size);
  const sizes = listed.map((count) => (count === -1 ? rest : count));
  const total = sizes.reduce((sum, count) => sum + count, 0);
  if (total === size && sizes.every((count) => count >= 1) && sizes.length <= MOST_PARTS) return sizes;
  throw badAttribute(node, "size_splits", `at most ${MOST_PARTS} sizes above 0 with the sum ${size}`, listed);
}

/** Every index of an axis by itself, without the axis. */
function unpack(net: GraphNet, node: GraphNode): (Term | undefined)[] {
  const x = net.value(node, 0);
  const shape = net.shape(x);
  const axis = axisOf(node, node.number("axis", 0), shape.length);
  const size = shape[axis]!;
  if (axis === 0) throw batchCut(node);
  if (size > MOST_PARTS) throw badAttribute(node, "axis", `one of at most ${MOST_PARTS}`, size);
  return Array.from({ length: size }, (_, index) => {
    if (!net.isRead(node, index)) return undefined;
    const cuts = wholes(shape).with(axis, { start: index, count: 1, step: 1 });
    const name = partName(node, index);
    return net.reshape(node, cutOut(net, node, `${name}/slice`, x, cuts), shape.toSpliced(axis, 1), name);
  });
}

function tile(net: GraphNet, node: GraphNode): Term {
  const x = net.value(node, 0);
  const [batch, ...repeats] = net.integers(node, 1, net.shape(x).length);
  if (batch !== 1) throw badAttribute(node, "multiples", "1 for the batch", batch);
  return net.node("tile", node.name, [x], { repeats });
}
