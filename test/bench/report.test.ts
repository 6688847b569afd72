/** What is generated from bench/results/ is up to date (npm run bench:report), and nothing else is said about speed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { drawChart } from "../../bench/report/chart.ts";
import { generatedFiles } from "../../bench/report/files.ts";
import { replacePart } from "../../bench/report/markers.ts";
import { ROOT } from "../support/package.ts";

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

describe("the generated files", async () => {
  const files = await generatedFiles(read);

  it.each(Object.keys(files))("%s says what bench/results says: npm run bench:report", (path) => {
    expect(read(path)).toBe(files[path]);
  });
});

describe("the README", () => {
  it("calls nothing faster outside of what is generated", () => {
    const page = read("README.md");
    const rest =
      page.slice(0, page.indexOf("<!-- bench:speed -->")) + page.slice(page.indexOf("<!-- /bench:speed -->"));
    expect(rest).not.toMatch(/\b(faster|fastest|quicker)\b/i);
  });
});

describe("a generated part", () => {
  it("replaces what stands between its markers and leaves the rest alone", async () => {
    const page = "# Title\n\n<!-- bench:a -->\n\nold\n\n<!-- /bench:a -->\n\nend\n";
    expect(await replacePart(page, "a", "new", "x.md")).toBe(page.replace("old", "new"));
  });

  it("needs its markers", async () => {
    await expect(Promise.resolve().then(() => replacePart("nothing", "a", "new", "x.md"))).rejects.toThrow(
      "<!-- bench:a -->",
    );
  });
});

describe("a chart", () => {
  const bar = (label: string, median: number, ours: boolean) => ({ label, median, p10: median, p90: median, ours });
  const chart = drawChart("Title", "note", [
    { title: "VGG16", bars: [bar("theirs <1>", 100, false), bar("ours", 25, true)] },
  ]);
  const widths = [...chart.matchAll(/<rect class="(ours|theirs)" x="(\d+)" y="[^"]*" width="([\d.]+)"/g)];

  it("draws bars from zero, as long as their medians", () => {
    expect(widths.map(([, whose]) => whose)).toEqual(["theirs", "ours"]);
    const [theirs, ours] = widths.map(([, , , width]) => Number(width));
    expect(theirs! / ours!).toBeCloseTo(4, 1);
    expect(new Set(widths.map(([, , x]) => x)).size).toBe(1);
  });

  it("writes every engine with its number, escaped", () => {
    expect(chart).toContain("theirs &lt;1>");
    expect(chart).toContain(">25.0 ms<");
    expect(chart).toContain(">100 ms<");
  });
});
