/** What must hold between methods, scores and gradients on any network of a kind: no table is needed. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createModel,
  explain,
  explainMany,
  type Explanation,
  type Graph,
  type Model,
  type Score,
} from "../../src/node.ts";
import { relativeL2, relativeMax } from "../support/golden.ts";
import { averaged, CLASSES, excited, flattened, input } from "./networks.ts";

const NETWORKS = { averaged, flattened, excited } as const;
type Network = keyof typeof NETWORKS;

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);
const scaled = (values: Float32Array, by: number): Float32Array => values.map((value) => value * by);

/** Models by network, alive during the tests. */
const models = {} as Record<Network, Model>;
beforeAll(async () => {
  for (const [name, make] of Object.entries(NETWORKS)) models[name as Network] = await createModel(make());
});
afterAll(() => {
  for (const model of Object.values(models)) model.dispose();
});

const ask = (network: Network, options: object): Promise<Explanation> =>
  explain(models[network], input(), { target: 1, layer: "last", ...options });
const raw = async (network: Network, options: object): Promise<Float32Array> => (await ask(network, options)).raw.data;

/** The score when everything the head adds by itself is all there is: its biases. */
const bias = async (graph: Graph, target: number): Promise<number> => {
  const id = graph.values.find(({ name }) => name === "logits/b")!;
  return (await id.parameter!.source.read(0, CLASSES))[target]!;
};

describe.each(["averaged", "excited"] as const)("behind a global average and one dense layer (%s)", (network) => {
  it("Grad-CAM, HiResCAM and CAM are one map, CAM times the number of positions", async () => {
    const gradCam = await raw(network, { method: "grad-cam" });
    expect(relativeL2(await raw(network, { method: "hirescam" }), gradCam)).toBeLessThanOrEqual(1e-6);
    const cam = await ask(network, { method: "cam" });
    expect(relativeL2(scaled(cam.raw.data, 1 / cam.raw.data.length), gradCam)).toBeLessThanOrEqual(1e-6);
  });

  it("XGrad-CAM is Grad-CAM where no sum of activations is near 0", async () => {
    const gradCam = await raw(network, { method: "grad-cam" });
    expect(relativeL2(await raw(network, { method: "xgrad-cam" }), gradCam)).toBeLessThanOrEqual(1e-4);
  });

  it("HiResCAM sums to the logit without its bias", async () => {
    const { raw: map, target } = await ask(network, { method: "hirescam" });
    const expected = target.logit! - (await bias(NETWORKS[network](), 1));
    expect(Math.abs(sum(map.data) - expected)).toBeLessThanOrEqual(1e-5 * Math.abs(target.logit!));
  });

  it("Ablation-CAM in closed form is Ablation-CAM by running the head", async () => {
    // An expression hides that the score is affine.
    const target: Score = (o) => o.logit(1);
    const closed = await raw(network, { method: "ablation-cam" });
    expect(relativeL2(await raw(network, { method: "ablation-cam", target }), closed)).toBeLessThanOrEqual(1e-5);
  });

  it("ShapleyCAM of a logit is Grad-CAM", async () => {
    const gradCam = await raw(network, { method: "grad-cam" });
    expect(relativeL2(await raw(network, { method: "shapley-cam" }), gradCam)).toBeLessThanOrEqual(1e-6);
  });
});

it("Grad-CAM does not see whether positions are averaged before the dense layer or behind it", async () => {
  const late = await createModel(averaged({ late: true }));
  const behind = await explain(late, input(), { target: 1, layer: "last" });
  late.dispose();
  expect(relativeL2(behind.raw.data, await raw("averaged", {}))).toBeLessThanOrEqual(1e-6);
});

