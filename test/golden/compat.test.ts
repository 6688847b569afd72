/** Whole pipelines of packages on the embedded model, from pixels to maps and pictures: test/golden/compat. */
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Compat,
  explain,
  type ExplainOptions,
  type Image,
  layerMap,
  loadModel,
  type Model,
  overlay,
} from "../../src/node.ts";
import { blockMeans, picture } from "../methods/laboratory.ts";
import { goldenJson, relativeL2 } from "../support/golden.ts";
import { difference } from "../support/golden-image.ts";

interface Pipeline {
  readonly compat: Compat;
  readonly what: string;
  readonly options: ExplainOptions;
  readonly shape: readonly number[];
  /** The map is stored as means of squares of this side. */
  readonly squares?: number;
  readonly map: number[];
  /** Every fourth pixel of the overlay. */
  readonly file?: string;
}

const { pipelines } = goldenJson<{ pipelines: Pipeline[] }>("compat/index.json");
const EGYPTIAN_CAT = 285;
/** The tensor is (byte − 127) / 128. */
const photo: Image = {
  data: Uint8ClampedArray.from(picture("cat").data, (value) => value * 128 + 127),
  width: 224,
  height: 224,
  channels: 3,
};
/** One unit of the picture "cat" behind block 10 lies where f32 and f64 differ: README of efficientnet-lite0. */
const AT_HEAD = 1e-4;
const BELOW = 2e-2;
const FULL_GRAD = 1e-2;

const toleranceOf = ({ method, layer }: ExplainOptions): number => {
  if (method === "full-grad") return FULL_GRAD;
  return Array.isArray(layer) ? BELOW : AT_HEAD;
};

describe("the pipeline of", () => {
  let model: Model;
  beforeAll(async () => {
    model = await loadModel();
  });
  afterAll(() => {
    model.dispose();
  });

  it.each(pipelines.map((row) => [row.compat, row.what, row] as const))(
    "%s gives its map of %s",
    async (compat, _, row) => {
      const explanation = await explain(model, photo, { ...row.options, compat, target: EGYPTIAN_CAT });
      const map = row.squares ? explanation.map : layerMap(explanation);
      expect([map.height, map.width]).toEqual(row.shape);
      const values = row.squares ? blockMeans(map.data, map.width, 1, row.squares) : map.data;
      expect(relativeL2(values, row.map)).toBeLessThanOrEqual(toleranceOf(row.options));
    },
  );

  it.each(pipelines.filter(({ file }) => file).map((row) => [row.compat, row] as const))(
    "%s paints its picture: at most 0.1 %% of the values differ, each by at most 2",
    async (compat, { options, file, squares }) => {
      const explanation = await explain(model, photo, { ...options, compat, target: EGYPTIAN_CAT });
      const map = squares ? explanation.map : layerMap(explanation);
      const ours = everyFourth(overlay(photo, map, { compat }));
      const path = fileURLToPath(new URL(`compat/${file!}`, import.meta.url));
      const theirs = await sharp(path).removeAlpha().raw().toBuffer();
      const { max, count } = difference(ours, theirs);
      expect(max).toBeLessThanOrEqual(2);
      expect(count / theirs.length).toBeLessThanOrEqual(1e-3);
    },
  );

  it("torchcam reaches a picture of another size by Pillow's BICUBIC, kept within 0 and 1", async () => {
    const tall: Image = { data: new Uint8ClampedArray(80 * 120 * 3).fill(99), width: 80, height: 120, channels: 3 };
    const { map } = await explain(model, tall, { compat: "torchcam" });
    expect([map.width, map.height]).toEqual([80, 120]);
    expect(Math.min(...map.data)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...map.data)).toBeLessThanOrEqual(1);
  });

  it("keras.io shows the network the picture resized as Keras' load_img does it", async () => {
    const odd: Image = {
      data: new Uint8ClampedArray(31 * 17 * 3).map((_, i) => (i * 7) % 256),
      width: 31,
      height: 17,
      channels: 3,
    };
    const keras = await explain(model, odd, { compat: "keras-io", target: 1 });
    const chollet = await explain(model, odd, { compat: "chollet", score: "logit", target: 1 });
    const own = await explain(model, odd, { target: 1 });
    expect(keras.target.logit).toBe(chollet.target.logit);
    expect(keras.target.logit).not.toBe(own.target.logit);
  });
});

function everyFourth({ data, width, height }: Image): Uint8ClampedArray {
  const rows = Array.from({ length: height / 4 }, (_, y) => y * 4);
  const columns = Array.from({ length: width / 4 }, (_, x) => x * 4);
  return Uint8ClampedArray.from(
    rows.flatMap((y) => columns.flatMap((x) => [0, 1, 2].map((c) => data[(y * width + x) * 3 + c]!))),
  );
}
