import { describe, expect, it } from "vitest";
import { FONT } from "../../src/image/font-table.ts";
import type { Image } from "../../src/image/image.ts";
import { BLACK, blank, type Color, WHITE } from "../../src/image/paint.ts";
import { drawText, fitText, textWidth } from "../../src/image/text.ts";

const written = (text: string, size = 9, background: Color = WHITE, halo?: Color): Image => {
  const image = blank(80, 24, background);
  drawText(image, text, 4, 4, { color: BLACK, size, ...(halo && { halo }) });
  return image;
};

/** Rows of the picture around the text as "#" and ".". */
const art = ({ data, width }: Image, columns: number): string[] =>
  Array.from({ length: 9 }, (_, y) =>
    Array.from({ length: columns }, (_, x) => (data[((y + 4) * width + x + 4) * 3]! < 128 ? "#" : ".")).join(""),
  );

describe("drawText", () => {
  it("writes glyphs of the font one after the other, descenders below the baseline", () => {
    expect(art(written("Lg"), 10)).toEqual([
      "#.........",
      "#.........",
      "#......###",
      "#.....#..#",
      "#.....#..#",
      "#.....#..#",
      "#####..###",
      ".........#",
      ".......##.",
    ]);
  });

  it("has a different glyph for every character that can be typed", () => {
    const typed = Array.from({ length: 0x7f - 0x21 }, (_, i) => String.fromCharCode(0x21 + i));
    expect(typed.filter((character) => !FONT.characters.includes(character))).toEqual([]);
    const pictures = typed.map((character) => written(character).data.join());
    expect(new Set(pictures).size).toBe(typed.length);
  });

  it("leaves accents out and shows a question mark for what the font lacks", () => {
    expect(written("crème").data).toEqual(written("creme").data);
    expect(written("猫").data).toEqual(written("?").data);
    expect(written("🐈").data).toEqual(written("?").data);
  });

  it("makes letters as large as asked for", () => {
    const ink = (size: number): number => written("H", size).data.filter((byte) => byte < 128).length / 3;
    expect(ink(18) / ink(9)).toBeCloseTo(4, 5);
  });

  it("is legible on its own colour with a halo, and invisible without", () => {
    expect(new Set(written("cat", 9, BLACK).data)).toEqual(new Set([0]));
    expect(new Set(written("cat", 9, BLACK, WHITE).data)).toEqual(new Set([0, 255]));
  });

  it("leaves out what would lie outside of the picture", () => {
    const image = blank(6, 6, WHITE);
    drawText(image, "wide", -3, -4, { color: BLACK, size: 18, halo: WHITE });
    expect(image.data.length).toBe(6 * 6 * 3);
    expect(image.data.some((byte) => byte < 128)).toBe(true);
  });
});

describe("fitText", () => {
  it("keeps a text that fits", () => {
    expect(fitText("cat", 9, textWidth("cat", 9))).toBe("cat");
  });

  it("shortens another to what fits, with an ellipsis", () => {
    const short = fitText("integrated-gradients", 9, 60);
    expect(short).toMatch(/^integ.*…$/);
    expect(textWidth(short, 9)).toBeLessThanOrEqual(60);
  });
});
