/** Pools: of windows, and of whole pictures. */
import { GradCamError } from "../../../errors.ts";
import { axisOf } from "../graph-net.ts";
import type { Translate } from "../graph-ops.ts";
import { innerPair, windowOf } from "./products.ts";

export const REDUCTIONS: Readonly<Record<string, Translate>> = {
  MaxPool: pool("maxPool"),
  AvgPool: pool("avgPool"),
  Mean: overPixels("globalAveragePool"),
  Max: overPixels("globalMaxPool"),
};

function pool(op: "maxPool" | "avgPool"): Translate {
  return (net, node) => {
    const x = net.value(node, 0);
    const kernel = innerPair(node, "ksize");
    return net.node(op, node.name, [x], { kernel, ...windowOf(node, net.shape(x), kernel) });
  };
}

/** What Keras calls global pooling: heads are recognised by it. Other axes are not supported. */
function overPixels(op: "globalAveragePool" | "globalMaxPool"): Translate {
  return (net, node) => {
    const x = net.value(node, 0);
    const rank = net.shape(x).length;
    const axes = net.integers(node, 1).map((axis) => axisOf(node, axis, rank));
    const keepDims = node.flag("keep_dims", node.flag("keepdims", false));
    if (rank === 4 && [...axes].sort((a, b) => a - b).join() === "1,2")
      return net.node(op, node.name, [x], { keepDims });
    throw new GradCamError("E_UNSUPPORTED_OP", {
      where: node.where,
      expected: "the height and width of pictures as axes",
      got: `axes ${axes.join(", ")} of ${rank}`,
    });
  };
}
