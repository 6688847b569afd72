/** Passes, plans, fan-out and partial backward on one small network that has every shape of trouble. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answers } from "../../src/answers.ts";
import { GraphBuilder } from "../../src/graph/builder.ts";
import type { Graph, ValueId } from "../../src/graph/graph.ts";
import { optimize } from "../../src/graph/optimize.ts";
import { parameterOf } from "../../src/graph/parameter.ts";
import { scoreSamples } from "../../src/others.ts";
import type { Samples } from "../../src/series.ts";
import { createModel, explain, type HostTensor, type Model } from "../../src/node.ts";
import { elements, type Shape } from "../../src/shape.ts";
import { type NDArray, ndarray, relativeL2 } from "../reference/ndarray.ts";
import { evaluate, parametersOf } from "../reference/network.ts";
import { BUILDS } from "../support/engine.ts";
import { seeded } from "../support/random.ts";

const CLASSES = 5;

/** Logits of all samples. */
async function rowsOf(answers: Answers, samples: Samples, layer?: string): Promise<Float32Array[]> {
  const rows: Float32Array[] = [];
  await scoreSamples(answers, samples, (logits) => rows.push(logits.slice()), layer);
  return rows;
}

/** pad → strided conv → BN → relu6 → [depthwise → BN → relu → conv] + skip → relu → gate ⊙ → pool ∥ pool → concat → flatten → dense → softmax */
function troubled(): Graph {
  const random = seeded(7);
  const g = new GraphBuilder("troubled", "test");
  const weight = (name: string, shape: Shape, mean = 0): ValueId => {
    const scale = shape.length > 1 ? Math.sqrt(2 / elements(shape.slice(0, -1))) : 0.1;
    return g.parameter(name, shape, parameterOf(Float32Array.from(random.array(shape, { mean, scale }).data), shape));
  };
  const norm = (x: ValueId, name: string, channels: number): ValueId => {
    const parts = [
      weight(`${name}/gamma`, [channels], 1),
      weight(`${name}/beta`, [channels]),
      weight(`${name}/mean`, [channels]),
    ];
    const variance = g.parameter(
      `${name}/variance`,
      [channels],
      parameterOf(new Float32Array(channels).fill(0.8), [channels]),
    );
    return g.layer(name, "BatchNormalization", g.node("batchNorm", name, [x, ...parts, variance], { epsilon: 1e-3 }));
  };
  const window = { strides: [1, 1], dilations: [1, 1], padding: [1, 1, 1, 1], groups: 1 } as const;

  const x = g.input("input", [1, 9, 11, 3]);
  const padded = g.node("pad", "pad", [x], { padding: [0, 1, 0, 1], value: 0 });
  const stem = g.node("conv2d", "stem", [padded, weight("stem/kernel", [3, 3, 3, 6])], {
    ...window,
    strides: [2, 2],
    padding: [0, 0, 0, 0],
  });
  g.layer("stem", "Conv2D", stem);
  const a = g.layer("stem_relu", "ReLU", g.node("clippedRelu", "stem_relu", [norm(stem, "stem_bn", 6)], { max: 6 }));
  const dw = g.node("depthwiseConv2d", "dw", [a, weight("dw/kernel", [3, 3, 6, 1])], {
    strides: [1, 1],
    dilations: [1, 1],
    padding: [1, 1, 1, 1],
  });
  const b = g.node("relu", "dw_relu", [norm(dw, "dw_bn", 6)], {});
  const project = g.node(
    "conv2d",
    "project",
    [b, weight("project/kernel", [1, 1, 6, 6]), weight("project/bias", [6])],
    { ...window, padding: [0, 0, 0, 0] },
  );
  const sum = g.layer("sum", "Add", g.node("add", "sum", [a, project], {}));
  const block = g.layer("block", "ReLU", g.node("relu", "block", [sum], {}));
  const gate = g.node("sigmoid", "gate", [g.node("globalAveragePool", "squeeze", [block], { keepDims: true })], {});
  const gated = g.layer("gated", "Multiply", g.node("mul", "gated", [block, gate], {}));
  const pool = { kernel: [2, 2], strides: [2, 2], padding: [0, 1, 0, 0] } as const;
  const joined = g.node(
    "concat",
    "joined",
    [g.node("maxPool", "max", [gated], pool), g.node("avgPool", "avg", [gated], pool)],
    { axis: 3 },
  );
  const flat = g.layer(
    "flat",
    "Flatten",
    g.node("reshape", "flat", [joined], { shape: [elements(g.shape(joined).slice(1))] }),
  );
  const logits = g.node(
    "dense",
    "logits",
    [flat, weight("logits/kernel", [g.shape(flat)[1]!, CLASSES]), weight("logits/bias", [CLASSES])],
    {},
  );
  return g.finish([g.layer("probabilities", "Softmax", g.node("softmax", "probabilities", [logits], {}))]);
}