describe.each(Object.keys(NETWORKS) as Network[])("on every network (%s)", (network) => {
  it("counterfactual is minus Grad-CAM", async () => {
    const map = await raw(network, { method: "counterfactual" });
    expect(relativeL2(scaled(map, -1), await raw(network, { method: "grad-cam" }))).toBeLessThanOrEqual(1e-6);
  });

  it("Grad-CAM scales with the score, and its normalised map does not", async () => {
    const one = await ask(network, { method: "grad-cam" });
    const target: Score = (o) => o.logit(1).mul(3);
    const three = await ask(network, { target });
    expect(relativeL2(three.raw.data, scaled(one.raw.data, 3))).toBeLessThanOrEqual(1e-6);
    expect(relativeL2(three.map.data, one.map.data)).toBeLessThanOrEqual(1e-5);
  });

  it.each(["grad-cam", "hirescam", "xgrad-cam"] as const)(
    "%s obeys M_prob(c) = p_c·(M_logit(c) − Σ p_j·M_logit(j))",
    async (method) => {
      const probability = await ask(network, { method, score: "probability" });
      const all = await explainMany(models[network], input(), { methods: [method], targets: "all", layers: ["last"] });
      const p = all.map(({ target }) => target.probability!);
      const expected = all[1]!.raw.data.map(
        (value, i) => p[1]! * (value - sum(all.map(({ raw: { data } }, j) => p[j]! * data[i]!))),
      );
      expect(relativeMax(probability.raw.data, expected)).toBeLessThanOrEqual(1e-4);
    },
  );

  it("Finer-CAM is linear: the map of the class minus γ times the mean of its rivals' maps", async () => {
    const finer = await ask(network, { method: "finer-cam", gamma: 0.6, references: 2 });
    const all = await explainMany(models[network], input(), { targets: "all", layers: ["last"] });
    const y = all.map(({ target }) => target.logit!);
    const [a, b] = [0, 2, 3, 4, 5].sort((i, j) => Math.abs(y[i]! - y[1]!) - Math.abs(y[j]! - y[1]!));
    const [own, first, second] = [1, a!, b!].map((at) => all[at]!.raw.data);
    const expected = own!.map((value, i) => value - 0.3 * (first![i]! + second![i]!));
    expect(relativeL2(finer.raw.data, expected)).toBeLessThanOrEqual(1e-5);
  });

  it("LayerCAM is nowhere below the positive part of HiResCAM where activations are not negative", async () => {
    if (network === "excited") return; // swish answers with both signs
    const layerCam = await raw(network, { method: "layer-cam" });
    const hires = await raw(network, { method: "hirescam" });
    const top = Math.max(...layerCam);
    hires.forEach((value, i) => {
      expect(layerCam[i]!).toBeGreaterThanOrEqual(Math.max(0, value) - 1e-6 * top);
    });
  });

  it("H·A of logit + log probability agrees with the difference of gradients", async () => {
    const shapley = await raw(network, { method: "shapley-cam", score: "rest" });
    const gradCam = await raw(network, { method: "grad-cam", score: "rest" });
    expect(relativeL2(shapley, gradCam)).toBeGreaterThan(1e-3);
    const second = gradCam.map((value, i) => 2 * (value - shapley[i]!));
    expect(relativeL2(second, await differenceOfMaps(network))).toBeLessThanOrEqual(2e-2);
  });

  it("noise of 0 makes SmoothGrad the gradient, its squares the squares and its variance 0", async () => {
    const saliency = (await ask(network, { method: "saliency" })).attribution!.data;
    const smooth = async (statistic: string) =>
      (await ask(network, { method: "smooth-grad", sigma: 0, samples: 3, statistic })).attribution!.data;
    expect(relativeL2(await smooth("mean"), saliency)).toBeLessThanOrEqual(1e-6);
    expect(
      relativeL2(
        await smooth("square"),
        saliency.map((g) => g * g),
      ),
    ).toBeLessThanOrEqual(1e-6);
    expect(Math.max(...(await smooth("variance")).map(Math.abs))).toBeLessThanOrEqual(1e-6);
  });

  it("mirrors its map with the picture where nothing but position is mirrored", async () => {
    const [mean, turned] = await Promise.all([
      explain(models[network], input(), { target: 1, layer: "last", smooth: "aug" }),
      explain(models[network], mirrored(input()), { target: 1, layer: "last", smooth: "aug" }),
    ]);
    const { width } = mean.raw;
    const back = turned.raw.data.map((_, i) => turned.raw.data[i - (i % width) + (width - 1 - (i % width))]!);
    expect(relativeL2(back, mean.raw.data)).toBeLessThanOrEqual(1e-5);
  });
});

