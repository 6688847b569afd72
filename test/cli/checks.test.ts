/** The doctor's two instruments find what they are for: wrong gradients, and pictures that are prepared wrongly. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkGradients } from "../../src/cli/gradient-check.ts";
import { checkPreprocessing } from "../../src/cli/preprocess-check.ts";
import { type HostTensor, loadModel, type Model, prepare, readImage } from "../../src/node.ts";

let model: Model;
let input: HostTensor;
/** Egyptian cat. */
const CLASS = 285;

beforeAll(async () => {
  model = await loadModel(undefined, { engine: { exact: true } });
  input = prepare(model, await readImage("examples/cat.jpg"));
});
afterAll(() => {
  model.dispose();
});

/** The same model with other gradients by the input; scores are left alone. */
const withGradients = (change: (g: number, i: number) => number): Pick<Model, "gradients"> => ({
  async gradients(x, options) {
    const answer = await model.gradients(x, options);
    const { input: gradient } = answer.gradients;
    if (!gradient) return answer;
    return { ...answer, gradients: { input: { ...gradient, data: gradient.data.map(change) } } };
  },
});

describe("finite differences", () => {
  it("agree with the model's gradients", async () => {
    const found = await checkGradients(model, input, CLASS, 20);
    expect(found.ok).toBe(true);
    expect(found.agreeing).toBeGreaterThanOrEqual(15);
    expect(new Set(found.coordinates.map(({ index }) => index)).size).toBe(20);
  });

  it.each<[what: string, change: (g: number, i: number) => number]>([
    ["a tenth too large", (g) => g * 1.1],
    ["a tenth too small", (g) => g * 0.9],
    ["of the other sign", (g) => -g],
    ["doubled in one channel", (g, i) => (i % 3 === 0 ? 2 * g : g)],
    ["of the mirrored picture", (_, i) => Math.sin(i) * 0.01],
  ])("do not with gradients %s", async (_, change) => {
    expect((await checkGradients(withGradients(change), input, CLASS, 20)).ok).toBe(false);
  });
});

describe("presets", () => {
  it("are told apart by what the first batch norm saw in training", async () => {
    const image = await readImage("examples/coffee.jpg");
    const { better, candidates } = await checkPreprocessing(model, image);
    expect(better).toBeUndefined();
    const distances = Object.fromEntries(candidates.map(({ name, distance }) => [name, distance!]));
    expect(distances["the model's own"]).toBeLessThan(distances["caffe"]! / 5);
    expect(distances["caffe"]).toBeLessThan(distances["none"]!);
    const wrong = await loadModel(undefined, { preprocess: "none" });
    expect((await checkPreprocessing(wrong, image)).better?.name).toMatch(/^(tf|torch)$/);
    wrong.dispose();
  });
});
