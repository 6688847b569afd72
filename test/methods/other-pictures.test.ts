/** Methods that show the network other pictures, and a product of maps: against plain f64 loops over the same samples. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gaussianBlur } from "../../src/attribute/gaussian-blur.ts";
import { randomMask } from "../../src/attribute/rise.ts";
import { createModel, explain, explainMany, type Explanation, type Model } from "../../src/node.ts";
import { randomStream } from "../../src/random.ts";
import { relativeL2 } from "../support/golden.ts";
import { averaged, excited, flattened, input } from "./networks.ts";

const SIDE = 16;
const CHANNELS = 3;
const TARGET = 1;
const SEED = 5;

let model: Model;
let smooth: Model;
beforeAll(async () => {
  model = await createModel(averaged());
  smooth = await createModel(excited());
});
afterAll(() => {
  model.dispose();
  smooth.dispose();
});

const ask = (options: object, of: Model = model): Promise<Explanation> =>
  explain(of, input(), { target: TARGET, layer: "last", seed: SEED, ...options });

const logit = async (data: ArrayLike<number>): Promise<number> => {
  const { logits } = await model.run({ data: Float32Array.from(data), shape: [1, SIDE, SIDE, CHANNELS] });
  return logits!.data[TARGET]!;
};

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

function norm01(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return values.map((value) => (high > low ? (value - low) / (high - low) : 0));
}

/** Bilinear, half-pixel centres, borders repeated. */
function upsampled(values: readonly number[], size: number, to: number): number[] {
  const place = (i: number) => {
    const at = Math.min(size - 1, Math.max(0, ((i + 0.5) * size) / to - 0.5));
    const first = Math.floor(at);
    return { first, next: Math.min(size - 1, first + 1), part: at - first };
  };
  return Array.from({ length: to * to }, (_, pixel) => {
    const [y, x] = [place(Math.floor(pixel / to)), place(pixel % to)];
    const row = (from: number): number =>
      values[from * size + x.first]! * (1 - x.part) + values[from * size + x.next]! * x.part;
    return row(y.first) * (1 - y.part) + row(y.next) * y.part;
  });
}

const times = (mask: readonly number[]): number[] =>
  Array.from(input().data, (value, i) => value * mask[Math.floor(i / CHANNELS)]!);

/** The map of weights that are softmax over channels of the mean score of masks. */
async function maskedMap(masks: (mask: number[], channel: number) => number[][]): Promise<number[]> {
  const { last } = await model.run(input(), { outputs: ["last"] });
  const [, size, , channels] = last!.shape as [number, number, number, number];
  const scores: number[] = [];
  for (let k = 0; k < channels; k++) {
    const small = Array.from({ length: size * size }, (_, i) => last!.data[i * channels + k]!);
    const each: number[] = [];
    for (const mask of masks(norm01(upsampled(small, size, SIDE)), k)) each.push(await logit(times(mask)));
    scores.push(mean(each));
  }
  const exponentials = scores.map((score) => Math.exp(score - Math.max(...scores)));
  return Array.from({ length: size * size }, (_, i) =>
    sum(exponentials.map((e, k) => (e / sum(exponentials)) * last!.data[i * channels + k]!)),
  );
}

