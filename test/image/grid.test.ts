import { describe, expect, it } from "vitest";
import { GradCamError } from "../../src/errors.ts";
import { colorTable } from "../../src/image/colormap.ts";
import { drawFigure, type Figure, type FigurePicture } from "../../src/image/figure.ts";
import { grid } from "../../src/image/grid.ts";
import { blank, type Color } from "../../src/image/paint.ts";
import { toSvg } from "../../src/image/svg.ts";

const RED: Color = [200, 10, 20];
const panel = (label: string) => ({ image: blank(8, 4, RED), label, note: `note of ${label}` });
const picturesOf = ({ items }: Figure): FigurePicture[] => items.filter((item) => item.kind === "picture");
const textsOf = ({ items }: Figure): string[] => items.flatMap((item) => (item.kind === "text" ? [item.text] : []));

describe("grid", () => {
  it("places panels in reading order, keeps their aspect and leaves a gap between them", () => {
    const figure = grid(["a", "b", "c"].map(panel), { columns: 2, panelWidth: 100 });
    const [a, b, c] = picturesOf(figure);
    expect(a).toMatchObject({ width: 100, height: 50 });
    expect(b!.y).toBe(a!.y);
    expect(b!.x).toBeGreaterThan(a!.x + a!.width);
    expect(c!.x).toBe(a!.x);
    expect(c!.y).toBeGreaterThan(a!.y + a!.height);
    expect(figure.width).toBeGreaterThan(b!.x + b!.width);
    expect(figure.height).toBeGreaterThan(c!.y + c!.height);
    expect(textsOf(figure)).toEqual(["a", "note of a", "b", "note of b", "c", "note of c"]);
  });

  it.each([
    [4, 2],
    [6, 3],
    [7, 3],
    [9, 3],
  ])("lays %i squares out in %i columns: near 3 to 2, in even rows", (count, columns) => {
    const square = { image: blank(8, 8, RED) };
    const pictures = picturesOf(
      grid(
        Array.from({ length: count }, () => square),
        { panelWidth: 100 },
      ),
    );
    expect(pictures.filter(({ y }) => y === pictures[0]!.y)).toHaveLength(columns);
  });

  it("paints every panel in its place and nothing outside", () => {
    const figure = grid([panel("a"), panel("b")], { columns: 2, panelWidth: 16 });
    const { data, width } = drawFigure(figure);
    const reds = picturesOf(figure).reduce((sum, place) => sum + place.width * place.height, 0);
    let found = 0;
    for (let i = 0; i < data.length; i += 3) if (data[i] === RED[0] && data[i + 1] === RED[1]) found++;
    expect(found).toBe(reds);
    const [first] = picturesOf(figure);
    expect([...data.subarray((first!.y * width + first!.x) * 3).subarray(0, 3)]).toEqual(RED);
  });

  it("draws a colour bar with all colours of the table and the numbers at its ends", () => {
    const figure = grid([panel("a")], { colorBar: { colormap: "turbo", low: "0", high: "1", caption: "share" } });
    const bar = picturesOf(figure).at(-1)!;
    const table = colorTable("turbo");
    const { data, width } = drawFigure(figure);
    const row = data.subarray((bar.y * width + bar.x) * 3).subarray(0, bar.width * 3);
    expect([...row.subarray(0, 3)].map((byte, c) => Math.abs(byte - table[c]!) < 4)).toEqual([true, true, true]);
    expect(textsOf(figure)).toEqual(expect.arrayContaining(["0", "1"]));
  });

  it("shortens labels that are wider than their panel", () => {
    const figure = grid([{ image: blank(8, 4, RED), label: "a rather long name of a method" }], { panelWidth: 60 });
    expect(textsOf(figure)[0]).toMatch(/^a rat.*…$/);
  });

  it("refuses to be empty", () => {
    expect(() => grid([])).toThrow(GradCamError);
  });
});

describe("toSvg", () => {
  it("keeps text as text, escaped, and embeds every picture", async () => {
    const svg = await toSvg(grid([{ image: blank(8, 4, RED), label: '<b> & "c"\u0007' }], { panelWidth: 200 }));
    expect(svg).toContain(">&lt;b&gt; &amp; &quot;c&quot;</text>");
    expect(svg.match(/href="data:image\/png;base64,/g)).toHaveLength(1);
    expect(svg).not.toContain("\u0007");
    expect(svg).not.toMatch(/href="(?!data:)|<script/);
  });

  it("takes a picture alone", async () => {
    expect(await toSvg(blank(8, 4, RED))).toMatch(/^<svg [^>]*width="8" height="4" viewBox="0 0 8 4"/);
  });
});
