import { describe, expect, it } from "vitest";
import type { Image } from "../../src/image/image.ts";
import { type Preprocess, preprocess } from "../../src/image/preprocess.ts";
import { inGray, PRESET_NAMES, type PresetName, resolvePreprocess } from "../../src/image/presets.ts";
import { resample } from "../../src/image/resize-map.ts";
import { antialiased } from "../../src/image/sampling.ts";
import { codeOf } from "../support/error-code.ts";
import { difference, goldenFloats, goldenPicture } from "../support/golden-image.ts";

/** [C, H, W] to [H, W, C]. */
function channelsLast(planes: Float32Array, channels: number): Float32Array {
  const area = planes.length / channels;
  return planes.map((_, i) => planes[(i % channels) * area + Math.floor(i / channels)]!);
}

/** All 256 bytes in every channel. */
const everyByte: Image = {
  data: Uint8ClampedArray.from({ length: 256 * 3 }, (_, i) => Math.floor(i / 3)),
  width: 16,
  height: 16,
  channels: 3,
};

describe("preprocess as torchvision", () => {
  it.each(["bilinear", "bicubic"] as const)(
    "Resize(72, %s), CenterCrop(64), ToTensor, Normalize: equal bits",
    async (resize) => {
      const picture = await goldenPicture("chelsea_128x96");
      const spec = resolvePreprocess(
        { ...resolvePreprocess("torchvision"), resize },
        { size: [64, 64], shortSide: 72 },
      );
      const { data, shape } = preprocess(picture, spec);
      expect(shape).toEqual([1, 64, 64, 3]);
      const expected = channelsLast(goldenFloats(`torchvision/chelsea_resize72_crop64_${resize}_norm.f32`), 3);
      expect(difference(data, expected).max).toBe(0);
    },
  );

  it("resizes tensors without antialiasing as interpolate(antialias=False)", async () => {
    const picture = await goldenPicture("chelsea_128x96");
    const { data } = preprocess(picture, { ...resolvePreprocess("none"), antialias: false, size: [72, 96] });
    const row = data.slice(20 * 96 * 3, 21 * 96 * 3);
    const expected = channelsLast(goldenFloats("torchvision/chelsea_tensor_bilinear_aa0_row20.f32"), 3);
    expect(difference(row, expected).max).toBeLessThanOrEqual(255 * 1e-6);
  });

  it("is within one byte of the antialiased tensor path, whose weights are Pillow's without rounding", async () => {
    const picture = await goldenPicture("chelsea_128x96");
    const expected = channelsLast(goldenFloats("torchvision/chelsea_tensor_bilinear_aa1_row20.f32"), 3);
    const { data } = preprocess(picture, resolvePreprocess("none", { size: [72, 96] }));
    expect(difference(data.slice(20 * 96 * 3, 21 * 96 * 3), expected).max).toBeLessThanOrEqual(1);
    const red = {
      data: Float32Array.from({ length: 128 * 96 }, (_, i) => picture.data[i * 3]!),
      width: 128,
      height: 96,
    };
    const exact = resample(red, antialiased(128, 96, "bilinear"), antialiased(96, 72, "bilinear"));
    expect(
      difference(
        exact.data.slice(20 * 96, 21 * 96),
        expected.filter((_, i) => i % 3 === 0),
      ).max,
    ).toBeLessThanOrEqual(255 * 1e-6);
  });
});

