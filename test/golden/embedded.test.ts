/** The embedded EfficientNet-Lite0 against PyTorch, in both builds. Tolerances: README.md beside the data. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { classify, explain, explainMany, loadModel, type Model, readImage } from "../../src/node.ts";
import { spearman } from "../../src/metrics/correlation.ts";
import { BUILDS } from "../support/engine.ts";
import { goldenFloats, goldenJson, maxDifference, relativeL2, relativeMax } from "../support/golden.ts";

const PICTURES = ["cat", "coffee", "astronaut", "cat-and-coffee"] as const;
type Picture = (typeof PICTURES)[number];

interface Top {
  class: number;
  name: string;
  prob: number;
}
interface Reference {
  top5: Top[];
  logits: number[];
}
interface Map {
  picture: Picture;
  cls: number;
  score: "logit" | "prob";
  layer: string;
  relu: boolean;
  shape: [number, number];
  offset: number;
}

const FOLDER = "efficientnet-lite0/reference";
const maps = goldenJson<{ maps: Map[] }>(`${FOLDER}/gradcam.json`).maps.filter((map) => !map.relu);
const HEAD = new Set(["_conv_head", "_bn1", "_relu_head"]);
const input = (picture: Picture) => ({
  data: goldenFloats(`efficientnet-lite0/inputs/${picture}.f32`),
  shape: [1, 224, 224, 3],
});
const reference = (picture: Picture): Reference => goldenJson(`${FOLDER}/${picture}.json`);

describe.each(BUILDS)("embedded model, build %s", (build) => {
  let model: Model;
  beforeAll(async () => {
    model = await loadModel(undefined, { engine: { build } });
  });
  afterAll(() => {
    model.dispose();
  });

  it.each(PICTURES)("gives PyTorch's logits for %s within 1e-4, in the same order", async (picture) => {
    const { logits, top5 } = reference(picture);
    const predictions = await classify(model, input(picture), { top: 1000 });
    const ours = new Float32Array(1000);
    for (const { index, logit } of predictions) ours[index] = logit;
    expect(maxDifference(ours, logits)).toBeLessThanOrEqual(1e-4);
    expect(predictions.slice(0, 5).map(({ index }) => index)).toEqual(top5.map((top) => top.class));
    expect(predictions.slice(0, 5).map(({ label }) => label)).toEqual(top5.map((top) => top.name));
  });

  it.each(PICTURES)("gives PyTorch's head activation for %s", async (picture) => {
    const { _relu_head } = await model.run(input(picture), { outputs: ["_relu_head"] });
    expect(relativeMax(_relu_head!.data, goldenFloats(`${FOLDER}/${picture}.head.f32`))).toBeLessThanOrEqual(2e-5);
  });

  it.each(PICTURES)(
    "gives PyTorch's raw Grad-CAM maps for %s, by logit and probability, at every layer",
    async (picture) => {
      const mine = maps.filter((map) => map.picture === picture);
      expect(mine.length).toBeGreaterThanOrEqual(24);
      for (const score of ["logit", "prob"] as const) {
        const wanted = mine.filter((map) => map.score === score);
        const targets = [...new Set(wanted.map((map) => map.cls))];
        const layers = [...new Set(wanted.map((map) => map.layer))];
        const kind = score === "prob" ? "probability" : "logit";
        const explanations = await explainMany(model, input(picture), { targets, layers, score: kind });
        for (const { cls, layer, offset, shape } of wanted) {
          const ours = explanations.find((e) => e.target.index === cls && e.layer === layer)!;
          const theirs = goldenFloats(`${FOLDER}/gradcam.f32`, offset, shape[0] * shape[1]);
          const where = `${picture} ${String(cls)} ${score} ${layer}`;
          expect([ours.raw.height, ours.raw.width], where).toEqual(shape);
          if (HEAD.has(layer)) expect(relativeMax(ours.raw.data, theirs), where).toBeLessThanOrEqual(1e-4);
          else expect(relativeL2(ours.raw.data, theirs), where).toBeLessThanOrEqual(1e-2);
        }
      }
    },
  );

  it.each(PICTURES)("classifies %s from the JPEG as PyTorch does", async (picture) => {
    const image = await readImage(`examples/${picture}.jpg`);
    const predictions = await classify(model, image);
    const { top5 } = reference(picture);
    expect(predictions.map(({ index }) => index)).toEqual(top5.map((top) => top.class));
    predictions.forEach(({ probability }, i) => {
      expect(Math.abs(probability - top5[i]!.prob)).toBeLessThanOrEqual(0.01);
    });
  });

  it("puts the cat on the cat and the espresso on the cup, from one forward pass", async () => {
    const image = await readImage("examples/cat-and-coffee.jpg");
    const [cat, cup] = await explainMany(model, image, { targets: ["Egyptian cat", "espresso"] });
    const leftShare = ({ data, width }: { data: Float32Array; width: number }): number => {
      let left = 0;
      let all = 0;
      data.forEach((value, i) => {
        all += value;
        if (i % width < width / 2) left += value;
      });
      return left / all;
    };
    expect([cat!.map.width, cat!.map.height]).toEqual([640, 320]);
    expect(leftShare(cat!.map)).toBeGreaterThanOrEqual(0.8);
    expect(leftShare(cup!.map)).toBeLessThanOrEqual(0.2);
  });

  it("chooses the last layer with a map and says so", async () => {
    expect(model.defaultLayer).toBe("_relu_head");
    const { layer, warnings, raw } = await explain(model, input("cat"));
    expect(layer).toBe("_relu_head");
    expect(warnings).toEqual([]);
    expect([raw.width, raw.height]).toEqual([7, 7]);
  });

  it("holds kernels as f16 without changing the answer", async () => {
    const half = await loadModel(undefined, { weights: "f16", engine: { build } });
    const { logits } = reference("cat");
    const { [half.outputs[0]!.name]: output } = await half.run(input("cat"));
    const [first] = await classify(half, input("cat"), { top: 1 });
    expect(Math.abs(first!.logit - Math.max(...logits))).toBeLessThanOrEqual(1e-4);
    expect(output!.shape).toEqual([1, 1000]);
    expect(half.engine.bytes.weights).toBeLessThan(model.engine.bytes.weights * 0.6);
    half.dispose();
  });

  it("holds kernels as int8 in less than a third, with the same class and nearly the same map", async () => {
    const small = await loadModel(undefined, { weights: "int8", engine: { build } });
    const [first] = await classify(small, input("cat"), { top: 1 });
    const { logits } = reference("cat");
    expect(first!.index).toBe(logits.indexOf(Math.max(...logits)));
    expect(small.engine.bytes.weights).toBeLessThan(model.engine.bytes.weights * 0.33);
    const target = { target: first!.index };
    const maps = [await explain(small, input("cat"), target), await explain(model, input("cat"), target)];
    expect(spearman(maps[0]!.raw.data, maps[1]!.raw.data)).toBeGreaterThanOrEqual(0.95);
    small.dispose();
  });
});
