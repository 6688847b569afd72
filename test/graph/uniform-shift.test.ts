/** Gradients by a shift of a whole layer are the sums of its gradients over positions, wherever there is such a head. */
import { describe, expect, it } from "vitest";
import type { Answers } from "../../src/answers.ts";
import { channelMeans } from "../../src/cam/volume.ts";
import { GraphBuilder } from "../../src/graph/builder.ts";
import type { Graph, ValueId } from "../../src/graph/graph.ts";
import { uniformShift } from "../../src/graph/passes/uniform-shift.ts";
import { parameterOf } from "../../src/graph/parameter.ts";
import { createModel, explain, type HostTensor } from "../../src/node.ts";
import type { Seed } from "../../src/seed.ts";
import { elements, type Shape } from "../../src/shape.ts";
import { BUILDS } from "../support/engine.ts";
import { relativeL2 } from "../support/golden.ts";
import { seeded } from "../support/random.ts";

const CLASSES = 7;
const CHANNELS = 5;
const WINDOW = { strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0], groups: 1 } as const;
const HALVES = { kernel: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] } as const;
const OVERLAP = { kernel: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1] } as const;

interface Net {
  readonly g: GraphBuilder;
  readonly weight: (name: string, shape: Shape) => ValueId;
  readonly flatten: (x: ValueId, name?: string) => ValueId;
}

/** x → 1×1 convolution → ReLU, the layer "a" of 6×8 positions → what `head` makes of it → logits. */
function network(head: (net: Net, a: ValueId) => ValueId): Graph {
  const g = new GraphBuilder("head", "test");
  const random = seeded(3);
  const weight = (name: string, shape: Shape): ValueId =>
    g.parameter(name, shape, parameterOf(Float32Array.from(random.array(shape, { scale: 0.5 }).data), shape));
  const flatten = (x: ValueId, name = "flat"): ValueId =>
    g.node("reshape", name, [x], { shape: [elements(g.shape(x).slice(1))] });
  const x = g.input("input", [1, 6, 8, 2]);
  const conv = g.node("conv2d", "conv", [x, weight("conv/kernel", [1, 1, 2, CHANNELS])], WINDOW);
  const a = g.layer("a", "ReLU", g.node("relu", "a", [conv], {}));
  return g.finish([head({ g, weight, flatten }, a)]);
}

const logits = ({ g, weight }: Net, x: ValueId): ValueId =>
  g.node("dense", "logits", [x, weight("logits/kernel", [g.shape(x)[1]!, CLASSES])], {});

const hidden = (net: Net, x: ValueId): ValueId => {
  const { g, weight } = net;
  const kernel = weight("hidden/kernel", [g.shape(x)[1]!, 9]);
  return logits(
    net,
    g.node("relu", "relu", [g.node("dense", "hidden", [x, kernel, weight("hidden/bias", [9])], {})], {}),
  );
};

const HEADS: Readonly<Record<string, (net: Net, a: ValueId) => ValueId>> = {
  "the mean over positions": (net, a) => logits(net, net.g.node("globalAveragePool", "gap", [a], { keepDims: false })),
  "the mean, two layers": (net, a) => hidden(net, net.g.node("globalAveragePool", "gap", [a], { keepDims: false })),
  "the mean, kept as a map, flattened": (net, a) =>
    logits(net, net.flatten(net.g.node("globalAveragePool", "gap", [a], { keepDims: true }))),
  "the mean and a 1×1 convolution": (net, a) => {
    const mean = net.g.node("globalAveragePool", "gap", [a], { keepDims: true });
    const kernel = net.weight("logits/kernel", [1, 1, CHANNELS, CLASSES]);
    return net.flatten(net.g.node("conv2d", "logits", [mean, kernel], WINDOW));
  },
  "the maximum over positions": (net, a) => logits(net, net.g.node("globalMaxPool", "max", [a], { keepDims: false })),
  "all positions": (net, a) => logits(net, net.flatten(a)),
  "all positions, two layers": (net, a) => hidden(net, net.flatten(a)),
  "maxima of windows, two layers": (net, a) => hidden(net, net.flatten(net.g.node("maxPool", "pool", [a], HALVES))),
  "maxima of overlapping windows with padding": (net, a) =>
    hidden(net, net.flatten(net.g.node("maxPool", "pool", [a], OVERLAP))),
};

const picture = (): HostTensor => ({
  data: Float32Array.from(seeded(5).array([1, 6, 8, 2]).data),
  shape: [1, 6, 8, 2],
});

/** Units and others, more than fit into one backward pass. */
const SEEDS = Array.from({ length: 18 }, (_, n) =>
  n < CLASSES ? n : Float32Array.from({ length: CLASSES }, (_value, i) => Math.sin(n * CLASSES + i)),
);

/** Through the head where there is one. */
const meansOf = async (answers: Answers, seeds: readonly Seed[]): Promise<Float32Array[]> =>
  (await answers.meansThroughHead("a", seeds)) ??
  (await answers.gradients(seeds)).map((gradients) => channelMeans(gradients.get("a")!.data, CHANNELS));

