import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { COLORMAPS, colorize, type ColormapName, colorTable } from "../../src/image/colormap.ts";
import { roundHalfEven } from "../../src/image/geometry.ts";
import { goldenBytes, goldenJson } from "../support/golden-image.ts";

const files = readdirSync(new URL("../golden/image/colormaps/", import.meta.url)).filter((file) =>
  file.endsWith(".u8"),
);

/** matplotlib_viridis.u8 → viridis, opencv_jet.u8 → opencv-jet, but cividis and parula exist once. */
function nameOf(file: string): ColormapName {
  const [library, name] = file.replace(".u8", "").split("_") as [string, string];
  const plain = library === "matplotlib" || !COLORMAPS.includes(`opencv-${name}` as ColormapName);
  return (plain ? name : `opencv-${name}`) as ColormapName;
}

describe("colour tables", () => {
  it.each(files)("equal the library's bytes: %s", (file) => {
    expect(colorTable(nameOf(file))).toEqual(goldenBytes(`colormaps/${file}`));
  });

  it("are all covered by a stored table", () => {
    expect(files.map(nameOf).sort()).toEqual([...COLORMAPS].sort());
  });

  it("OpenCV's JET follows its formula but for one byte", () => {
    const table = colorTable("opencv-jet");
    const deviations: number[][] = [];
    for (let i = 0; i < 256; i++) {
      for (let c = 0; c < 3; c++) {
        const formula = roundHalfEven(Math.min(255, Math.max(0, 382.5 - Math.abs(4 * i - 255 * (3 - c)))));
        if (table[i * 3 + c] !== formula) deviations.push([i, c, table[i * 3 + c]!, formula]);
      }
    }
    expect(deviations).toEqual([[159, 2, 1, 2]]);
  });

  it("stay small: at most 3 kB gzipped for all of them", () => {
    const source = readFileSync(new URL("../../src/image/colormap-tables.ts", import.meta.url));
    expect(gzipSync(source, { level: 9 }).length).toBeLessThanOrEqual(3000);
  });

  it("are explained when the name is wrong", () => {
    expect(() => colorTable("virdis" as ColormapName)).toThrow(
      expect.objectContaining({ code: "E_OPTION", hint: 'did you mean "viridis"?' }),
    );
    expect(() => colorTable("toString" as ColormapName)).toThrow(expect.objectContaining({ code: "E_OPTION" }));
  });
});

describe("colorize", () => {
  it("chooses rows as matplotlib does, out-of-range values and NaN included", () => {
    const { x, rgba } = goldenJson("colormaps/matplotlib_float_input.json") as {
      x: (number | null)[];
      rgba: number[][];
    };
    const data = Float32Array.from(x, (value) => value ?? Number.NaN);
    const { data: pixels } = colorize({ data, width: x.length, height: 1 }, "viridis");
    x.forEach((value, i) => {
      expect([...pixels.slice(i * 3, i * 3 + 3)], `x = ${value}`).toEqual(rgba[i]!.slice(0, 3));
    });
  });
});