describe("masks of channels", () => {
  it("score-cam is the plain loop", async () => {
    const { raw } = await ask({ method: "score-cam" });
    expect(relativeL2(raw.data, await maskedMap((mask) => [mask]))).toBeLessThanOrEqual(1e-5);
  });

  it("ss-cam is the plain loop over the same noise", async () => {
    const { raw, facts } = await ask({ method: "ss-cam", samples: 3, sigma: 0.7, maxN: 0 });
    const twin = await maskedMap((mask, k) =>
      [0, 1, 2].map((copy) => {
        const { normal } = randomStream(SEED, k * 3 + copy);
        return norm01(mask.map((value) => value + 0.7 * normal()));
      }),
    );
    expect(facts).toEqual({ channels: 12, channelsTried: 12, pictures: 36 });
    expect(relativeL2(raw.data, twin)).toBeLessThanOrEqual(1e-5);
  });

  it("is-cam is the plain loop over cumulated masks", async () => {
    const { raw } = await ask({ method: "is-cam", samples: 4, maxN: 0 });
    const twin = await maskedMap((mask) => [0.25, 0.75, 1.5, 2.5].map((factor) => mask.map((v) => v * factor)));
    expect(relativeL2(raw.data, twin)).toBeLessThanOrEqual(1e-5);
  });

  it("without noise and with one sample both are score-cam", async () => {
    const { raw } = await ask({ method: "score-cam" });
    const one = { samples: 1, maxN: 0 };
    expect(relativeL2((await ask({ method: "ss-cam", sigma: 0, ...one })).raw.data, raw.data)).toBeLessThanOrEqual(
      1e-6,
    );
    expect(relativeL2((await ask({ method: "is-cam", ...one })).raw.data, raw.data)).toBeLessThanOrEqual(1e-6);
  });

  it("of channels that are not tried weigh nothing, and how many were is said", async () => {
    const { facts } = await ask({ method: "is-cam", samples: 2, maxN: 5 });
    expect(facts).toEqual({ channels: 12, channelsTried: 5, pictures: 10 });
  });
});

describe("rise", () => {
  const options = { method: "rise", samples: 40, cells: 4, keep: 0.4 };

  it("is the mean of masks weighted by their scores, over the probability of a cell to be seen", async () => {
    const { raw } = await ask({ ...options, baseline: "zero" });
    const twin = new Float64Array(SIDE * SIDE);
    for (let i = 0; i < options.samples; i++) {
      const mask = [...randomMask(randomStream(SEED, i), { width: SIDE, height: SIDE, cells: 4, keep: 0.4 })];
      const score = await logit(times(mask));
      mask.forEach((value, at) => (twin[at]! += (score * value) / (options.samples * options.keep)));
    }
    expect(relativeL2(raw.data, twin)).toBeLessThanOrEqual(1e-5);
  });

  it("minus the mean score is what it is without, less the mean mask", async () => {
    const [plain, centred] = [await ask({ ...options, baseline: "zero" }), await ask(options)];
    const means = new Float64Array(SIDE * SIDE);
    for (let i = 0; i < options.samples; i++) {
      const mask = randomMask(randomStream(SEED, i), { width: SIDE, height: SIDE, cells: 4, keep: 0.4 });
      mask.forEach((value, at) => (means[at]! += value / options.samples));
    }
    const expected = plain.raw.data.map((value, i) => value - (centred.facts!["meanScore"]! * means[i]!) / 0.4);
    expect(relativeL2(centred.raw.data, expected)).toBeLessThanOrEqual(1e-4);
  });

  it("of masks that hide nothing is the score everywhere", async () => {
    const { raw, target } = await ask({ ...options, keep: 1, baseline: "zero" });
    expect(Math.max(...raw.data.map((value) => Math.abs(value - target.logit!)))).toBeLessThanOrEqual(1e-5);
  });

  it("masks are as bright as the probability says, and seldom alike", () => {
    const masks = Array.from({ length: 400 }, (_, i) =>
      randomMask(randomStream(1, i), { width: 30, height: 20, cells: 5, keep: 0.3 }),
    );
    expect(masks.every((mask) => mask.length === 600 && mask.every((v) => v >= 0 && v <= 1))).toBe(true);
    expect(Math.abs(mean(masks.map((mask) => sum(mask) / 600)) - 0.3)).toBeLessThan(0.02);
    expect(new Set(masks.map((mask) => mask.join())).size).toBeGreaterThan(390);
  });
});