describe("presets", () => {
  const f = Math.fround;
  const mean = [0.485, 0.456, 0.406].map(f);
  const std = [0.229, 0.224, 0.225].map(f);
  /** What each family computes, one f32 rounding per step, for byte x of output channel c. */
  const FORMULAS: Record<PresetName, (x: number, c: number) => number> = {
    caffe: (x, c) => f(x - f([103.939, 116.779, 123.68][c]!)),
    tf: (x) => f(f(x / 127.5) - 1),
    torch: (x, c) => f(f(f(x / 255) - mean[c]!) / std[c]!),
    torchvision: (x, c) => f(f(f(x / 255) - mean[c]!) / std[c]!),
    efficientnet: (x) => x,
    "efficientnet-lite": (x) => (x - 127) / 128,
    unit: (x) => f(x / 255),
    none: (x) => x,
  };

  it.each(PRESET_NAMES)("%s gives the family's own f32 bits for all 256 bytes", (name) => {
    const { data } = preprocess(everyByte, resolvePreprocess(name, { size: [16, 16], fit: "squash", shortSide: 16 }));
    expect([...data]).toEqual(Array.from(data, (_, i) => f(FORMULAS[name](Math.floor(i / 3), i % 3))));
  });

  it("caffe reverses the channels", () => {
    const red: Image = { data: Uint8ClampedArray.of(255, 10, 0), width: 1, height: 1, channels: 3 };
    const { data } = preprocess(red, resolvePreprocess("caffe", { size: [1, 1] }));
    expect([...data]).toEqual([-103.939, 10 - 116.779, 255 - 123.68].map(f));
  });

  it("gray input is Pillow's luminance", async () => {
    const gray = await goldenPicture("coffee_97x61", 1);
    const spec: Preprocess = { ...resolvePreprocess("none"), channels: "gray", mean: [0], std: [1], size: [61, 97] };
    const { data, shape } = preprocess(await goldenPicture("coffee_97x61"), spec);
    expect(shape).toEqual([1, 61, 97, 1]);
    expect([...data]).toEqual([...gray.data]);
  });

  it("are found by name, and a misspelt one is explained", () => {
    expect(() => resolvePreprocess("cafe" as PresetName)).toThrow(
      expect.objectContaining({ code: "E_OPTION", hint: 'did you mean "caffe"?' }),
    );
  });
});

describe("preprocess", () => {
  it("pads with zeros: the mean colour", () => {
    const wide: Image = { data: new Uint8ClampedArray(8 * 4 * 3).fill(255), width: 8, height: 4, channels: 3 };
    const { data } = preprocess(wide, resolvePreprocess("torch", { size: [8, 8], fit: "pad" }));
    const rows = Array.from({ length: 8 }, (_, y) => data.slice(y * 24, (y + 1) * 24).some((v) => v !== 0));
    expect(rows).toEqual([false, false, true, true, true, true, false, false]);
  });

  it("sees alpha over white and takes ImageData as it comes from a canvas", () => {
    const clear = { data: new Uint8ClampedArray(4 * 4 * 4), width: 4, height: 4 };
    const { data } = preprocess(clear, resolvePreprocess("none", { size: [2, 2] }));
    expect([...data]).toEqual(new Array(12).fill(255));
  });

  it.each([
    ["E_OPTION", { resize: "cubic" }],
    ["E_OPTION", { fit: "stretch" }],
    ["E_OPTION", { channels: "rgba" }],
    ["E_OPTION", { resize: "lanczos", antialias: false }],
    ["E_INPUT_VALUE", { size: [224] }],
    ["E_INPUT_VALUE", { size: [0, 224] }],
    ["E_INPUT_VALUE", { fit: "crop", shortSide: 200 }],
    ["E_INPUT_VALUE", { std: [1, 0, 1] }],
    ["E_INPUT_VALUE", { mean: [1] }],
    ["E_INPUT_VALUE", { scale: Number.NaN }],
    ["E_INPUT_VALUE", { size: null }],
    ["E_INPUT_VALUE", { mean: 5 }],
    ["E_INPUT_VALUE", { std: [1, [[1]], 1] }],
    ["E_INPUT_VALUE", { fit: 5 }],
    ["E_INPUT_VALUE", { resize: {} }],
    ["E_INPUT_VALUE", { channels: undefined }],
    ["E_INPUT_VALUE", { antialias: "no" }],
    ["E_INPUT_VALUE", { shortSide: null }],
    ["E_INPUT_VALUE", { scale: "1" }],
    ["E_IMAGE_TOO_LARGE", { fit: "crop", shortSide: 1e9 }],
  ])("%s for %j", (code, wrong) => {
    const spec = { ...resolvePreprocess("none"), ...wrong } as unknown as Preprocess;
    expect(() => preprocess(everyByte, spec)).toThrow(expect.objectContaining({ code }));
  });
});

describe("a network with one channel", () => {
  it("takes presets that treat all channels alike, as luminance", () => {
    const spec = inGray("tf");
    expect(spec).toMatchObject({ channels: "gray", mean: [1], std: [1], scale: 1 / 127.5 });
    const { data, shape } = preprocess(everyByte, { ...(spec as Preprocess), size: [16, 16] });
    expect(shape).toEqual([1, 16, 16, 1]);
    expect(data[255]).toBe(1);
  });

  it.each(["caffe", "torch"] as const)("refuses %s, whose channels differ", async (name) => {
    expect(await codeOf(() => inGray(name))).toBe("E_OPTION");
  });
});
