/** Contours, boxes, masks and signed maps on pictures. */
import { describe, expect, it } from "vitest";
import { drawBoxes } from "../../src/image/draw-boxes.ts";
import { drawContours } from "../../src/image/draw-contours.ts";
import type { Image, Map2D } from "../../src/image/image.ts";
import { maskPicture } from "../../src/image/mask-picture.ts";
import { heatPicture } from "../../src/image/matrix-picture.ts";
import { overlay } from "../../src/image/overlay.ts";
import { blank, type Color } from "../../src/image/paint.ts";

const GREEN: Color = [0, 160, 0];
const photo = blank(32, 32, GREEN);

const mapOf = (value: (x: number, y: number) => number): Map2D => ({
  data: Float32Array.from({ length: 32 * 32 }, (_, i) => value(i % 32, Math.floor(i / 32))),
  width: 32,
  height: 32,
});
const pixel = ({ data, width }: Image, x: number, y: number): number[] => [
  ...data.subarray((y * width + x) * 3, (y * width + x + 1) * 3),
];

describe("drawContours", () => {
  it("draws a line of the width asked for where the map has the level, with a rim", () => {
    const image = drawContours(
      photo,
      mapOf((x) => x / 31),
      { levels: [0.5], color: [255, 0, 0], width: 2 },
    );
    const row = Array.from({ length: 32 }, (_, x) => pixel(image, x, 10));
    expect(row[15]).toEqual([255, 0, 0]);
    expect(row[16]).toEqual([255, 0, 0]);
    expect([row[14], row[17]]).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect([row[12], row[19]]).toEqual([[...GREEN], [...GREEN]]);
  });

  it("draws a circle around a peak at the radius of the level", () => {
    const cone = mapOf((x, y) => 1 - Math.hypot(x - 16, y - 16) / 16);
    const image = drawContours(photo, cone, { levels: [0.5], color: [255, 0, 0] });
    for (const [x, y] of [
      [24, 16],
      [8, 16],
      [16, 24],
      [16, 8],
    ] as const)
      expect(pixel(image, x, y)[0]).toBeGreaterThan(200);
    expect(pixel(image, 16, 16)).toEqual([...GREEN]);
  });

  it("draws nothing on a flat map, also at its own level, and leaves the picture alone", () => {
    expect(
      drawContours(
        photo,
        mapOf(() => 0.5),
      ).data,
    ).toEqual(photo.data);
    expect(photo.data).toEqual(blank(32, 32, GREEN).data);
  });

  it.each([{ levels: [NaN] }, { width: 0 }])("refuses %o", (options) => {
    expect(() =>
      drawContours(
        photo,
        mapOf(() => 0),
        options,
      ),
    ).toThrow(/expected finite levels and a width above 0/);
  });
});

describe("drawBoxes", () => {
  it("frames a box inside of its edges, with a dark rim outside, and leaves its middle alone", () => {
    const image = drawBoxes(photo, [{ x: 8, y: 8, width: 16, height: 12 }], { width: 2 });
    expect([pixel(image, 8, 8), pixel(image, 9, 15), pixel(image, 23, 19)]).toEqual(new Array(3).fill([255, 255, 255]));
    expect([pixel(image, 7, 8), pixel(image, 10, 12), pixel(image, 24, 12)]).toEqual(new Array(3).fill([0, 0, 0]));
    expect(pixel(image, 16, 14)).toEqual([...GREEN]);
  });

  it("writes names into boxes and cuts what lies outside of the picture", () => {
    const box = { x: -4, y: -4, width: 60, height: 60 };
    const named = drawBoxes(photo, [box], { labels: ["cat"] });
    expect(named.data).not.toEqual(drawBoxes(photo, [box]).data);
    expect(named.data.length).toBe(photo.data.length);
  });
});

describe("maskPicture", () => {
  it("shows pixels by their value", () => {
    const image = maskPicture(
      photo,
      mapOf((x) => x / 31),
    );
    expect(pixel(image, 0, 3)).toEqual([0, 0, 0]);
    expect(pixel(image, 31, 3)).toEqual([...GREEN]);
    expect(pixel(image, 15, 3)[1]).toBe(Math.round((160 * 15) / 31));
  });

  it("with a threshold cuts at that fraction of the maximum and dims the rest", () => {
    const image = maskPicture(
      photo,
      mapOf((x) => x / 62),
      { threshold: 0.5, rest: 0.25 },
    );
    expect(pixel(image, 15, 3)).toEqual([0, 40, 0]);
    expect(pixel(image, 16, 3)).toEqual([...GREEN]);
  });

  it("shows nothing for a blank map, whatever the threshold", () => {
    expect(
      new Set(
        maskPicture(
          photo,
          mapOf(() => 0),
          { threshold: 0.5, rest: 0 },
        ).data,
      ),
    ).toEqual(new Set([0]));
  });

  it("refuses fractions outside of 0 … 1", () => {
    expect(() =>
      maskPicture(
        photo,
        mapOf(() => 0),
        { threshold: 2 },
      ),
    ).toThrow(/threshold: expected a number from 0 to 1/);
  });
});

describe("signed maps", () => {
  const slope = mapOf((x) => (x - 16) / 16);

  it("are red above 0, blue below, and leave the picture's bytes where they are 0", () => {
    const image = overlay(photo, slope, { signed: true, alpha: 1 });
    expect(pixel(image, 0, 0)).toEqual([0, 0, 255]);
    expect(pixel(image, 16, 0)).toEqual([...GREEN]);
    const [red, , blue] = pixel(image, 31, 0) as [number, number, number];
    expect(red).toBeGreaterThan(240);
    expect(blue).toBe(0);
  });

  it("are symmetric: equal distances from 0 are painted equally strongly", () => {
    const image = overlay(photo, slope, { signed: true });
    for (let d = 1; d < 16; d++) {
      expect(pixel(image, 16 + d, 5)[0]).toBe(pixel(image, 16 - d, 5)[2]);
    }
  });

  it("alone have the middle of a diverging table at 0", () => {
    const middle = pixel(heatPicture(slope, { signed: true }), 16, 0);
    expect(middle.every((byte) => byte > 240)).toBe(true);
  });
});
