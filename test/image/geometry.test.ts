import { describe, expect, it } from "vitest";
import { inputGeometry, placeMap, roundHalfEven } from "../../src/image/geometry.ts";
import type { Map2D } from "../../src/image/image.ts";
import { resizeMap } from "../../src/image/resize-map.ts";
import { difference, goldenFloats, goldenJson, goldenMap } from "../support/golden-image.ts";

interface Row {
  in: [number, number];
  resize: number;
  resized: [number, number];
  crop?: number;
  left?: number;
  top?: number;
}

const { rows } = goldenJson("torchvision/geometry.json") as { rows: Row[] };
const map14 = goldenMap("opencv/map14x14.f32", [14, 14]);

/** A map with 1 in one cell. */
function spot(width: number, height: number, x: number, y: number): Map2D {
  const data = new Float32Array(width * height);
  data[y * width + x] = 1;
  return { data, width, height };
}

/** Centre of mass in pixels. */
function center({ data, width }: Map2D): [x: number, y: number] {
  let [sum, x, y] = [0, 0, 0];
  data.forEach((value, i) => {
    sum += value;
    x += value * ((i % width) + 0.5);
    y += value * (Math.floor(i / width) + 0.5);
  });
  return [x / sum, y / sum];
}

describe("inputGeometry", () => {
  it.each(rows)(
    "is torchvision's Resize($resize) and CenterCrop($crop) of $in",
    ({ in: [width, height], resize, resized, crop, left, top }) => {
      const geometry = inputGeometry(width, height, {
        size: [crop ?? resize, crop ?? resize],
        fit: "crop",
        shortSide: resize,
      });
      expect([geometry.resized.width, geometry.resized.height]).toEqual(resized);
      if (crop) expect([geometry.left, geometry.top]).toEqual([left, top]);
    },
  );

  it("refuses a strip of which crop would make one of billions of pixels; squash takes it", () => {
    const size = [224, 224] as const;
    expect(() => inputGeometry(5e7, 1, { size, fit: "crop" })).toThrow(
      expect.objectContaining({ code: "E_IMAGE_TOO_LARGE" }),
    );
    expect(inputGeometry(4681, 1, { size, fit: "crop" }).resized.width).toBe(4681 * 224);
    expect(inputGeometry(5e7, 1, { size, fit: "squash" }).resized.width).toBe(224);
  });

  it("squash sees all of the picture", () => {
    expect(inputGeometry(451, 300, { size: [224, 224], fit: "squash" }).window).toEqual({
      x: 0,
      y: 0,
      width: 451,
      height: 300,
    });
  });

  it("crop without a short side covers the input exactly and keeps the aspect", () => {
    const { resized, left, top, window } = inputGeometry(400, 200, { size: [100, 100], fit: "crop" });
    expect({ resized, left, top }).toEqual({ resized: { width: 200, height: 100 }, left: 50, top: 0 });
    expect(window).toEqual({ x: 100, y: 0, width: 200, height: 200 });
  });

  it("pad shows all of the picture, bars where it does not reach", () => {
    const { resized, left, top, window } = inputGeometry(400, 200, { size: [100, 100], fit: "pad" });
    expect({ resized, left, top }).toEqual({ resized: { width: 100, height: 50 }, left: 0, top: -25 });
    expect(window).toEqual({ x: 0, y: -100, width: 400, height: 400 });
  });

  it("keeps at least one pixel of a line-shaped picture", () => {
    expect(inputGeometry(10_000, 1, { size: [224, 224], fit: "pad" }).resized).toEqual({ width: 224, height: 1 });
  });
});

describe("placeMap", () => {
  it("is OpenCV's resize when the model saw all of the picture", () => {
    const placed = placeMap(map14, { size: [224, 224], fit: "squash" }, 97, 61);
    expect(difference(placed.data, goldenFloats("opencv/map14x14_linear_97x61.f32")).max).toBeLessThanOrEqual(5e-7);
    expect(placed).toEqual(resizeMap(map14, 97, 61));
  });

  it.each([
    [640, 480, "crop", 256],
    [300, 451, "crop", undefined],
    [640, 480, "pad", undefined],
    [451, 300, "squash", undefined],
  ] as const)("puts a spot of the input back where it came from: %i×%i %s", (width, height, fit, shortSide) => {
    const rule = { size: [224, 224] as const, fit, ...(shortSide && { shortSide }) };
    const [x, y] = center(placeMap(spot(56, 56, 20, 30), rule, width, height));
    const { window } = inputGeometry(width, height, rule);
    expect(x).toBeCloseTo(window.x + (20.5 / 56) * window.width, 1);
    expect(y).toBeCloseTo(window.y + (30.5 / 56) * window.height, 1);
  });

  it("is 0 outside of what the model has seen", () => {
    const ones: Map2D = { data: new Float32Array(49).fill(1), width: 7, height: 7 };
    const placed = placeMap(ones, { size: [100, 100], fit: "crop" }, 400, 200);
    const row = [...placed.data.slice(0, 400)];
    expect(row.indexOf(1)).toBe(100);
    expect(row.lastIndexOf(1)).toBe(299);
    expect(row.every((value) => value === 0 || value === 1)).toBe(true);
  });
});

it("roundHalfEven is Python's round", () => {
  expect([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.4999, 2.5001].map(roundHalfEven)).toEqual([-2, -2, 0, 0, 2, 2, 2, 3]);
});
