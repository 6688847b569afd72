/** What pictures are taken for where a file does not say it. */
import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../../src/graph/builder.ts";
import type { Graph, ValueId } from "../../../src/graph/graph.ts";
import { parameterOf } from "../../../src/graph/parameter.ts";
import { guessPreprocess } from "../../../src/load/guess/preprocess.ts";

interface Network {
  readonly classes?: number;
  readonly name?: string;
  readonly channelsFirst?: boolean;
  /** What it begins with: operators and their numbers. */
  readonly steps?: readonly (readonly ["add" | "sub" | "mul" | "div", readonly number[], "first"?])[];
}

/** A network with one convolution behind some arithmetic. */
function network({ classes = 10, name = "conv", channelsFirst = false, steps = [] }: Network): Graph {
  const builder = new GraphBuilder("model", "test");
  const input = builder.input("input", [1, 4, 4, 3]);
  if (channelsFirst) builder.channelsFirst(input);
  const constant = (label: string, numbers: readonly number[], shape = [numbers.length]): ValueId =>
    builder.parameter(label, shape, parameterOf(Float32Array.from(numbers), shape));
  const x = steps.reduce((value, [op, numbers, first], i) => {
    const number = constant(`number ${i}`, numbers);
    return builder.node(op, `step ${i}`, first ? [number, value] : [value, number], {});
  }, input);
  const w = constant("w", new Array<number>(3 * classes).fill(0), [1, 1, 3, classes]);
  const attrs = { strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0], groups: 1 } as const;
  const y = builder.layer(name, "Conv2D", builder.node("conv2d", name, [x, w], attrs));
  return builder.finish([builder.node("globalAveragePool", "mean", [y], { keepDims: false })]);
}

const presetOf = async (about: Network, names?: string[]) => (await guessPreprocess(network(about), names)).preset;

describe("the guess of preprocessing", () => {
  it.each<[string, Network["steps"] & object]>([
    [
      "1/127.5·x − 1",
      [
        ["mul", [1 / 127.5]],
        ["add", [-1]],
      ],
    ],
    [
      "(x/255 − mean) / deviation",
      [
        ["mul", [1 / 255]],
        ["sub", [0.485, 0.456, 0.406]],
        ["div", [0.229, 0.224, 0.225]],
      ],
    ],
    ["x − the mean colour", [["sub", [104, 117, 124]]]],
    [
      "a factor that comes first, and 1 − x",
      [
        ["mul", [1 / 255], "first"],
        ["sub", [1], "first"],
      ],
    ],
  ])("is bytes for networks that begin with %s", async (_, steps) => {
    expect(await presetOf({ steps, classes: 1000 }, ["vgg16"])).toBe("none");
  });

  it.each<[string, Network["steps"] & object]>([
    [
      "2·x − 1",
      [
        ["mul", [2], "first"],
        ["sub", [1]],
      ],
    ],
    [
      "(x − mean) / deviation",
      [
        ["sub", [0.485, 0.456, 0.406]],
        ["div", [0.229, 0.224, 0.225]],
      ],
    ],
  ])("is 0 … 1 for networks that begin with %s", async (_, steps) => {
    const { preset, why } = await guessPreprocess(network({ steps, name: "a/mobilenetv2_1.00_224/conv" }));
    expect([preset, why]).toEqual(["unit", "the network brings 0 … 1 into a range of its own"]);
  });

  it("does not take arithmetic that does nothing, or divides by the picture, for a range", async () => {
    expect(
      await presetOf({
        steps: [
          ["mul", [1]],
          ["add", [0]],
        ],
        classes: 1000,
      }),
    ).toBe("tf");
    expect(await presetOf({ steps: [["div", [0.001], "first"]], classes: 1000 })).toBe("tf");
  });

  it("knows the networks of keras.applications by their names, in the names of layers too, but not those of PyTorch", async () => {
    expect(await presetOf({}, ["model", "vgg16"])).toBe("caffe");
    expect(await presetOf({ name: "StatefulPartitionedCall/model/resnet50/conv1" })).toBe("caffe");
    expect(await presetOf({ name: "resnet50/conv1", channelsFirst: true })).toBe("unit");
  });

  it("takes a network of ImageNet's classes for PyTorch's or TensorFlow's by where colours lie", async () => {
    expect(await presetOf({ classes: 1000, channelsFirst: true })).toBe("torch");
    expect(await presetOf({ classes: 1000 })).toBe("tf");
    expect(await presetOf({})).toBe("unit");
  });
});
