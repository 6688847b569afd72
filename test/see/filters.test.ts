/** Gradient ascent on a network whose best picture is known, and on the embedded one. */
import { afterAll, describe, expect, it } from "vitest";
import {
  activations,
  createModel,
  filterImage,
  GraphBuilder,
  loadModel,
  type Model,
  parameterOf,
} from "../../src/node.ts";
import { flattened } from "../methods/networks.ts";
import { FILTER_RECIPES } from "../../src/see/recipes.ts";

const model = await loadModel(undefined, { engine: { threads: 1 } });
afterAll(() => model.dispose());

const LAYER = "_blocks.1";
const quick = { steps: 4 };

describe("filterImage", () => {
  it("makes the channel answer more strongly than to the noise it began with, by every recipe", async () => {
    for (const recipe of ["chollet-1", "chollet-2", "natural"] as const) {
      const { activation } = await filterImage(model, LAYER, 5, { recipe, steps: 8, jitter: 0 });
      expect(activation.after).toBeGreaterThan(activation.before);
    }
  });

  it("has the size of the model's input, without the border that the second edition cuts off", async () => {
    const first = await filterImage(model, LAYER, 0, { ...quick, recipe: "chollet-1" });
    expect(first).toMatchObject({ width: 224, height: 224, channels: 3 });
    const second = await filterImage(model, LAYER, 0, quick);
    expect(second).toMatchObject({ width: 174, height: 174, channels: 3 });
  });

  it("makes pictures of another size: those of a model that was loaded for it", async () => {
    const other = await loadModel(undefined, { engine: { threads: 1 }, inputShape: [96, 96] });
    const options = { ...quick, recipe: "natural" } as const;
    for (const layer of ["_blocks.1", "_relu_head", "_fc"]) {
      const expected = await filterImage(other, layer, 3, options);
      expect(expected).toMatchObject({ width: 96, height: 96 });
      expect(await filterImage(model, layer, 3, { ...options, size: 96 })).toEqual(expected);
    }
    other.dispose();
    const large = await filterImage(model, LAYER, 0, { steps: 1, size: 300 });
    expect(large).toMatchObject({ width: 250, height: 250 });
    // The network itself is as it was.
    expect(await filterImage(model, LAYER, 0, { steps: 1 })).toMatchObject({ width: 174, height: 174 });
  });

  it("refuses sizes that a layer behind a flattened map cannot take, and networks of no picture", async () => {
    const network = await createModel(flattened());
    const options = { ...quick, size: 24 };
    expect(await filterImage(network, "conv2", 0, options)).toMatchObject({ width: 24, height: 24 });
    const refused = expect(filterImage(network, "fc1", 0, options)).rejects;
    await refused.toMatchObject({ code: "E_INPUT_SHAPE", where: expect.stringContaining("[1,24,24,3]") as string });
    network.dispose();
    const g = new GraphBuilder("numbers", "test");
    const numbers = await createModel(g.finish([g.node("relu", "y", [g.input("x", [1, 8])], {})]));
    await expect(filterImage(numbers, "y", 0)).rejects.toMatchObject({ code: "E_INPUT_SHAPE" });
    numbers.dispose();
  });

  it("gives the same bytes for a seed and others for another seed or channel", async () => {
    const options = { ...quick, recipe: "natural" } as const;
    const one = await filterImage(model, LAYER, 2, options);
    expect((await filterImage(model, LAYER, 2, options)).data).toEqual(one.data);
    expect((await filterImage(model, LAYER, 2, { ...options, seed: 1 })).data).not.toEqual(one.data);
    expect((await filterImage(model, LAYER, 3, options)).data).not.toEqual(one.data);
  });

  it("looks before a ReLU that cuts off the channel everywhere", async () => {
    const { activation } = await filterImage(model, "_relu_head", 3, { steps: 12 });
    expect(activation.before).toBe(0);
    expect(activation.after).toBeGreaterThan(0);
  });

  it("ends between two steps when its signal is aborted", async () => {
    const abort = new AbortController();
    const ascent = filterImage(model, LAYER, 0, {
      signal: abort.signal,
      onProgress: ({ done }) => {
        if (done === 2) abort.abort();
      },
    });
    await expect(ascent).rejects.toMatchObject({ name: "AbortError" });
  });

  it("lets the event loop have its turn, so that a timer or Ctrl-C can end it", async () => {
    const ascent = filterImage(model, "_conv_stem", 0, { steps: 100_000, size: 32, signal: AbortSignal.timeout(300) });
    await expect(ascent).rejects.toMatchObject({ name: "TimeoutError" });
  });

  it("refuses to draw what a broken layer answers", async () => {
    const network = await createModel(flattened());
    await network.setWeights({ "conv1/b": new Float32Array(8).fill(NaN) });
    await expect(filterImage(network, "conv1", 0, quick)).rejects.toMatchObject({ code: "E_NONFINITE" });
    const input = { data: new Float32Array(16 * 16 * 3), shape: [1, 16, 16, 3] };
    await expect(activations(network, input, "conv1")).rejects.toMatchObject({ code: "E_NONFINITE" });
    network.dispose();
  });

  it.each([
    ["_blocks.1", 24, {}, "E_INPUT_VALUE"],
    ["_blocks.1", 0.5, {}, "E_INPUT_VALUE"],
    ["_block.1", 0, {}, "E_TARGET_LAYER"],
    ["_blocks.1", 0, { totalVariation: 2 }, "E_INPUT_VALUE"],
    ["_blocks.1", 0, { seed: NaN }, "E_OPTION"],
    ["_blocks.1", 0, { size: 7 }, "E_INPUT_VALUE"],
    ["_blocks.1", 0, { size: 96.5 }, "E_INPUT_VALUE"],
    ["_blocks.1", 0, { size: 1e9 }, "E_INPUT_VALUE"],
    ["_blocks.1", 0, { recipe: "chollet-3" as "natural" }, "E_OPTION"],
  ])("refuses layer %s, channel %d with %o", async (layer, channel, options, code) => {
    await expect(filterImage(model, layer, channel, options)).rejects.toMatchObject({ code });
  });
});

