/** Poolings over pictures. */
import type { AttrsOf } from "../../../graph/graph.ts";
import { showShape } from "../../../shape.ts";
import type { OnnxNet } from "../net.ts";
import type { OnnxNode } from "../node.ts";
import { type Term, valueTerm } from "../term.ts";
import type { Translate } from "../translate.ts";
import { channelsLast, shapeOf } from "../view.ts";
import { counts, windowOf } from "./window.ts";

function attrsOf(net: OnnxNet, node: OnnxNode): AttrsOf<"maxPool"> {
  const kernel = node.ints("kernel_shape");
  if (kernel?.length !== 2) throw node.unsupported("a kernel_shape of two, as for pictures", showShape(kernel ?? []));
  const window = windowOf(node, shapeOf(net.view(node, 0)), counts(node, "kernel_shape", kernel));
  return { kernel: counts(node, "kernel_shape", kernel), ...window, ceilMode: node.flag("ceil_mode", false) };
}

function maxPool(net: OnnxNet, node: OnnxNode): Term {
  if ((node.outputs[1] ?? "") !== "") throw node.unsupported("one output", "the places of the maxima too");
  return valueTerm(net.node("maxPool", node.output, [net.picture(node)], attrsOf(net, node), channelsLast(4)));
}

function averagePool(net: OnnxNet, node: OnnxNode): Term {
  const attrs = { ...attrsOf(net, node), countIncludePad: node.flag("count_include_pad", false) };
  return valueTerm(net.node("avgPool", node.output, [net.picture(node)], attrs, channelsLast(4)));
}

const global =
  (op: "globalAveragePool" | "globalMaxPool"): Translate =>
  (net, node) =>
    valueTerm(net.node(op, node.output, [net.picture(node)], { keepDims: true }, channelsLast(4)));

/** Poolings, by ONNX's names. */
export const POOLS: Readonly<Record<string, Translate>> = {
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: global("globalAveragePool"),
  GlobalMaxPool: global("globalMaxPool"),
};
