/**
 * Networks that nsfwjs, @vladmandic/human and face-api ship: they answer as in TensorFlow.js (test/golden/other-packages) and can be
 * explained; those with post-processing are refused with what is not supported. `npm run fetch:models` fetches them.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  explain,
  type GradCamError,
  type Image,
  type LoadOptions,
  loadModel,
  type Map2D,
  type Preprocess,
  readImage,
} from "../../../src/node.ts";
import { faceExpressions } from "../../support/face-api.ts";
import { goldenJson, relativeMax } from "../../support/golden.ts";

interface Tensor {
  readonly shape: number[];
  readonly values: number[];
}

const OUTPUTS = goldenJson<Record<string, { input: number[]; outputs: Tensor[] }>>("other-packages/outputs.json");
const FOLDER = fileURLToPath(new URL("../../../build/models/", import.meta.url));
const isThere = ["nsfwjs/4.3.0", "human/3.3.6", "face-api/1.7.15"].every((path) =>
  existsSync(`${FOLDER}${path}.complete`),
);
const missing = "the models of other packages are not in build/models: npm run fetch:models";

const EXPRESSIONS = "face-api/face_expression_model-weights_manifest.json";
const optionsOf = (path: string): LoadOptions => (path === EXPRESSIONS ? { architecture: faceExpressions() } : {});

/** What TensorFlow.js's f32 and ours differ by. */
const ROUNDING = 2e-5;

/** (1 + sin 0.37·i) / 2 */
const wave = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => (1 + Math.sin(0.37 * i)) / 2);

/** Of bytes between 0 and 1, as face-api subtracts it. */
const MEAN = [122.782, 117.001, 104.298].map((mean) => mean / 255);

/** Of bytes: what face-api subtracts. */
const OF_FACE_API: Preprocess = {
  ...{ size: [112, 112], fit: "squash", resize: "bilinear", antialias: true },
  ...{ channels: "rgb", scale: 1 / 255, mean: MEAN, std: [1, 1, 1] },
};

const photograph = (): Promise<Image> =>
  readImage(fileURLToPath(new URL("../../../examples/astronaut.jpg", import.meta.url)));

/** The astronaut's, as a detector would cut it out. */
async function face(): Promise<Image> {
  const { data, width, channels } = await photograph();
  const [left, top, size] = [150, 5, 160] as const;
  const rows = Array.from({ length: size }, (_, y) => {
    const begin = ((top + y) * width + left) * channels;
    return Array.from(data.subarray(begin, begin + size * channels));
  });
  return { data: Uint8ClampedArray.from(rows.flat()), width: size, height: size, channels };
}

interface Part {
  readonly left?: number;
  readonly right?: number;
  readonly top?: number;
}

/** How much of a map lies in a part of it. */
function shareWithin({ data, width, height }: Map2D, { left = 0, right = 1, top = 0 }: Part): number {
  const isIn = (x: number, y: number): boolean => x >= left * width && x < right * width && y >= top * height;
  const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0);
  return sum(data.map((value, i) => (isIn(i % width, Math.floor(i / width)) ? value : 0))) / sum(data);
}

describe("networks of other packages", () => {
  it.skipIf(isThere)(`are skipped, because ${missing}`, ({ skip }) => {
    if (process.env["CI"]) throw new Error(missing);
    skip(missing);
  });

  describe.skipIf(!isThere)("in build/models", () => {
    it.each(Object.keys(OUTPUTS))("answer as in TensorFlow.js: %s", async (path) => {
      const { input: shape, outputs } = OUTPUTS[path]!;
      const model = await loadModel(FOLDER + path, optionsOf(path));
      expect(model.inputs[0]!.shape).toEqual(shape);
      const length = shape.reduce((product, size) => product * size, 1);
      const data = path === EXPRESSIONS ? wave(length).map((x, i) => x - MEAN[i % 3]!) : wave(length);
      const answers = Object.values(await model.run({ shape, data }));
      for (const { shape: wanted, values } of outputs) {
        const alike = answers.filter((one) => one.shape.join() === wanted.join());
        // A network may have two of one shape.
        expect(Math.min(...alike.map((one) => relativeMax(one.data, values)))).toBeLessThan(ROUNDING);
      }
      model.dispose();
    });

    it.each([
      ["human/centernet.json", ["GatherV2", "TopKV2"]],
      ["human/movenet-lightning.json", ["ArgMax", "GatherNd"]],
    ])("are refused with all operators of their post-processing: %s", async (path, operators) => {
      const error = await loadModel(FOLDER + path).catch((thrown: unknown) => thrown as GradCamError);
      expect(error).toMatchObject({ code: "E_UNSUPPORTED_OP" });
      const named = [...(error as GradCamError).got!.matchAll(/(\w+) \("/g)].map(([, op]) => op);
      expect(named.sort()).toEqual(operators);
    });

    it.each([
      ["nsfwjs/mobilenet_v2/model.json", "out_relu"],
      ["nsfwjs/mobilenet_v2_mid/model.json", "Conv_1/Relu6"],
      ["nsfwjs/inception_v3/model.json", "mixed10"],
    ])("find nothing indecent in an astronaut, because of the astronaut: %s", async (path, layer) => {
      const model = await loadModel(FOLDER + path, { labels: ["drawing", "hentai", "neutral", "porn", "sexy"] });
      expect(model.preprocess.scale).toBe(1 / 255);
      const found = await explain(model, await photograph());
      expect(found.layer).toMatch(new RegExp(`${layer}$`));
      expect([found.target.label, found.warnings]).toEqual(["neutral", []]);
      // From the hair down to the suit, which stand a little to the left.
      expect(shareWithin(found.map, { left: 0, right: 0.6 })).toBeGreaterThan(0.7);
      model.dispose();
    });

    it.each<[string, LoadOptions, number]>([
      ["human/emotion.json", { preprocess: "tf" }, 3],
      [EXPRESSIONS, { architecture: faceExpressions(), preprocess: OF_FACE_API }, 1],
    ])("see a smile in a smiling face: %s", async (path, options, happy) => {
      const model = await loadModel(FOLDER + path, options);
      const found = await explain(model, await face());
      expect([found.target.index, found.warnings]).toEqual([happy, []]);
      expect(found.target.probability).toBeGreaterThan(0.95);
      // Mouth and chin.
      expect(shareWithin(found.map, { top: 0.5 })).toBeGreaterThan(0.6);
      model.dispose();
    });
  });
});
