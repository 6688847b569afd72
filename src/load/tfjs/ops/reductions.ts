/** Pools, and means and maxima over axes. */
import type { Term, GraphNet } from "../graph-net.ts";
import { axisOf } from "../graph-net.ts";
import type { GraphNode } from "../graph-nodes.ts";
import type { Translate } from "../graph-ops.ts";
import { innerPair, windowOf } from "./products.ts";

export const REDUCTIONS: Readonly<Record<string, Translate>> = {
  MaxPool: pool("maxPool"),
  AvgPool: pool("avgPool"),
  Mean: reduce("mean"),
  Max: reduce("max"),
  Min: reduce("min"),
  Sum: reduce("sum"),
  Prod: reduce("prod"),
};

function pool(op: "maxPool" | "avgPool"): Translate {
  return (net, node) => {
    const x = net.value(node, 0);
    const kernel = innerPair(node, "ksize");
    return net.node(op, node.name, [x], { kernel, ...windowOf(net, node, x, kernel) });
  };
}

/** Over pixels it is what Keras calls global pooling; that is what heads are recognised by. */
function reduce(kind: "mean" | "max" | "min" | "sum" | "prod"): Translate {
  return (net: GraphNet, node: GraphNode): Term => {
    const x = net.value(node, 0);
    const rank = net.shape(x).length;
    const axes = net.integers(node, 1).map((axis) => axisOf(node, axis, rank));
    const keepDims = node.flag("keep_dims", node.flag("keepdims", false));
    const overPixels = rank === 4 && [...axes].sort((a, b) => a - b).join() === "1,2";
    if (overPixels && kind === "mean") return net.node("globalAveragePool", node.name, [x], { keepDims });
    if (overPixels && kind === "max") return net.node("globalMaxPool", node.name, [x], { keepDims });
    throw new Error("TODO");
  };
}
