import { describe, expect, it } from "vitest";
import { colorTable } from "../../src/image/colormap.ts";
import { type Image, type Map2D } from "../../src/image/image.ts";
import { overlay, type OverlayOptions } from "../../src/image/overlay.ts";
import { resizeMap } from "../../src/image/resize-map.ts";
import { difference, goldenBytes, goldenFloats, goldenMap, goldenPicture } from "../support/golden-image.ts";

const map = goldenMap("opencv/map14x14relu.f32", [14, 14]);
const photo = await goldenPicture("astronaut_64x48");
const gray = (width: number, height: number, value: number): Image => ({
  data: new Uint8ClampedArray(width * height * 3).fill(value),
  width,
  height,
  channels: 3,
});

describe('overlay with compat "chollet"', () => {
  it("resizes the map as OpenCV and truncates to its bytes", () => {
    const heat = resizeMap(map, 64, 48);
    expect(difference(heat.data, goldenFloats("overlay/astronaut_heat_64x48.f32")).max).toBeLessThanOrEqual(5e-7);
    const bytes = Uint8Array.from(heat.data, (v) => Math.fround(255 * v));
    expect(difference(bytes, goldenBytes("overlay/astronaut_heat255_64x48.u8")).max).toBe(0);
  });

  it("paints OpenCV's JET", () => {
    const black = overlay(gray(64, 48, 0), map, { compat: "chollet", alpha: 1 });
    expect(difference(black.data, goldenBytes("overlay/astronaut_jet_rgb_64x48.u8")).max).toBe(0);
  });

  it("gives the article's picture, all bytes", () => {
    const { data } = overlay(photo, map, { compat: "chollet" });
    expect(difference(data, goldenBytes("overlay/astronaut_article_rgb_64x48.u8")).count).toBe(0);
    const bgr = data.map((_, i) => data[i - (i % 3) + 2 - (i % 3)]!);
    expect(difference(bgr, goldenBytes("overlay/astronaut_article_bgr_64x48.u8")).count).toBe(0);
  });

  it.each([0.3, 0.5, 0.7, 1])("gives it with weight %f", (alpha) => {
    const { data } = overlay(photo, map, { compat: "chollet", alpha });
    const file = `overlay/astronaut_alpha${alpha.toFixed(1)}_rgb_64x48.u8`;
    expect(difference(data, goldenBytes(file)).count).toBe(0);
  });
});

describe('overlay with compat "pytorch-grad-cam"', () => {
  it.each([0.5, 0.3])("mixes with image weight %f, scaled to the brightest value, within 1", (weight) => {
    const { data } = overlay(photo, map, { compat: "pytorch-grad-cam", alpha: 1 - weight });
    const { max, count } = difference(data, goldenBytes(`overlay/astronaut_mix${weight.toFixed(1)}_rgb_64x48.u8`));
    expect(max).toBeLessThanOrEqual(1);
    expect(count).toBeLessThanOrEqual(data.length / 100);
  });

  it("leaves a black picture under an all-black table black, not NaN", () => {
    const { data } = overlay(
      gray(2, 2, 0),
      { data: new Float32Array(4), width: 2, height: 2 },
      { compat: "pytorch-grad-cam", colormap: "gray" },
    );
    expect([...data]).toEqual(new Array(12).fill(0));
  });
});

describe("overlay", () => {
  const ramp: Map2D = { data: Float32Array.from({ length: 101 }, (_, i) => i / 100), width: 101, height: 1 };

  it("keeps the picture's own bytes where the map is 0", () => {
    const zeros: Map2D = { data: new Float32Array(64 * 48), width: 64, height: 48 };
    expect(overlay(photo, zeros).data).toEqual(photo.data);
  });

  it("has the full opacity from `fade` on", () => {
    const table = colorTable("turbo");
    const { data } = overlay(gray(101, 1, 100), ramp, { alpha: 0.5, fade: 0.4 });
    for (const i of [40, 70, 100]) {
      const row = Math.min(255, Math.floor(Math.fround(i / 100) * 256));
      for (let c = 0; c < 3; c++)
        expect(Math.abs(data[i * 3 + c]! - (table[row * 3 + c]! + 100) / 2)).toBeLessThanOrEqual(0.5);
    }
  });

  it("mixes evenly with fade 0", () => {
    const table = colorTable("viridis");
    const { data } = overlay(gray(101, 1, 0), ramp, { colormap: "viridis", alpha: 1, fade: 0 });
    expect([...data.slice(0, 3)]).toEqual([...table.slice(0, 3)]);
  });

  it("fits a small map to the picture and leaves picture and map as they were", () => {
    const [pixels, values] = [photo.data.slice(), map.data.slice()];
    const result = overlay(photo, map);
    expect(result).toMatchObject({ width: 64, height: 48, channels: 3 });
    expect(overlay(photo, resizeMap(map, 64, 48))).toEqual(result);
    expect(photo.data).toEqual(pixels);
    expect(map.data).toEqual(values);
  });

  it("takes gray pictures and ImageData", () => {
    const one: Image = { data: Uint8ClampedArray.of(9, 9), width: 2, height: 1, channels: 1 };
    const dom = { data: Uint8ClampedArray.of(9, 9, 9, 255, 9, 9, 9, 255), width: 2, height: 1 };
    expect(overlay(one, map)).toEqual(overlay(dom, map));
  });

  it.each<[string, OverlayOptions]>([
    ["E_INPUT_VALUE", { alpha: 1.5 }],
    ["E_INPUT_VALUE", { alpha: Number.NaN }],
    ["E_INPUT_VALUE", { fade: -1 }],
    ["E_OPTION", { colormap: "rainbow" as "jet" }],
    ["E_OPTION", { compat: "chollett" as "chollet" }],
    ["E_OPTION", { compat: "constructor" as "chollet" }],
  ])("%s for %j", (code, options) => {
    expect(() => overlay(photo, map, options)).toThrow(expect.objectContaining({ code }));
  });

  it("refuses a map with NaN instead of painting over it", () => {
    const holed = { data: Float32Array.of(0, Number.NaN), width: 2, height: 1 };
    expect(() => overlay(photo, holed)).toThrow(
      expect.objectContaining({ code: "E_NONFINITE", got: "NaN at x 1, y 0" }),
    );
  });
});