const graph = troubled();
const idOf = (name: string): ValueId => graph.values.findIndex((value) => value.name === name);
const input = (batch: number): NDArray => seeded(11).array([batch, 9, 11, 3]);
const host = ({ shape, data }: NDArray): HostTensor => ({ shape, data: Float32Array.from(data) });

describe.each(BUILDS)("a network with branches, gates and views, build %s", (build) => {
  let model: Model;
  let parameters: Map<ValueId, NDArray>;
  beforeAll(async () => {
    model = await createModel(graph, { engine: { build } });
    parameters = await parametersOf(graph);
  });
  afterAll(() => {
    model.dispose();
  });

  it.each([1, 3])("answers with every value like the f64 twin, batch %i", async (batch) => {
    const twin = evaluate(graph, input(batch), parameters);
    for (const node of graph.nodes) {
      const { [node.name]: value } = await model.run(host(input(batch)), { outputs: [node.name] });
      expect(value!.shape).toEqual(twin.get(node.output)!.shape);
      expect(relativeL2(value!.data, twin.get(node.output)!.data), node.name).toBeLessThanOrEqual(2e-6);
    }
  });

  it("answers with all values at once as it does one by one", async () => {
    const names = graph.nodes.map((node) => node.name);
    const together = await model.run(host(input(1)), { outputs: names });
    const twin = evaluate(graph, input(1), parameters);
    graph.nodes.forEach(({ name, output }) => {
      expect(relativeL2(together[name]!.data, twin.get(output)!.data), name).toBeLessThanOrEqual(2e-6);
    });
  });

  it.each([
    "input",
    "stem/kernel",
    "stem_bn/gamma",
    "dw/kernel",
    "dw_bn/beta",
    "dw_bn/mean",
    "project/kernel",
    "project/bias",
    "logits/kernel",
    "logits/bias",
  ])("has the gradient of central differences for %s", async (name) => {
    const batch = 2;
    const { gradients, value } = await model.gradients(host(input(batch)), {
      of: (o) => o.logit(1, 0).mul(0.7).sub(o.logProbability(3, 1)),
      wrt: [name],
    });
    const score = (values: ReadonlyMap<ValueId, NDArray>): number => {
      const { data } = values.get(idOf("logits"))!;
      const row = data.slice(CLASSES);
      return 0.7 * data[1]! - (row[3]! - Math.log(row.reduce((total, logit) => total + Math.exp(logit), 0)));
    };
    const x = input(batch);
    expect(value).toBeCloseTo(score(evaluate(graph, x, parameters)), 4);
    const target = name === "input" ? x : parameters.get(idOf(name))!;
    const moved = (i: number, step: number): number => {
      const data = target.data.slice();
      data[i] = data[i]! + step;
      const changed = ndarray(target.shape, data);
      const set = name === "input" ? parameters : new Map(parameters).set(idOf(name), changed);
      return score(evaluate(graph, name === "input" ? changed : x, set));
    };
    const step = 1e-6;
    const differences = target.data.map((_, i) => (moved(i, step) - moved(i, -step)) / (2 * step));
    expect(gradients[name]!.shape).toEqual(target.shape);
    expect(relativeL2(gradients[name]!.data, differences)).toBeLessThanOrEqual(2e-5);
  });

  it("answers many questions from one forward pass as it answers each alone, to the bit", async () => {
    const layers = ["stem", "block", "flat"];
    const seeds = Array.from({ length: 19 }, (_, n) =>
      Float32Array.from({ length: CLASSES }, (_value, i) =>
        n < CLASSES ? Number(i === n) : Math.sin(n * CLASSES + i),
      ),
    );
    const together = await model.ask(host(input(1)), layers, (answers) => answers.gradients(seeds));
    expect(together).toHaveLength(19);
    for (const [n, seed] of seeds.entries()) {
      const [alone] = await model.ask(host(input(1)), layers, (answers) => answers.gradients([seed]));
      for (const layer of layers) expect(together[n]!.get(layer), `${layer} ${n}`).toEqual(alone!.get(layer));
    }
  });

  it.each(["dw_bn", "block", "gated"])(
    "runs its head from the answers of %s, shortcuts around it included",
    async (layer) => {
      const [one, other] = [host(input(1)), host(seeded(5).array([1, 9, 11, 3]))];
      const given = await model.run(other, { outputs: [layer] });
      const direct = await model.ask(other, [], ({ logits }) => logits);
      const { gradients } = await model.gradients(one, { of: 1, wrt: [layer] });
      const samples = (answer: Float32Array) => ({
        name: "given",
        count: 11,
        write: (_: number, to: Float32Array) => {
          to.set(answer);
        },
      });
      await model.ask(one, [layer], async (answers) => {
        const own = await rowsOf(answers, samples(answers.activation(layer).data), layer);
        expect(own).toHaveLength(11);
        for (const row of own) expect(relativeL2(row, answers.logits)).toBeLessThanOrEqual(1e-5);
        const replaced = await rowsOf(answers, samples(given[layer]!.data), layer);
        if (layer === "dw_bn") expect(relativeL2(replaced[0]!, answers.logits)).toBeGreaterThan(1e-3);
        else for (const row of replaced) expect(relativeL2(row, direct)).toBeLessThanOrEqual(1e-5);
        // Other plans have run in the memory of the forward pass.
        const [, again] = await answers.gradients([0, 1]);
        expect(relativeL2(again!.get(layer)!.data, gradients[layer]!.data)).toBeLessThanOrEqual(1e-6);
      });
    },
  );

  it("serves concurrent callers one after the other", async () => {
    const single = await model.run(host(input(1)));
    const many = await Promise.all(Array.from({ length: 5 }, () => model.run(host(input(1)))));
    for (const result of many) expect(result).toEqual(single);
  });

  it("takes new weights, batch norms included, and keeps them", async () => {
    const copy = await createModel(graph, { engine: { build } });
    await copy.run(host(input(1)));
    const gamma = new Float32Array(6).fill(0.5);
    await copy.setWeights({ "stem_bn/gamma": gamma });
    const set = new Map(parameters).set(idOf("stem_bn/gamma"), ndarray([6], Float64Array.from(gamma)));
    const { probabilities } = await copy.run(host(input(1)), { outputs: ["probabilities"] });
    expect(
      relativeL2(probabilities!.data, evaluate(graph, input(1), set).get(idOf("probabilities"))!.data),
    ).toBeLessThanOrEqual(2e-6);
    copy.dispose();
  });
});

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

