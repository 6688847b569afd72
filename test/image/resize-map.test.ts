import { describe, expect, it } from "vitest";
import type { Map2D } from "../../src/image/image.ts";
import { type MapResize, resizeMap } from "../../src/image/resize-map.ts";
import { difference, goldenFloats, goldenJson, goldenMap } from "../support/golden-image.ts";

interface OpencvCase {
  file: string;
  dtype: string;
  kind?: "input" | "f32" | "u8";
  source: string;
  inter: string;
  width: number;
  height: number;
  shape: [number, number];
  rows?: number[];
}

interface TorchCase {
  file: string;
  source?: string;
  mode: string;
  align_corners?: boolean;
  width: number;
  height: number;
}

const opencv = (goldenJson("opencv/resize.json") as { cases: OpencvCase[] }).cases;
const torch = (goldenJson("torchvision/index.json") as { cases: TorchCase[] }).cases.filter((c) =>
  c.file.startsWith("torch/"),
);
const inputs = new Map(opencv.filter((c) => c.kind === "input").map((c) => [c.file, goldenMap(c.file, c.shape)]));

/** Only the rows that are stored. */
const rowsOf = (map: Map2D, rows?: number[]): Float32Array =>
  rows ? Float32Array.from(rows.flatMap((y) => [...map.data.subarray(y * map.width, (y + 1) * map.width)])) : map.data;

describe("resizeMap as OpenCV", () => {
  const RULES: Record<string, MapResize> = { LINEAR: "bilinear", CUBIC: "bicubic", NEAREST: "nearest" };
  const maps = opencv.filter((c) => c.kind === "f32" && c.inter in RULES);
  it("covers the stored float cases", () => expect(maps.length).toBeGreaterThanOrEqual(19));

  it.each(maps)("$inter within 5e-7: $file", ({ file, source, inter, width, height, rows }) => {
    const resized = resizeMap(inputs.get(`opencv/${source}.f32`)!, width, height, RULES[inter]);
    const { max } = difference(rowsOf(resized, rows), goldenFloats(file));
    expect(max).toBeLessThanOrEqual(inter === "NEAREST" ? 0 : 5e-7);
  });

  const { maps: nearest } = goldenJson("opencv/nearest.json") as {
    maps: { in: number; out: number; NEAREST: number[] }[];
  };
  it.each(nearest)("NEAREST picks OpenCV's samples for $in to $out", ({ in: input, out, NEAREST }) => {
    const ramp: Map2D = { data: Float32Array.from({ length: input }, (_, i) => i), width: input, height: 1 };
    expect([...resizeMap(ramp, out, 1, "nearest").data]).toEqual(NEAREST);
  });
});

describe("resizeMap as torch", () => {
  it("covers the stored cases", () => expect(torch).toHaveLength(30));

  // torch sums in f32 what we sum in f64: 1.1e-6 for one bicubic case, below 1e-6 for all others.
  it.each(torch)("$mode within 1e-6, bicubic 1.2e-6: $file", ({ file, source, mode, align_corners, width, height }) => {
    const rule = (align_corners ? "bilinear-corners" : mode) as MapResize;
    const resized = resizeMap(inputs.get(source!)!, width, height, rule);
    const { max } = difference(resized.data, goldenFloats(file));
    expect(max).toBeLessThanOrEqual(mode.startsWith("nearest") ? 0 : mode === "bicubic" ? 1.2e-6 : 1e-6);
  });
});

describe("resizeMap", () => {
  const map = inputs.get("opencv/map5x9.f32")!;

  it("returns equal values at the map's own size, by every rule", () => {
    for (const rule of ["bilinear", "bilinear-corners", "bicubic", "nearest", "nearest-exact"] as const) {
      expect(resizeMap(map, map.width, map.height, rule)).toEqual(map);
    }
  });

  it("keeps NaN where it belongs and spreads it no further than the kernel", () => {
    const holed: Map2D = { data: Float32Array.of(Number.NaN, 0, 0, 1), width: 4, height: 1 };
    const resized = resizeMap(holed, 8, 2).data;
    expect([...resized.slice(0, 8)].map(Number.isNaN)).toEqual([true, true, true, false, false, false, false, false]);
  });

  it("refuses a buffer that does not fit, and an unknown rule", () => {
    expect(() => resizeMap({ data: new Float32Array(3), width: 2, height: 2 }, 4, 4)).toThrow(
      expect.objectContaining({ code: "E_INPUT_SHAPE" }),
    );
    expect(() => resizeMap(map, 4, 4, "nearestexact" as MapResize)).toThrow(
      expect.objectContaining({ code: "E_OPTION", hint: 'did you mean "nearest-exact"?' }),
    );
  });
});
