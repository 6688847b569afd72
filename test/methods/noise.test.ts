/** Methods with noise, given the noise that the golden data was made with. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isCam } from "../../src/cam/is-cam.ts";
import { smoothGradCamPlusPlus } from "../../src/cam/smooth-grad-cam-plus-plus.ts";
import { ssCam } from "../../src/cam/ss-cam.ts";
import { loadModel, type Model } from "../../src/node.ts";
import { type Random, randomStream } from "../../src/random.ts";
import { relativeL2 } from "../support/golden.ts";
import { syntheticValues } from "../support/synthetic-weights.ts";
import { mapWith, picture, rowsOf, valuesOf, weightsWith } from "./laboratory.ts";

const SIDE = 224;

/** √3·u, u uniform in [−1, 1) by the rule of the golden data: [3, 224, 224] there, asked for as [224, 224, 3]. */
function torchNoise(name: string) {
  const shape = [1, 3, SIDE, SIDE];
  const values = syntheticValues({ name, shape, center: 0, scale: Math.sqrt(3) }, 0, 3 * SIDE * SIDE);
  let at = 0;
  const normal = (): number => {
    const [pixel, channel] = [Math.floor(at / 3), at % 3];
    at++;
    return values[channel * SIDE * SIDE + pixel]!;
  };
  return { normal, uniform: () => NaN };
}

/** "_blocks.10" answers with both signs, so that denominators pass through 0: formulas are ill-conditioned there. */
const TOLERANCES: Readonly<Record<string, number>> = { _relu_head: 1e-4, "_blocks.10._relu1": 2e-2, "_blocks.10": 0.1 };

describe("with torchcam's noise", () => {
  let model: Model;
  beforeAll(async () => {
    model = await loadModel();
  });
  afterAll(() => {
    model.dispose();
  });

  const rows = rowsOf("cam").filter(({ method }) => method === "SmoothGradCAMpp");

  it.each(rows.map((row) => [row.key, row] as const))("smooth-grad-cam++ gives the map %s", async (_key, row) => {
    const layer = row.layer!;
    const input = picture(row.picture);
    const map = await mapWith(model, input, {
      recipe: smoothGradCamPlusPlus.compat!.torchcam!,
      layer,
      target: row.cls,
      options: { samples: 4, sigma: 0.3 },
      random: (stream) => torchNoise(`smoothgradcampp.${String(stream)}`),
    });
    const positive = map.map((value) => Math.max(0, value));
    expect(relativeL2(positive, valuesOf("cam", row))).toBeLessThanOrEqual(TOLERANCES[layer]!);
  });
});

describe("torchcam's masks of channels, four or noisy ones each", () => {
  const LAYER = "_blocks.10";
  const CHANNELS = 112;
  const weightsIn = (method: string): Float32Array => {
    const row = rowsOf("scores").find((one) => one.method === method && one.what === "weights")!;
    return valuesOf("scores", row);
  };
  let model: Model;
  beforeAll(async () => {
    model = await loadModel();
  });
  afterAll(() => {
    model.dispose();
  });

  const given = (options: Readonly<Record<string, number>>, random: (stream: number) => Random) => ({
    layer: LAYER,
    target: 285,
    options: { maxN: 0, ...options },
    random,
  });

  it("is-cam gives its weights", async () => {
    const weights = await weightsWith(model, picture("cat"), {
      recipe: isCam.compat!.torchcam!,
      ...given({ samples: 4 }, (stream) => randomStream(0, stream)),
    });
    expect(relativeL2(weights, weightsIn("ISCAM"))).toBeLessThanOrEqual(1e-4);
  });

  it("ss-cam gives its weights with its noise", async () => {
    const samples = 2;
    /** [112, 224, 224] of noise for each sample; a stream is one channel of it. */
    const random = (stream: number): Random => {
      const start = Math.floor(stream / samples) * SIDE * SIDE;
      const shape = [1, CHANNELS, SIDE, SIDE];
      const name = `sscam.${String(stream % samples)}`;
      const values = syntheticValues({ name, shape, center: 0, scale: Math.sqrt(3) }, start, start + SIDE * SIDE);
      let at = 0;
      return { normal: () => values[at++]!, uniform: () => NaN };
    };
    const weights = await weightsWith(model, picture("cat"), {
      recipe: ssCam.compat!.torchcam!,
      ...given({ samples, sigma: 2 }, random),
    });
    expect(relativeL2(weights, weightsIn("SSCAM"))).toBeLessThanOrEqual(1e-4);
  });
});

describe("random streams", () => {
  it("are the same for the same seed and stream, and different otherwise", () => {
    const draw = (seed: number, stream: number): number[] => {
      const { normal, uniform } = randomStream(seed, stream);
      return [normal(), uniform(0, 1), normal()];
    };
    expect(draw(7, 3)).toEqual(draw(7, 3));
    const all = [draw(7, 3), draw(7, 4), draw(8, 3), draw(7 + 2 ** 32, 3)];
    expect(new Set(all.flat()).size).toBe(12);
  });

  it("are normal and uniform: means and variances of a million numbers", () => {
    const { normal, uniform } = randomStream(1, 1);
    const moments = (next: () => number): [number, number] => {
      let [sum, squares] = [0, 0];
      for (let i = 0; i < 1e6; i++) {
        const value = next();
        sum += value;
        squares += value * value;
      }
      return [sum / 1e6, squares / 1e6];
    };
    const [mean, variance] = moments(normal);
    expect(Math.abs(mean)).toBeLessThan(0.005);
    expect(Math.abs(variance - 1)).toBeLessThan(0.01);
    const [middle, square] = moments(() => uniform(-1, 1));
    expect(Math.abs(middle)).toBeLessThan(0.005);
    expect(Math.abs(square - 1 / 3)).toBeLessThan(0.005);
  });
});