describe("a disposed model", () => {
  it("may be disposed twice and refuses any later use", async () => {
    const model = await createModel(graph, { engine: { build: "simd" } });
    model.dispose();
    model.dispose();
    await expect(model.run(host(input(1)))).rejects.toMatchObject({ code: "E_DISPOSED" });
    await expect(model.gradients(host(input(1)), { of: 1, wrt: ["input"] })).rejects.toMatchObject({
      code: "E_DISPOSED",
    });
  });
});

describe("wrong questions", () => {
  it("are refused with the place, what was expected and what was found", async () => {
    const model = await createModel(graph, { engine: { build: "simd" } });
    await expect(model.run({ shape: [1, 9, 11, 4], data: new Float32Array(9 * 11 * 4) })).rejects.toMatchObject({
      code: "E_INPUT_SHAPE",
      got: "[1,9,11,4]",
    });
    await expect(model.run({ shape: [1, 9, 11, 3], data: new Float32Array(5) })).rejects.toMatchObject({
      code: "E_INPUT_SHAPE",
    });
    await expect(model.run(host(input(1)), { outputs: ["blok"] })).rejects.toMatchObject({
      code: "E_TARGET_LAYER",
      hint: 'did you mean "block"?',
    });
    await expect(model.gradients(host(input(1)), { of: 5, wrt: ["input"] })).rejects.toMatchObject({
      code: "E_TARGET_CLASS",
    });
    await expect(model.gradients(host(input(1)), { of: 1, wrt: ["probabilities"] })).rejects.toMatchObject({
      code: "E_TARGET_LAYER",
    });
    await expect(model.run(host(input(1)), { outputs: ["stem/kernel"] })).rejects.toMatchObject({
      code: "E_TARGET_LAYER",
      got: "a weight",
    });
    const before = await model.run(host(input(1)));
    const { value, gradients } = await model.gradients(host(input(1)), { of: 1, wrt: [] });
    expect(Number.isFinite(value)).toBe(true);
    expect(gradients).toEqual({});
    expect(await model.run(host(input(1)))).toEqual(before);
    const data = [1, 2] as unknown as Float32Array;
    await expect(explain(model, { shape: [1, 9, 11, 3], data })).rejects.toMatchObject({ code: "E_INPUT_SHAPE" });
    const aborted = AbortSignal.abort();
    await expect(model.run(host(input(1)), { signal: aborted })).rejects.toThrow(/abort/i);
    model.dispose();
  });
});
