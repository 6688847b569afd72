/** Which convolutions become Winograd's, and who can keep them from it. */
import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../src/graph/builder.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { parameterOf } from "../../src/graph/parameter.ts";
import { chooseAlgorithm } from "../../src/graph/passes/choose-algorithm.ts";
import { createModel, type ModelOptions } from "../../src/node.ts";
import type { Conv2dAttrs } from "../../src/ops/conv2d.ts";
import { elements, type Shape } from "../../src/shape.ts";

const PLAIN: Conv2dAttrs = { strides: [1, 1], dilations: [1, 1], padding: [1, 1, 1, 1], groups: 1 };

interface Drawing {
  readonly attrs?: Partial<Conv2dAttrs>;
  readonly side?: number;
  readonly kernel?: Shape;
}

function convolution({ attrs = {}, side = 8, kernel = [3, 3, 16, 16] }: Drawing): Graph {
  const g = new GraphBuilder("one convolution", "test");
  const { groups } = { ...PLAIN, ...attrs };
  const x = g.input("input", [1, side, side, kernel[2]! * groups]);
  const w = g.parameter("w", kernel, parameterOf(new Float32Array(elements(kernel)).fill(0.01), kernel));
  const y = g.node("conv2d", "y", [x, w], { ...PLAIN, ...attrs });
  return g.finish([g.layer("y", "Conv2D", y)]);
}

const algorithmOf = (drawing: Drawing): unknown => {
  const [node] = chooseAlgorithm(convolution(drawing), () => undefined).nodes;
  return (node!.attrs as Conv2dAttrs).algorithm;
};

describe("Winograd's algorithm", () => {
  it("is chosen for 3×3 kernels on 7×7 maps of 16 channels, and from there on", () => {
    expect(algorithmOf({ side: 7 })).toBe("winograd");
    expect(algorithmOf({ side: 31, kernel: [3, 3, 19, 40], attrs: { padding: [0, 1, 2, 0] } })).toBe("winograd");
  });

  it.each<[string, Drawing]>([
    ["strides", { attrs: { strides: [1, 2] }, side: 32 }],
    ["dilations", { attrs: { dilations: [2, 1] }, side: 32 }],
    ["groups", { attrs: { groups: 2 } }],
    ["other kernels", { kernel: [3, 1, 16, 16] }],
    ["few input channels", { kernel: [3, 3, 15, 16] }],
    ["few filters", { kernel: [3, 3, 16, 15] }],
    ["small maps", { side: 6 }],
  ])("is not chosen with %s", (_, drawing) => {
    expect(algorithmOf(drawing)).toBeUndefined();
  });

  it.each<[string, ModelOptions, number]>([
    ["chosen by default, for four times the weights", {}, 36 * 256 * 4],
    ["left out of exact models", { engine: { exact: true } }, 9 * 256 * 4],
    ["left out where weights are f16", { weights: "f16" }, 9 * 256 * 2],
  ])("is %s", async (_, options, bytes) => {
    const model = await createModel(convolution({}), options);
    await model.run({ data: new Float32Array(8 * 8 * 16), shape: [1, 8, 8, 16] });
    expect(model.engine.bytes.weights).toBe(bytes);
    model.dispose();
  });
});
