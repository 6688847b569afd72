/** Operators that only say otherwise what lies there, and those that do nothing while nobody trains. */
import { elements, type Shape, showShape } from "../../../shape.ts";
import { axisOf, reshapeTarget, squeezed, unsqueezed } from "../axes.ts";
import type { OnnxNet } from "../net.ts";
import type { OnnxNode } from "../node.ts";
import { permuted, reshapedWeight, type Term, valueTerm } from "../term.ts";
import { Steps, type Translate } from "../translate.ts";
import { shapeOf, transposed } from "../view.ts";

function toShape(net: OnnxNet, term: Term, shape: Shape): Term {
  if (term.kind === "value") return valueTerm(net.reshape(term.view, shape));
  if (term.kind === "weight") return { kind: "weight", weight: reshapedWeight(term.weight, shape) };
  return { kind: "known", known: { ...term.known, shape } };
}

const shaped =
  (target: (net: OnnxNet, node: OnnxNode, from: Shape) => Shape): Translate =>
  (net, node) => {
    const term = net.term(node, 0);
    return toShape(net, term, target(net, node, net.shape(term)));
  };

function flattened(_: OnnxNet, node: OnnxNode, from: Shape): Shape {
  const wanted = node.int("axis", 1);
  const axis = wanted === from.length ? wanted : axisOf(node, wanted, from.length);
  return [elements(from.slice(0, axis)), elements(from.slice(axis))];
}

function transpose(net: OnnxNet, node: OnnxNode): Term {
  const term = net.term(node, 0);
  const rank = net.shape(term).length;
  const perm = node.ints("perm") ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  if (perm.length !== rank || new Set(perm).size !== rank || perm.some((axis) => axis < 0 || axis >= rank)) {
    throw node.invalid("perm", `each of ${rank} axes once`, perm);
  }
  if (term.kind === "value") return valueTerm(transposed(term.view, perm));
  return { kind: "weight", weight: permuted(net.constant(term), perm) };
}

/** [N,b·b·C,H,W] → [N,C,b·H,b·W]; in the mode CRD the channels are C·b·b. */
function depthToSpace(net: OnnxNet, node: OnnxNode): Term {
  const { view, block, n, c, h, w } = blocksOf(net, node);
  const isColumnFirst = node.choice("mode", ["DCR", "CRD"], "DCR") === "DCR";
  const rest = c / (block * block);
  if (!Number.isInteger(rest)) throw node.invalid("blocksize", `a divisor of ${c} channels`, block);
  const split = isColumnFirst ? [n, block, block, rest, h, w] : [n, rest, block, block, h, w];
  const perm = isColumnFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3];
  return valueTerm(net.reshape(transposed(net.reshape(view, split), perm), [n, rest, h * block, w * block]));
}

/** [N,C,b·H,b·W] → [N,b·b·C,H,W]. */
function spaceToDepth(net: OnnxNet, node: OnnxNode): Term {
  const { view, block, n, c, h, w } = blocksOf(net, node);
  const [rows, columns] = [h / block, w / block];
  if (!Number.isInteger(rows) || !Number.isInteger(columns))
    throw node.invalid("blocksize", `a divisor of ${h} and ${w}`, block);
  const split = net.reshape(view, [n, c, rows, block, columns, block]);
  return valueTerm(net.reshape(transposed(split, [0, 3, 5, 1, 2, 4]), [n, block * block * c, rows, columns]));
}

function blocksOf(net: OnnxNet, node: OnnxNode) {
  const view = net.view(node, 0);
  const shape = shapeOf(view);
  if (shape.length !== 4) throw node.unsupported("pictures [N,C,H,W]", showShape(shape));
  const [n, c, h, w] = shape as [number, number, number, number];
  const block = node.int("blocksize", 0);
  if (block < 1) throw node.invalid("blocksize", "a whole number ≥ 1", block);
  return { view, block, n, c, h, w };
}

/** A second output is the mask, which is all ones; nobody reads it. */
function dropout(net: OnnxNet, node: OnnxNode): Term {
  if (node.has(2) && net.scalar(node, 2) !== 0) throw node.unsupported("training_mode false", "true");
  return net.term(node, 0);
}

const FLOATS: ReadonlySet<number> = new Set([1, 10, 11, 16]);

/** Whole numbers and truth are floats here, of which a cast to them leaves the whole part, or whether there is something. */
const WHOLE: ReadonlySet<number> = new Set([2, 3, 4, 5, 6, 7, 12, 13]);
const BOOL = 9;

/** Everything is f32 here, so a cast between floats does nothing. */
function cast(net: OnnxNet, node: OnnxNode): Term {
  const to = node.int("to", 0);
  if (FLOATS.has(to) || node.op === "CastLike") return net.term(node, 0);
  const steps = new Steps(net, node);
  if (to === BOOL) return valueTerm(steps.compare("notEqual", net.view(node, 0), 0, true));
  if (WHOLE.has(to)) return valueTerm(steps.truncated(net.view(node, 0), true));
  throw node.unsupported("a cast to numbers", `type ${to}`);
}

/** Operators that move nothing, by ONNX's names. */
export const SHAPES: Readonly<Record<string, Translate>> = {
  Identity: (net, node) => net.term(node, 0),
  Dropout: dropout,
  Cast: cast,
  CastLike: cast,
  Reshape: shaped((net, node, from) =>
    reshapeTarget(node, from, net.integersOf(node, "shape", 1) ?? [], node.flag("allowzero", false)),
  ),
  Flatten: shaped(flattened),
  Squeeze: shaped((net, node, from) => squeezed(node, from, net.integersOf(node, "axes", 1))),
  Unsqueeze: shaped((net, node, from) => unsqueezed(node, from, net.integersOf(node, "axes", 1) ?? [])),
  Transpose: transpose,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
};
