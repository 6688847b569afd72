/** Overlays of pytorch-grad-cam, torchcam and keras.io's page, painted by them: test/golden/compat. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import sharp from "sharp";
import type { Image } from "../../src/image/image.ts";
import { jetValues } from "../../src/image/jet-values.ts";
import { overlay } from "../../src/image/overlay.ts";
import type { OverlayRecipe } from "../../src/image/overlay-recipes.ts";
import { goldenFloats, goldenJson } from "../support/golden.ts";
import { difference, goldenMap, goldenPicture } from "../support/golden-image.ts";

interface Painted {
  readonly compat: OverlayRecipe;
  readonly map: string;
  readonly shape: readonly number[];
  readonly photo: string;
  /** As the package has it: pytorch-grad-cam and torchcam weigh the picture, keras.io the colours. */
  readonly weight: number;
  readonly file: string;
}

const { overlays } = goldenJson<{ overlays: Painted[] }>("compat/index.json");

async function pixels(file: string): Promise<Uint8Array> {
  return sharp(fileURLToPath(new URL(`../golden/compat/${file}`, import.meta.url)))
    .removeAlpha()
    .raw()
    .toBuffer();
}

describe("overlay with compat", () => {
  it.each(overlays.map((painted) => [painted.file, painted] as const))(
    "paints %s, all bytes",
    async (file, painted) => {
      const { compat, map, shape, photo, weight } = painted;
      const picture = await goldenPicture(photo);
      const alpha = compat === "keras-io" ? weight : 1 - weight;
      const { data } = overlay(picture, goldenMap(map, shape), { compat, alpha });
      expect(difference(data, await pixels(file))).toEqual({ max: 0, mean: 0, count: 0 });
    },
  );

  it.each(overlays.filter(({ photo }) => photo.startsWith("astronaut")))(
    "has $weight as the weight of $compat unless told otherwise",
    async ({ compat, map, shape, photo, file }) => {
      const { data } = overlay(await goldenPicture(photo), goldenMap(map, shape), { compat });
      expect(difference(data, await pixels(file)).count).toBe(0);
    },
  );

  it("stays black, not NaN, where keras.io divides nothing by nothing", () => {
    const black: Image = { data: new Uint8ClampedArray(12), width: 2, height: 2, channels: 3 };
    const zeros = { data: new Float32Array(4), width: 2, height: 2 };
    const { data } = overlay(black, zeros, { compat: "keras-io", colormap: "gray" });
    expect([...data]).toEqual(new Array(12).fill(0));
  });
});

describe("jetValues", () => {
  it("are matplotlib's before they are rounded down to bytes", () => {
    expect(jetValues()).toEqual(goldenFloats("compat/jet.f32"));
  });
});
