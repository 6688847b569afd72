/** A network whose classes are judged one by one: its last operator is a sigmoid. */
import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../src/graph/builder.ts";
import { parameterOf } from "../src/graph/parameter.ts";
import { classify, createModel, evaluate, explain, type Image, prepare } from "../src/node.ts";
import { seeded } from "./support/random.ts";

const CLASSES = 3;
const WINDOW = { strides: [1, 1], dilations: [1, 1], padding: [1, 1, 1, 1], groups: 1 } as const;

/** 3×3 convolution → ReLU → mean → dense → sigmoid. */
function network() {
  const g = new GraphBuilder("labels", "test");
  const random = seeded(8);
  const weight = (name: string, shape: number[]) =>
    g.parameter(name, shape, parameterOf(Float32Array.from(random.array(shape, { scale: 0.5 }).data), shape));
  const x = g.input("input", [1, 8, 8, 3]);
  const conv = g.node("conv2d", "conv", [x, weight("conv/kernel", [3, 3, 3, 6])], WINDOW);
  const a = g.layer("a", "ReLU", g.node("relu", "a", [conv], {}));
  const mean = g.node("globalAveragePool", "gap", [a], { keepDims: false });
  const logits = g.node("dense", "logits", [mean, weight("logits/kernel", [6, CLASSES])], {});
  return g.finish([g.layer("out", "Dense", g.node("sigmoid", "out", [logits], {}))]);
}

const image: Image = {
  data: Uint8ClampedArray.from({ length: 8 * 8 * 3 }, (_, i) => (i * 37) % 256),
  width: 8,
  height: 8,
  channels: 3,
};

describe("a network with a sigmoid for each class", () => {
  it("gives the probabilities that the network itself gives, which need not add up to 1", async () => {
    const model = await createModel(network(), { preprocess: "unit" });
    const predictions = await classify(model, image, { top: CLASSES });
    const { data } = (await model.run(prepare(model, image)))["out"]!;
    for (const { index, probability, logit } of predictions) {
      expect(probability).toBeCloseTo(data[index]!, 6);
      expect(probability).toBeCloseTo(1 / (1 + Math.exp(-logit)), 6);
    }
    expect(Math.abs(predictions.reduce((sum, { probability }) => sum + probability, 0) - 1)).toBeGreaterThan(0.01);
    model.dispose();
  });

  it("is explained by the logit or by the class's own probability: the same map but for p·(1 − p)", async () => {
    const model = await createModel(network(), { preprocess: "unit" });
    const logit = await explain(model, image, { target: 1 });
    const probability = await explain(model, image, { target: 1, score: "probability" });
    const p = logit.target.probability!;
    probability.raw.data.forEach((value, i) => {
      expect(value).toBeCloseTo(logit.raw.data[i]! * p * (1 - p), 6);
    });
    model.dispose();
  });

  it("is measured by that probability", async () => {
    const model = await createModel(network(), { preprocess: "unit" });
    const explanation = await explain(model, image, { target: 1 });
    const [result] = await evaluate(model, image, explanation, ["average-drop"]);
    expect(result!.facts!["probability"]).toBeCloseTo(explanation.target.probability!, 6);
    model.dispose();
  });
});
