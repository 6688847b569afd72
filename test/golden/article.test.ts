/** The article's recipe to the byte: Keras' heatmap and OpenCV's picture of the same synthetic VGG16. */
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  explain,
  explainMany,
  type Explanation,
  type Image,
  matrixPicture,
  type Model,
  overlay,
  readImage,
} from "../../src/node.ts";
import { BUILDS } from "../support/engine.ts";
import { goldenJson, maxDifference } from "../support/golden.ts";
import type { SyntheticTensor } from "../support/synthetic-weights.ts";
import { zooModel } from "../support/zoo-models.ts";

interface Article {
  class: number;
  probability: number;
  layer: string;
  raw_mean_over_channels: number[];
  heatmap_14x14: number[];
}

const article = goldenJson<Article>("keras/article/overlay.json");
const { tensors } = goldenJson<{ tensors: SyntheticTensor[] }>("keras/models/vgg16.json");
const golden = (name: string): string => fileURLToPath(new URL(`../golden/keras/${name}`, import.meta.url));

describe.each(BUILDS)("the article's Grad-CAM of VGG16, build %s", (build) => {
  let model: Model;
  let photo: Image;
  let explanation: Explanation;
  beforeAll(async () => {
    model = await zooModel("vgg16", tensors, "caffe", { build });
    photo = await readImage(golden("images/chelsea.png"), { exif: "ignore" });
    explanation = await explain(model, photo, { compat: "chollet" });
  });
  afterAll(() => {
    model.dispose();
  });

  it("differentiates the probability of the best class at block5_conv3", () => {
    expect(explanation.target.index).toBe(article.class);
    expect(explanation.layer).toBe(article.layer);
    expect(explanation.score).toBe("probability");
    expect(Math.abs(explanation.target.probability! - article.probability)).toBeLessThanOrEqual(1e-6);
  });

  it("gives Keras' 14×14 heatmap within 1e-5", () => {
    const { data } = explanation.raw;
    const top = Math.max(...data);
    const heatmap = data.map((value) => Math.max(0, value) / top);
    expect(maxDifference(heatmap, article.heatmap_14x14)).toBeLessThanOrEqual(1e-5);
    expect(maxDifference(data, article.raw_mean_over_channels)).toBeLessThanOrEqual(1e-5 * top);
  });

  it("paints OpenCV's picture: at most 0.1 % of the values differ, each by at most 2", async () => {
    const ours = overlay(photo, explanation.map, { compat: "chollet" });
    const { data: theirs, info } = await sharp(golden("article/overlay.png"))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([ours.width, ours.height, ours.channels]).toEqual([info.width, info.height, info.channels]);
    expect(maxDifference(ours.data, theirs)).toBeLessThanOrEqual(2);
    const differing = ours.data.reduce((count, value, i) => count + Number(value !== theirs[i]), 0);
    expect(differing / theirs.length).toBeLessThanOrEqual(1e-3);
  });

  it("paints the 14×14 cells of matshow in viridis", () => {
    const picture = matrixPicture(explanation.raw, { cell: 1 });
    expect([picture.width, picture.height]).toEqual([14, 14]);
    const best = explanation.raw.data.indexOf(Math.max(...explanation.raw.data));
    expect([...picture.data.slice(best * 3, best * 3 + 3)]).toEqual([253, 231, 36]);
  });

  it("answers for ten classes from one forward pass", async () => {
    const targets = Array.from({ length: 10 }, (_, i) => i * 37);
    const explanations = await explainMany(model, photo, { targets });
    expect(explanations.map(({ target }) => target.index)).toEqual(targets);
    expect(new Set(explanations.map(({ timings }) => timings.forward)).size).toBe(1);
    expect(new Set(explanations.map(({ raw }) => raw.data.join())).size).toBe(10);
  });
});
