import { describe, expect, it } from "vitest";
import { halfBlocks } from "../../src/image/half-block.ts";
import type { Image } from "../../src/image/image.ts";
import { goldenPicture } from "../support/golden-image.ts";

describe("halfBlocks", () => {
  it("shows two pixels per character, upper and lower, and only changes of colour", () => {
    const data = Uint8ClampedArray.of(255, 0, 0, 255, 0, 0, 0, 0, 255, 0, 255, 0);
    const image: Image = { data, width: 2, height: 2, channels: 3 };
    expect(halfBlocks(image)).toBe("\x1b[38;2;255;0;0m\x1b[48;2;0;0;255m▀\x1b[48;2;0;255;0m▀\x1b[0m\n");
  });

  it("keeps the aspect within columns and rows", async () => {
    const picture = await goldenPicture("chelsea_128x96");
    const size = (text: string): [number, number] => {
      const lines = text.split("\n").slice(0, -1);
      return [lines[0]!.split("▀").length - 1, lines.length];
    };
    expect(size(halfBlocks(picture, { columns: 64 }))).toEqual([64, 24]);
    expect(size(halfBlocks(picture, { columns: 200 }))).toEqual([128, 48]);
    expect(size(halfBlocks(picture, { columns: 64, rows: 12 }))).toEqual([32, 12]);
  });

  it("refuses a width that is not a positive integer", async () => {
    const picture = await goldenPicture("chelsea_128x96");
    expect(() => halfBlocks(picture, { columns: 0 })).toThrow(expect.objectContaining({ code: "E_INPUT_SHAPE" }));
  });
});
