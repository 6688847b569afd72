/** Pictures of another size. After tensorflow/core/kernels/image/resize_{bilinear,nearest_neighbor}_op.cc. */
import type { GraphNet, Term } from "../graph-net.ts";
import { badAttribute, type GraphNode } from "../graph-nodes.ts";
import type { Translate } from "../graph-ops.ts";

export const RESIZERS: Readonly<Record<string, Translate>> = {
  ResizeBilinear: (net, node) => resize(net, node, "linear"),
  ResizeNearestNeighbor: (net, node) => resize(net, node, "nearest"),
};

function resize(net: GraphNet, node: GraphNode, mode: "linear" | "nearest"): Term {
  const x = net.value(node, 0);
  const [height, width] = net.integers(node, 1, 2) as readonly [number, number];
  const corners = node.flag("align_corners", false);
  const centres = node.flag("half_pixel_centers", false);
  if (corners && centres) throw badAttribute(node, "align_corners", "false with half_pixel_centers", true);
  const coordinates = corners ? "align-corners" : centres ? "half-pixel" : "asymmetric";
  // Half-pixel places are half a pixel off where TensorFlow rounds them down.
  const rounding = coordinates === "asymmetric" ? "floor" : "prefer-ceil";
  const attrs = { size: [height, width] as const, mode, coordinates, rounding } as const;
  return net.node("resize", node.name, [x], attrs);
}
