/** Convolutions that run in turns give the bits of one after the other; an observer is what keeps them apart. */
import { describe, expect, it } from "vitest";
import { bandsOf } from "../../src/graph/bands.ts";
import { GraphBuilder } from "../../src/graph/builder.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { parameterOf } from "../../src/graph/parameter.ts";
import { createModel, type HostTensor } from "../../src/node.ts";
import type { Padding, Pair, Shape } from "../../src/shape.ts";
import { BUILDS } from "../support/engine.ts";
import { seeded } from "../support/random.ts";

interface Second {
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly padding: Padding;
}

const ONE: Pair = [1, 1];

const CASES: Readonly<Record<string, Second>> = {
  "3×3": { kernel: [3, 3], strides: ONE, dilations: ONE, padding: [1, 1, 1, 1] },
  "3×3, two pixels at a time": { kernel: [3, 3], strides: [2, 2], dilations: ONE, padding: [0, 1, 0, 1] },
  "5×5, two pixels at a time": { kernel: [5, 5], strides: [2, 2], dilations: ONE, padding: [2, 1, 1, 2] },
  "3×3, spread": { kernel: [3, 3], strides: ONE, dilations: [2, 2], padding: [2, 2, 2, 2] },
  "1×1 that leaves lines out": { kernel: ONE, strides: [3, 3], dilations: ONE, padding: [0, 0, 0, 0] },
  "2×2 with more padding than it reaches": { kernel: [2, 2], strides: ONE, dilations: ONE, padding: [3, 3, 0, 1] },
};

/** 1×1 convolution to 1.2 MB, ReLU, then the depthwise one. */
function network({ kernel, ...window }: Second): Graph {
  const g = new GraphBuilder("bands", "test");
  const random = seeded(5);
  const weight = (name: string, shape: Shape): ReturnType<GraphBuilder["parameter"]> =>
    g.parameter(name, shape, parameterOf(Float32Array.from(random.array(shape, { scale: 0.5 }).data), shape));
  const x = g.input("input", [1, 89, 67, 3]);
  const window1 = { strides: ONE, dilations: ONE, padding: [0, 0, 0, 0], groups: 1 } as const;
  const wide = g.node("conv2d", "wide", [x, weight("wide/kernel", [1, 1, 3, 52]), weight("wide/bias", [52])], window1);
  const relu = g.layer("relu", "ReLU", g.node("relu", "relu", [wide], {}));
  const deep = g.node("depthwiseConv2d", "deep", [relu, weight("deep/kernel", [...kernel, 52, 1])], window);
  return g.finish([g.layer("deep", "DepthwiseConv2D", deep)]);
}

const input = { data: Float32Array.from(seeded(7).array([1, 89, 67, 3]).data), shape: [1, 89, 67, 3] };

const bytesOf = ({ data }: HostTensor): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

describe.each(BUILDS)("in the %s build", (build) => {
  it.each(Object.entries(CASES))("turns give the bits of one after the other: %s", async (_, second) => {
    const graph = network(second);
    const turns = await createModel(graph, { engine: { build } });
    const apart = await createModel(graph, { engine: { build, observe: (_call, run) => run() } });
    for (const outputs of [["deep"], ["relu", "deep"]]) {
      const [ours, theirs] = [await turns.run(input, { outputs }), await apart.run(input, { outputs })];
      for (const name of outputs) expect(bytesOf(ours[name]!).equals(bytesOf(theirs[name]!)), name).toBe(true);
    }
  });
});

it("takes turns only over what is wide, and forgets it only where nobody else looks", () => {
  const graph = network(CASES["3×3"]!);
  const [wide, relu, deep] = graph.nodes;
  const fused = [{ ...wide!, output: relu!.output }, deep!];
  const shapes = graph.values.map(({ shape }) => shape);
  expect([...bandsOf(fused, shapes, new Set()).values()].map(({ slides }) => slides)).toEqual([true]);
  expect([...bandsOf(fused, shapes, new Set([relu!.output])).values()].map(({ slides }) => slides)).toEqual([false]);
  const small = shapes.map(([n, h, , c]) => [n!, h ?? 1, 1, c ?? 1]);
  expect(bandsOf(fused, small, new Set()).size).toBe(0);
});
