/**
 * x[begin:end:step, …] with NumPy's rules. Bit k of a mask is about axis k: begin and end that do not count, single indices that
 * take their axis away. After tensorflow/core/util/strided_slice_op.cc.
 */
import type { GraphNet, Term } from "../graph-net.ts";
import { badAttribute, type GraphNode } from "../graph-nodes.ts";
import { type Cut, cutOut } from "./parts.ts";

export function stridedSlice(net: GraphNet, node: GraphNode): Term {
  const x = net.value(node, 0);
  const shape = net.shape(x);
  const strange = ["ellipsis_mask", "new_axis_mask"].find((name) => node.number(name, 0) !== 0);
  if (strange !== undefined) throw badAttribute(node, strange, "0", node.number(strange, 0));
  const [begins, ends, steps] = [1, 2, 3].map((index) => net.integers(node, index)) as [number[], number[], number[]];
  const isListed = begins.length <= shape.length && ends.length === begins.length && steps.length === begins.length;
  if (!isListed) throw badAttribute(node, "begin, end, strides", `lists of one length, at most ${shape.length}`, steps);
  const has = (mask: string, axis: number): boolean => ((node.number(mask, 0) >> axis) & 1) === 1;
  const gone = new Set(begins.map((_, axis) => axis).filter((axis) => has("shrink_axis_mask", axis)));
  const cuts = shape.map((size, axis): Cut => {
    if (axis >= begins.length) return { start: 0, count: size, step: 1 };
    const begin = has("begin_mask", axis) && !gone.has(axis) ? undefined : begins[axis]!;
    const end = has("end_mask", axis) ? undefined : ends[axis]!;
    return gone.has(axis) ? single(node, size, begin!) : range(node, size, begin, end, steps[axis]!);
  });
  if (gone.size === 0) return { kind: "value", id: cutOut(net, node, node.name, x, cuts) };
  const part = cutOut(net, node, `${node.name}/slice`, x, cuts);
  return net.reshape(
    node,
    part,
    net.shape(part).filter((_, axis) => !gone.has(axis)),
  );
}

function single(node: GraphNode, size: number, index: number): Cut {
  const start = index < 0 ? index + size : index;
  if (start >= 0 && start < size) return { start, count: 1, step: 1 };
  throw badAttribute(node, "begin", `an index of ${size}`, index);
}

function range(node: GraphNode, size: number, begin: number | undefined, end: number | undefined, step: number): Cut {
  if (step === 0) throw badAttribute(node, "strides", "other than 0", step);
  const [lowest, highest] = step > 0 ? [0, size] : [-1, size - 1];
  const inside = (index: number): number => Math.min(Math.max(index < 0 ? index + size : index, lowest), highest);
  const start = begin === undefined ? (step > 0 ? 0 : size - 1) : inside(begin);
  const stop = end === undefined ? (step > 0 ? size : -1) : inside(end);
  const count = Math.ceil((stop - start) / step);
  if (count >= 1) return { start, count, step };
  throw badAttribute(node, "begin, end", "at least one element between them", [begin ?? null, end ?? null]);
}
