/** Pictures of a series run one by one as far as values outweigh weights, and together from there, with the same answers. */
import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../src/graph/builder.ts";
import { gatheringPoint } from "../../src/graph/gathering.ts";
import type { Graph, ValueId } from "../../src/graph/graph.ts";
import { parameterOf } from "../../src/graph/parameter.ts";
import { scoreSamples } from "../../src/others.ts";
import { createModel } from "../../src/node.ts";
import { elements, type Shape } from "../../src/shape.ts";
import { relativeL2 } from "../support/golden.ts";
import { seeded } from "../support/random.ts";

const SIDE = 24;
const WINDOW = { dilations: [1, 1], groups: 1 } as const;

/** Wide and shallow, then strided to 3×3 and deep; `skip` adds the input to what is made of it. */
function network({ skip = false } = {}): Graph {
  const g = new GraphBuilder("gathering", "test");
  const random = seeded(11);
  const weight = (name: string, shape: Shape): ValueId =>
    g.parameter(name, shape, parameterOf(Float32Array.from(random.array(shape, { scale: 0.2 }).data), shape));
  const conv = (
    name: string,
    x: ValueId,
    size: number,
    stride: number,
    [from, to]: readonly [number, number],
  ): ValueId => {
    const padding = stride === 1 ? ([1, 1, 1, 1] as const) : ([0, 0, 0, 0] as const);
    const node = { ...WINDOW, strides: [stride, stride], padding } as const;
    return g.layer(name, "Conv2D", g.node("conv2d", name, [x, weight(`${name}/kernel`, [size, size, from, to])], node));
  };
  const input = g.input("input", [1, SIDE, SIDE, 3]);
  const wide = conv("wide", input, 3, 1, [3, 3]);
  const joined = skip ? g.node("add", "joined", [wide, input], {}) : wide;
  const small = conv("small", joined, 8, 8, [3, 32]);
  const deep = conv("deep", small, 3, 1, [32, 64]);
  const pooled = g.node("globalAveragePool", "pooled", [deep], { keepDims: false });
  return g.finish([g.layer("logits", "Dense", g.node("dense", "logits", [pooled, weight("w", [64, 7])], {}))]);
}

const nameOfPoint = (graph: Graph): string | undefined => {
  const at = gatheringPoint(graph, graph.inputs[0]!, graph.outputs[0]!);
  return at === undefined ? undefined : graph.values[at]!.name;
};

describe("the point where pictures are gathered", () => {
  it("lies where weights begin to outnumber what they are applied to", () => {
    expect(nameOfPoint(network())).toBe("wide");
  });

  it("is a value of which alone everything behind it is made", () => {
    expect(nameOfPoint(network({ skip: true }))).toBe("joined");
  });

  it.each([
    ["behind a convolution of few weights", [9, 9, 3], "y"],
    ["nowhere where weights outnumber values from the beginning", [1, 1, 80], undefined],
  ] as const)("is %s", (_, [height, width, channels], expected) => {
    const g = new GraphBuilder("one", "test");
    const shape = [1, 1, channels, 2];
    const kernel = g.parameter("kernel", shape, parameterOf(new Float32Array(elements(shape)), shape));
    const node = { ...WINDOW, strides: [1, 1], padding: [0, 0, 0, 0] } as const;
    const y = g.node("conv2d", "y", [g.input("input", [1, height, width, channels]), kernel], node);
    const graph = g.finish([g.node("globalAveragePool", "pooled", [y], { keepDims: false })]);
    expect(nameOfPoint(graph)).toBe(expected);
  });
});

it.each([false, true])("samples that are gathered are scored as each alone (skip: %s)", async (skip) => {
  const graph = network({ skip });
  const model = await createModel(graph);
  const random = seeded(3);
  const pictures = Array.from({ length: 11 }, () => Float32Array.from(random.array([1, SIDE, SIDE, 3]).data));
  const shape = [1, SIDE, SIDE, 3];
  const alone: Float32Array[] = [];
  for (const data of pictures) alone.push((await model.run({ data, shape }))["logits"]!.data);
  const rows: Float32Array[] = [];
  const order: number[] = [];
  await model.ask({ data: pictures[0]!, shape }, [], async (answers) => {
    const samples = {
      name: "pictures",
      count: pictures.length,
      write: (i: number, into: Float32Array) => into.set(pictures[i]!),
    };
    await scoreSamples(answers, samples, (logits, index) => {
      order.push(index);
      rows.push(logits.slice());
    });
  });
  model.dispose();
  expect(elements([rows.length, rows[0]!.length])).toBe(77);
  expect(order).toEqual(pictures.map((_, i) => i));
  rows.forEach((row, i) => {
    expect(relativeL2(row, alone[i]!)).toBeLessThanOrEqual(1e-6);
  });
});
