/** Frames around pictures and other tensors. */
import type { AttrsOf } from "../../../graph/graph.ts";
import type { GraphNet, Term } from "../graph-net.ts";
import { badAttribute, type GraphNode } from "../graph-nodes.ts";
import type { Translate } from "../graph-ops.ts";

export const PADDINGS: Readonly<Record<string, Translate>> = { Pad: pad, PadV2: pad, MirrorPad: mirrorPad };

function pad(net: GraphNet, node: GraphNode): Term {
  const value = node.inputs.length > 2 ? (net.known(node, 2).numbers[0] ?? 0) : 0;
  return extended(net, node, "constant", value);
}

function mirrorPad(net: GraphNet, node: GraphNode): Term {
  const mode = node.text("mode", "REFLECT");
  if (mode === "REFLECT" || mode === "SYMMETRIC")
    return extended(net, node, mode === "REFLECT" ? "reflect" : "symmetric", 0);
  throw badAttribute(node, "mode", "REFLECT or SYMMETRIC", mode);
}

/** By input 1, [before, after] for every axis. */
function extended(net: GraphNet, node: GraphNode, mode: AttrsOf<"extend">["mode"], value: number): Term {
  const x = net.value(node, 0);
  const shape = net.shape(x);
  const amounts = net.integers(node, 1, 2 * shape.length);
  const before = shape.map((_, axis) => amounts[2 * axis]!);
  const after = shape.map((_, axis) => amounts[2 * axis + 1]!);
  if (before[0] !== 0 || after[0] !== 0) throw badAttribute(node, "paddings", "no padding of the batch", amounts);
  const isFrame = shape.length === 4 && before[3] === 0 && after[3] === 0;
  if (mode === "constant" && isFrame) {
    const padding = [before[1]!, after[1]!, before[2]!, after[2]!] as const;
    return net.node("pad", node.name, [x], { padding, value });
  }
  // A mirror shows no more than there is.
  const most = (size: number): number => (mode === "constant" ? Infinity : mode === "reflect" ? size - 1 : size);
  const fits = shape.every((size, axis) => before[axis]! <= most(size) && after[axis]! <= most(size));
  if (!fits) throw badAttribute(node, "paddings", "at most what is there to be mirrored", amounts);
  return net.node("extend", node.name, [x], { before: before.slice(1), after: after.slice(1), mode, value });
}