describe("blur-ig", () => {
  it("is the midpoint rule between blurred pictures", async () => {
    const [steps, blur] = [7, 3];
    const { attribution } = await ask({ method: "blur-ig", steps, blur });
    const planes = { data: input().data, width: SIDE, height: SIDE, channels: CHANNELS };
    const at = (i: number): Float32Array => gaussianBlur(planes, blur * (i / steps) ** 2);
    const twin = new Float64Array(planes.data.length);
    for (let i = 0; i < steps; i++) {
      const { gradients } = await model.gradients(
        { data: at(i + 0.5), shape: input().shape },
        { of: TARGET, wrt: ["input"] },
      );
      const [sharp, dull] = [at(i), at(i + 1)];
      gradients["input"]!.data.forEach((g, j) => (twin[j]! += g * (sharp[j]! - dull[j]!)));
    }
    expect(relativeL2(attribution!.data, twin)).toBeLessThanOrEqual(1e-5);
  });

  it("sums to y(x) − y(blurred) within 1e-3 on a smooth network", async () => {
    const { facts } = await ask({ method: "blur-ig", steps: 200 }, smooth);
    expect(Math.abs(facts!["residual"]!)).toBeLessThanOrEqual(1e-3 * Math.abs(facts!["difference"]!));
  });

  it("comes nearer to that with more steps on ReLU networks", async () => {
    const residuals: number[] = [];
    for (const steps of [4, 400])
      residuals.push(Math.abs((await ask({ method: "blur-ig", steps })).facts!["residual"]!));
    expect(residuals[1]!).toBeLessThan(residuals[0]! / 4);
  });

  it("gives several targets what it gives each of them", async () => {
    const both = await explainMany(model, input(), { methods: ["blur-ig"], targets: [0, TARGET], steps: 5 });
    const { attribution } = await ask({ method: "blur-ig", steps: 5 });
    expect(both[1]!.attribution!.data).toEqual(attribution!.data);
  });
});

describe("Gaussian blur", () => {
  it("is the mean over all pixels, weighted by their distance", () => {
    const [width, height, channels, sigma] = [7, 5, 2, 1.3];
    const data = Float32Array.from({ length: width * height * channels }, (_, i) => Math.sin(i * 1.7));
    const blurred = gaussianBlur({ data, width, height, channels }, sigma);
    const weight = (distance: number): number =>
      Math.abs(distance) <= Math.ceil(4 * sigma) ? Math.exp(-(distance ** 2) / (2 * sigma ** 2)) : 0;
    const twin = data.map((_, i) => {
      const [pixel, c] = [Math.floor(i / channels), i % channels];
      const [y, x] = [Math.floor(pixel / width), pixel % width];
      let [total, weights] = [0, 0];
      for (let v = 0; v < height; v++) {
        for (let u = 0; u < width; u++) {
          const w = weight(v - y) * weight(u - x);
          total += w * data[(v * width + u) * channels + c]!;
          weights += w;
        }
      }
      return total / weights;
    });
    expect(relativeL2(blurred, twin)).toBeLessThanOrEqual(1e-6);
  });

  it("leaves a plain picture as it is, up to its border", () => {
    const data = new Float32Array(48).fill(0.75);
    const blurred = gaussianBlur({ data, width: 4, height: 4, channels: 3 }, 9);
    expect(Math.max(...blurred.map((value) => Math.abs(value - 0.75)))).toBeLessThanOrEqual(1e-6);
  });
});

describe("refine-cam", () => {
  it("is the product of Grad-CAM++ maps of layers of all sizes, each enlarged and then brought to 0…1", async () => {
    const vgg = await createModel(flattened());
    const refined = await ask({ method: "refine-cam" }, vgg);
    expect(refined.layer).toEqual(["first", "last"]);
    const maps = await explainMany(vgg, input(), {
      methods: ["grad-cam++"],
      targets: [TARGET],
      layers: ["first", "last"],
    });
    const [fine, coarse] = maps.map(({ raw }) => [...raw.data]);
    const [small, large] = [norm01(fine!), norm01([...upsampled(coarse!, 8, 16)])];
    expect(
      relativeL2(
        refined.raw.data,
        small.map((value, i) => value * large[i]!),
      ),
    ).toBeLessThanOrEqual(1e-5);
    vgg.dispose();
  });

  it("takes the layers of a list as they are", async () => {
    const listed = await ask({ method: "refine-cam", layer: ["first", "last"] });
    expect(listed.layer).toEqual(["first", "last"]);
    const alone = await ask({ method: "refine-cam" });
    // Both layers of this network have one size: its last is the only stage.
    expect(alone.layer).toEqual(["last"]);
  });
});