describe("the recipes", () => {
  /** A 1×1 convolution with weights (1, −2, 2): its gradient is the same at every pixel, so every step is known. */
  async function colours(): Promise<Model> {
    const g = new GraphBuilder("colours", "test");
    const weights = g.parameter("w", [1, 1, 3, 1], parameterOf(Float32Array.of(1, -2, 2), [1, 1, 3, 1]));
    const attrs = { strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0], groups: 1 } as const;
    const x = g.input("x", [1, 8, 8, 3]);
    const y = g.layer("y", "Conv2D", g.node("conv2d", "y", [x, weights], attrs));
    const mean = g.node("globalAveragePool", "mean", [y], { keepDims: false });
    return createModel(g.finish([mean]), { preprocess: "none" });
  }

  it("of the first edition adds the gradient over its RMS, forty times", async () => {
    const network = await colours();
    const { activation } = await filterImage(network, "y", 0, { recipe: "chollet-1" });
    network.dispose();
    // g = (1, −2, 2)/n at every pixel, its RMS √3/n: a step raises y by (1 + 4 + 4)/√3.
    const { steps, rate } = FILTER_RECIPES["chollet-1"];
    expect(activation.after - activation.before).toBeCloseTo((steps * rate * 9) / Math.sqrt(3), 0);
  });

  it("of the second edition adds ten times the gradient over its length, borders left out, in units of a range of 2", async () => {
    const network = await colours();
    const { activation } = await filterImage(network, "y", 0, { recipe: "chollet-2" });
    network.dispose();
    // 16 inner pixels: |g| = 3·√16/16 → each inner pixel moves by 10·(1, −2, 2)/(3·4), in units of 127.5.
    const { steps, rate } = FILTER_RECIPES["chollet-2"];
    expect(activation.after - activation.before).toBeCloseTo((127.5 * steps * rate * 9) / 12, -1);
  });
});
