import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type Box, type Filter, resizeImage } from "../../src/image/resize-image.ts";
import { pillowNearest } from "../../src/image/sampling.ts";
import { difference, goldenBytes, goldenJson, goldenPicture } from "../support/golden-image.ts";

interface ResizeCase {
  file: string;
  source: string;
  mode: "L" | "RGB" | "RGBA";
  filter: string;
  width: number;
  height: number;
  box?: Box;
}

const CHANNELS = { L: 1, RGB: 3, RGBA: 4 } as const;
const cases = (goldenJson("pillow/resize.json") as { cases: ResizeCase[] }).cases;

describe("resizeImage", () => {
  it.each(cases)("gives Pillow's bytes: $file", async ({ file, source, mode, filter, ...rest }) => {
    const picture = await goldenPicture(source, CHANNELS[mode]);
    const resized = resizeImage(picture, { filter: filter.toLowerCase() as Filter, ...rest });
    expect(resized.data.length).toBe(rest.width * rest.height * CHANNELS[mode]);
    expect(difference(resized.data, goldenBytes(file)).max).toBe(0);
  });

  it.each(["bilinear", "bicubic"] as const)(
    "gives torchvision's bytes: Resize(72, %s), CenterCrop(64)",
    async (filter) => {
      const picture = await goldenPicture("chelsea_128x96");
      const whole = resizeImage(picture, { width: 96, height: 72, filter });
      expect(difference(whole.data, goldenBytes(`torchvision/chelsea_resize72_${filter}.u8`)).max).toBe(0);
      const region = { x: 16, y: 4, width: 64, height: 64 };
      const crop = resizeImage(picture, { width: 96, height: 72, filter, region });
      expect(difference(crop.data, goldenBytes(`torchvision/chelsea_resize72_crop64_${filter}.u8`)).max).toBe(0);
    },
  );

  it("computes a region exactly as a crop of the whole result", async () => {
    const picture = await goldenPicture("chelsea_128x96");
    for (const filter of ["nearest", "bilinear", "lanczos"] as const) {
      const whole = resizeImage(picture, { width: 90, height: 70, filter });
      const region = resizeImage(picture, {
        width: 90,
        height: 70,
        filter,
        region: { x: 7, y: 11, width: 40, height: 30 },
      });
      const crop = resizeImage(whole, { width: 40, height: 30, filter: "nearest", box: [7, 11, 47, 41] });
      expect(region).toEqual(crop);
    }
  });

  it("leaves the picture it was given as it was", async () => {
    const picture = await goldenPicture("checker_rgba_50x37", 4);
    const before = picture.data.slice();
    resizeImage(picture, { width: 9, height: 9 });
    expect(picture.data).toEqual(before);
  });

  it("names the nearest filter when one is misspelt", async () => {
    const picture = await goldenPicture("gradient_97x61");
    expect(() => resizeImage(picture, { width: 2, height: 2, filter: "biliner" as Filter })).toThrow(
      expect.objectContaining({ code: "E_OPTION", hint: 'did you mean "bilinear"?' }),
    );
  });

  it("refuses a box outside of the picture and sizes that are not positive integers", async () => {
    const picture = await goldenPicture("gradient_97x61");
    expect(() => resizeImage(picture, { width: 2, height: 2, box: [0, 0, 98, 61] })).toThrow(
      expect.objectContaining({ code: "E_INPUT_VALUE" }),
    );
    for (const width of [0, 1.5, Number.NaN, -3]) {
      expect(() => resizeImage(picture, { width, height: 2 })).toThrow(
        expect.objectContaining({ code: "E_INPUT_SHAPE" }),
      );
    }
  });
});

describe("Pillow's NEAREST index map", () => {
  const { maps } = goldenJson("pillow/nearest.json") as { maps: { in: number; out: number; index: number[] }[] };
  it.each(maps)("is the accumulated form for $in to $out", ({ in: input, out, index }) => {
    expect([...pillowNearest(out, 0, input)]).toEqual(index);
  });

  const { groups } = goldenJson("pillow/nearest_digests.json") as {
    groups: { name: string; sha256: string; pairs: number }[];
  };
  it.each(groups)("has the digest of all pairs: $name", ({ name, sha256, pairs }) => {
    const [, inputs, fixed] = /^in 1\.\.(\d+).*?out (?:1\.\.)?(\d+)$/.exec(name)!.map(Number);
    const hash = createHash("sha256");
    let seen = 0;
    for (let input = 1; input <= inputs!; input++) {
      for (let out = name.includes("out 1..") ? 1 : fixed!; out <= fixed!; out++, seen++) {
        hash.update(new Uint8Array(Uint16Array.from(pillowNearest(out, 0, input)).buffer));
      }
    }
    expect(seen).toBe(pairs);
    expect(hash.digest("hex")).toBe(sha256);
  });
});
