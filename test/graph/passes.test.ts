/** What the passes leave of the network that has every shape of trouble. */
import { describe, expect, it } from "vitest";
import { optimize } from "../../src/graph/optimize.ts";
import { graph, idOf } from "./troubled.ts";

describe("the passes", () => {
  it("leave one node per product: nothing to pad, normalise, add or clamp is left beside it", () => {
    const fused = optimize(graph, new Set(), { folds: new Map(), algorithms: () => undefined });
    const left = fused.nodes.map((node) => node.op);
    expect(left).toEqual([
      "conv2d",
      "depthwiseConv2d",
      "conv2d",
      "globalAveragePool",
      "sigmoid",
      "mul",
      "maxPool",
      "avgPool",
      "concat",
      "reshape",
      "dense",
      "softmax",
    ]);
  });

  it("keep what is asked for", () => {
    const kept = new Set([idOf("stem"), idOf("sum"), idOf("dw_bn/gamma")]);
    const fused = optimize(graph, kept, { folds: new Map(), algorithms: () => undefined });
    const outputs = new Set(fused.nodes.map((node) => node.output));
    expect(outputs.has(idOf("stem")) && outputs.has(idOf("sum"))).toBe(true);
    expect(fused.nodes.filter((node) => node.op === "batchNorm").map((node) => node.name)).toEqual([
      "stem_bn",
      "dw_bn",
    ]);
  });
});