describe("the sum of an attribution", () => {
  it("of FullGrad is the score on piecewise linear networks, saturated units included", async () => {
    for (const network of ["averaged", "flattened"] as const) {
      const { facts, target } = await ask(network, { method: "full-grad" });
      expect(Math.abs(facts!["residual"]!)).toBeLessThanOrEqual(1e-4 * Math.abs(target.logit!));
    }
  });

  it("of FullGrad is the score with biases that took the place of the file's, too", async () => {
    for (const network of [averaged, flattened]) {
      const model = await createModel(network());
      await explain(model, input(), { method: "full-grad", target: 1 });
      await model.setWeights({
        "conv2/b": new Float32Array(model.layers.find(({ name }) => name === "conv2")!.shape.at(-1)!).fill(0.7),
      });
      const { facts, target } = await explain(model, input(), { method: "full-grad", target: 1 });
      expect(Math.abs(facts!["residual"]!)).toBeLessThanOrEqual(1e-4 * Math.abs(target.logit!));
      model.dispose();
    }
  });

  it("of integrated gradients is y(x) − y(0) within 1e-3 on a smooth network", async () => {
    const { facts, raw: map } = await ask("excited", { method: "integrated-gradients", steps: 50 });
    const { difference, residual } = facts as { difference: number; residual: number };
    expect(Math.abs(residual)).toBeLessThanOrEqual(1e-3 * Math.abs(difference));
    expect(Math.abs(sum(map.data) - difference - residual)).toBeLessThanOrEqual(1e-5 * Math.abs(difference));
  });

  it("of integrated gradients comes nearer with more steps on ReLU networks", async () => {
    // Of one class a rule may hit the sum by chance.
    const residuals = async (steps: number): Promise<number> => {
      const options = { methods: ["integrated-gradients"], targets: "all", steps } as const;
      const all = await explainMany(models.averaged, input(), options);
      return sum(all.map(({ facts }) => Math.abs(facts!["residual"]!)));
    };
    const [few, more, many] = [await residuals(4), await residuals(40), await residuals(400)];
    expect(more).toBeLessThan(few / 2);
    expect(many).toBeLessThan(more / 2);
  });
});

describe("methods that a network has no meaning for", () => {
  it.each(["guided-backprop", "deconvnet", "guided-grad-cam", "full-grad"] as const)(
    "%s refuses gates and swish, says why and names another method",
    async (method) => {
      await expect(ask("excited", { method })).rejects.toMatchObject({
        code: "E_METHOD",
        got: expect.stringMatching(/swish|sigmoid|mul/) as string,
        hint: expect.stringContaining("integrated-gradients") as string,
      });
    },
  );

  it("cam refuses a head of several layers", async () => {
    await expect(ask("flattened", { method: "cam" })).rejects.toMatchObject({ code: "E_METHOD" });
  });

  it("occlusion refuses patches with gaps between them: pixels that none covers have no value", async () => {
    const asked = ask("averaged", { method: "occlusion", patch: 4, stride: 5 });
    await expect(asked).rejects.toMatchObject({ code: "E_OPTION", where: "stride of occlusion", got: "5" });
  });

  it("finer-cam refuses a score without a class", async () => {
    const target: Score = (o) => o.logit(1);
    await expect(ask("averaged", { method: "finer-cam", target })).rejects.toMatchObject({ code: "E_METHOD" });
  });
});

function mirrored({ data, shape }: ReturnType<typeof input>) {
  const [, , width, channels] = shape as [number, number, number, number];
  const turned = data.map((_, i) => {
    const [row, column, channel] = [Math.floor(i / (width * channels)), Math.floor(i / channels) % width, i % channels];
    return data[(row * width + width - 1 - column) * channels + channel]!;
  });
  return { data: turned, shape };
}

/** Σₖ mean(H·A)ₖ·Aᵏ from gradients of the score at the layer's answers (1 ± h)·A, with a head that is run by hand. */
async function differenceOfMaps(network: Network): Promise<Float32Array> {
  const model = models[network];
  const h = 2 ** -6;
  return model.ask(input(), ["last"], async (answers) => {
    const { observe } = await import("../../src/others.ts");
    const { Objective } = await import("../../src/objective.ts");
    const objective = new Objective((o) => o.logit(1).add(o.logProbability(1)), answers.logits, "softmax");
    const { data, shape } = answers.activation("last");
    const channels = shape.at(-1)!;
    const second = new Float64Array(data.length);
    const at = answers.asked.layers.get("last")!;
    const samples = {
      name: "scaled",
      count: 2,
      write: (index: number, into: Float32Array) => {
        into.set(data.map((value) => value * (index === 0 ? 1 + h : 1 - h)));
      },
    };
    const seeds = (logits: Float32Array) => [objective.seedAt(logits)];
    await observe(answers, { samples, at, given: true, seeds }, ({ index, gradients: [g] }) => {
      g!.forEach((value, i) => (second[i]! += (index === 0 ? value : -value) / (2 * h)));
    });
    const means = new Float64Array(channels);
    second.forEach((value, i) => (means[i % channels]! += (value * channels) / data.length));
    const map = new Float32Array(data.length / channels);
    data.forEach((a, i) => (map[Math.floor(i / channels)]! += a * means[i % channels]!));
    return map;
  });
}
