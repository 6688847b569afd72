/** Pools of windows, and what makes one number of all along some axes. */
import { GradCamError } from "../../../errors.ts";
import type { AttrsOf } from "../../../graph/graph.ts";
import { axisOf } from "../graph-net.ts";
import type { Translate } from "../graph-ops.ts";
import { innerPair, windowOf } from "./products.ts";

export const REDUCTIONS: Readonly<Record<string, Translate>> = {
  MaxPool: pool("maxPool"),
  AvgPool: pool("avgPool"),
  Mean: over("mean"),
  Max: over("max"),
  Min: over("min"),
  Prod: over("prod"),
  Sum: over("sum"),
  // Of zeros and ones.
  All: over("min"),
  Any: over("max"),
};

function pool(op: "maxPool" | "avgPool"): Translate {
  return (net, node) => {
    const x = net.value(node, 0);
    const kernel = innerPair(node, "ksize");
    return net.node(op, node.name, [x], { kernel, ...windowOf(node, net.shape(x), kernel) });
  };
}

/** Over all pixels, what Keras calls global pooling: heads are recognised by it. Never over the batch. */
function over(fn: AttrsOf<"reduce">["fn"]): Translate {
  return (net, node) => {
    const x = net.value(node, 0);
    const rank = net.shape(x).length;
    const axes = net.integers(node, 1).map((axis) => axisOf(node, axis, rank));
    const keepDims = node.flag("keep_dims", node.flag("keepdims", false));
    if (axes.includes(0)) {
      const expected = "axes of every picture";
      throw new GradCamError("E_UNSUPPORTED_OP", { where: node.where, expected, got: "the batch among them" });
    }
    if (axes.length === 0) return net.term(node, 0);
    const pooling = fn === "mean" ? "globalAveragePool" : fn === "max" ? "globalMaxPool" : undefined;
    const isOfPixels = rank === 4 && [...axes].sort((a, b) => a - b).join() === "1,2";
    if (pooling && isOfPixels) return net.node(pooling, node.name, [x], { keepDims });
    return net.node("reduce", node.name, [x], { fn, axes, keepDims });
  };
}
