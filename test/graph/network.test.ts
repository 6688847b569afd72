/** Plans, fan-out and partial backward on one small network that has every shape of trouble. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ValueId } from "../../src/graph/graph.ts";
import { createModel, type Model } from "../../src/node.ts";
import { type NDArray, ndarray, relativeL2 } from "../reference/ndarray.ts";
import { evaluate, parametersOf } from "../reference/network.ts";
import { BUILDS } from "../support/engine.ts";
import { CLASSES, graph, host, idOf, input } from "./troubled.ts";

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

  it("row 49: serves concurrent callers one after the other", async () => {
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