const means = async (graph: Graph, engine: object, seeds = SEEDS): Promise<Float32Array[]> => {
  const model = await createModel(graph, { engine });
  try {
    return await model.ask(picture(), ["a"], (answers) => meansOf(answers, seeds));
  } finally {
    model.dispose();
  }
};

const idOf = (graph: Graph, name: string): ValueId => graph.values.findIndex((value) => value.name === name);

describe.each(Object.entries(HEADS))("a head of %s", (name, head) => {
  const graph = network(head);

  it("is found", () => {
    expect(uniformShift(graph, idOf(graph, "a"), graph.outputs[0]!)).toMatchObject({ positions: 48 });
  });

  it.each(BUILDS)("gives the means of the whole gradients, build %s", async (build) => {
    const model = await createModel(graph, { engine: { build } });
    const whole = await model.ask(picture(), ["a"], (answers) => answers.gradients(SEEDS));
    model.dispose();
    const found = await means(graph, { build });
    for (const [n, gradients] of whole.entries()) {
      const { data } = gradients.get("a")!;
      const expected = found[n]!.map(
        (_, k) => data.reduce((sum, v, i) => (i % CHANNELS === k ? sum + v : sum), 0) / 48,
      );
      const top = Math.max(...expected.map(Math.abs));
      expect(top).toBeGreaterThan(0);
      found[n]!.forEach((value, k) => {
        expect(Math.abs(value - expected[k]!) / top, `seed ${n}`).toBeLessThanOrEqual(2e-6);
      });
    }
  });

  it("gives the same bits for one score as for many, and the same means with exact gradients", async () => {
    const many = await means(graph, {});
    const exact = await means(graph, { exact: true });
    for (const [n, seed] of SEEDS.entries()) {
      expect((await means(graph, {}, [seed]))[0], `${name}, seed ${n}`).toEqual(many[n]);
      const top = Math.max(...exact[n]!.map(Math.abs));
      many[n]!.forEach((value, k) => {
        expect(Math.abs(value - exact[n]![k]!) / top).toBeLessThanOrEqual(5e-6);
      });
    }
  });

  it("follows new weights", async () => {
    const model = await createModel(graph);
    const ask = (): Promise<Float32Array> =>
      model.ask(picture(), ["a"], async (answers) => (await meansOf(answers, [0]))[0]!);
    const before = await ask();
    const kernel = graph.values[idOf(graph, "logits/kernel")]!;
    const values = (await kernel.parameter!.source.read(0, elements(kernel.shape))).map((value) => 2 * value);
    await model.setWeights({ "logits/kernel": values });
    expect([...(await ask())]).toEqual([...before].map((value) => 2 * value));
    model.dispose();
  });
});

describe("no head", () => {
  it.each<[string, (net: Net, a: ValueId) => ValueId]>([
    [
      "where a convolution sees more than one position",
      (net, a) => {
        const conv = net.g.node("conv2d", "next", [a, net.weight("next/kernel", [3, 3, CHANNELS, CHANNELS])], WINDOW);
        return logits(net, net.g.node("globalAveragePool", "gap", [conv], { keepDims: false }));
      },
    ],
    ["where a ReLU follows", (net, a) => logits(net, net.flatten(net.g.node("relu", "again", [a], {})))],
    [
      "where two read the layer",
      (net, a) => {
        const pools = [net.g.node("maxPool", "max", [a], HALVES), net.g.node("avgPool", "avg", [a], HALVES)];
        return logits(net, net.flatten(net.g.node("add", "sum", pools, {})));
      },
    ],
  ])("is claimed %s, and the means are still there", async (_, head) => {
    const graph = network(head);
    expect(uniformShift(graph, idOf(graph, "a"), graph.outputs[0]!)).toBeUndefined();
    const model = await createModel(graph);
    await model.ask(picture(), ["a"], async (answers) => {
      expect(await answers.meansThroughHead("a", [0])).toBeUndefined();
    });
    const { a } = await model.run(picture(), { outputs: ["a"] });
    const { gradients } = await model.gradients(picture(), { of: 0, wrt: ["a"] });
    const weights = channelMeans(gradients["a"]!.data, CHANNELS);
    const { raw } = await explain(model, picture(), { target: 0, layer: "a" });
    model.dispose();
    const expected = raw.data.map((_value, i) =>
      weights.reduce((sum, w, k) => sum + w * a!.data[i * CHANNELS + k]!, 0),
    );
    expect(relativeL2(raw.data, expected)).toBeLessThanOrEqual(1e-6);
  });

  it("is claimed where the pooled map is the scores themselves, and the means are those of the pooling", async () => {
    const graph = network((net, a) => net.g.node("globalAveragePool", "gap", [a], { keepDims: false }));
    expect(uniformShift(graph, idOf(graph, "a"), graph.outputs[0]!)).toBeUndefined();
    const [gradient] = await means(graph, {}, [2]);
    gradient!.forEach((value, k) => {
      expect(value).toBeCloseTo(k === 2 ? 1 / 48 : 0, 7);
    });
  });
});
