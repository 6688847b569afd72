/** The page of a report paints what `overlay` paints, from the small map alone. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Explanation, explain, type Image, loadModel, type Model, overlay, readImage } from "../../src/node.ts";
import { colorTable } from "../../src/image/colormap.ts";
import { packPicture } from "./pack.ts";
import { chosen } from "../../src/report-page/choice.ts";
import { heatPixels } from "../../src/report-page/heat.ts";
import { number, percent } from "../../src/report-page/text.ts";
import { valuesOf } from "../../src/report-page/unpack.ts";
import type { PageMap } from "../../src/report/page-data.ts";

let cat: Image;

beforeAll(async () => {
  cat = await readImage("examples/cat.jpg");
});

describe.each(["squash", "crop", "pad"] as const)('a picture that is fitted by "%s"', (fit) => {
  let model: Model;
  let explanation: Explanation;
  beforeAll(async () => {
    model = await loadModel(undefined, { fit });
    explanation = await explain(model, cat);
  });
  afterAll(() => model.dispose());

  it("is painted as overlay does it, to two levels of 255", async () => {
    const { window, maps, width, height } = await packPicture(explanation, cat);
    expect([width, height]).toEqual([cat.width, cat.height]);
    const [{ raw, sign }] = maps as [PageMap];
    const grid = { values: valuesOf(raw), width: raw.width, height: raw.height, sign };
    const heat = heatPixels(grid, colorTable("turbo"), window, width, height);
    const expected = overlay(cat, explanation.map);
    let worst = 0;
    for (let i = 0; i < width * height; i++) {
      const opacity = (heat[i * 4 + 3]! / 255) * 0.6;
      for (let c = 0; c < 3; c++) {
        const mixed = heat[i * 4 + c]! * opacity + cat.data[i * 3 + c]! * (1 - opacity);
        worst = Math.max(worst, Math.abs(mixed - expected.data[i * 3 + c]!));
      }
    }
    expect(worst).toBeLessThanOrEqual(2);
  });
});

describe("the page", () => {
  const map = (method: string, layer: string, label: string): PageMap =>
    ({ method, layer, target: { label } }) as PageMap;
  const maps = [map("a", "1", "x"), map("a", "1", "y"), map("b", "1", "y"), map("b", "2", "x")];

  it("keeps what was chosen last when a combination was not made, and of the rest as much as there is", () => {
    expect(chosen(maps, { method: "a", layer: "1", target: "y" })).toBe(1);
    expect(chosen(maps, { method: "b", layer: "1", target: "x" }, "method")).toBe(2);
    expect(chosen(maps, { method: "a", layer: "2", target: "x" }, "layer")).toBe(3);
  });

  it("writes numbers with as many digits as mean something", () => {
    expect([0, 0.123456, -12.3456, 1e-7, 123456].map(number)).toEqual([
      "0",
      "0.1235",
      "−12.35",
      "1.00·10^−7",
      "123500",
    ]);
    expect([0, 0.798, 0.0093, 0.0000123, 1e-9].map(percent)).toEqual([
      "0.0 %",
      "79.8 %",
      "0.93 %",
      "0.001 %",
      "< 0.001 %",
    ]);
  });
});
