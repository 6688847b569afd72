/** gradcam compare: what it writes, what it says, and what it leaves out. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { explain, loadModel, readImage } from "../../src/node.ts";
import { gradcam, inTemporaryFolder } from "../support/cli.ts";

const BOTH = "examples/cat-and-coffee.jpg";

interface Facts {
  readonly target: { readonly label: string };
  readonly methods: readonly {
    readonly method: string;
    readonly raw: { low: number; high: number };
    parameters: object;
  }[];
  readonly undefined: readonly { readonly method: string; readonly code: string; readonly reason: string }[];
  readonly file?: string;
}

describe("gradcam compare", () => {
  it("writes one figure with a panel for each method and says what the raw numbers are", async () => {
    await inTemporaryFolder(async (folder) => {
      const grid = join(folder, "new", "out.png");
      const argv = ["compare", BOTH, "--methods", "grad-cam,layer-cam,saliency", "-t", "espresso", "--grid", grid];
      const run = await gradcam(argv);
      expect(run).toMatchObject({ code: 0, stderr: "" });
      expect(run.stdout).toContain(`${BOTH} espresso, 4.0 %`);
      expect(run.stdout).toMatch(/grad-cam +_relu_head +−0\.0387 to 0\.614\n/);
      expect(run.stdout).toMatch(/saliency +input +\d/);
      expect(run.stdout).toContain(`wrote ${grid}`);
      const { width, height } = await sharp(grid).metadata();
      expect(width).toBeGreaterThan(500);
      expect(height).toBeGreaterThan(250);

      const again = await gradcam(argv);
      expect(again).toMatchObject({ code: 1, stdout: "" });
      expect(again.stderr).toMatch(/^gradcam: E_EXISTS: .*--force replaces it; or name another place/);
    });
  });

  it("writes an SVG whose labels are text", async () => {
    await inTemporaryFolder(async (folder) => {
      const grid = join(folder, "out.svg");
      const run = await gradcam(["compare", BOTH, "--methods", "eigen-cam,fem", "--grid", grid, "--quiet"]);
      expect(run).toMatchObject({ code: 0, stdout: `${grid}\n` });
      const svg = readFileSync(grid, "utf8");
      for (const text of [">picture<", ">eigen-cam<", ">fem<", ">cat-and-coffee.jpg: Egyptian_cat"])
        expect(svg).toContain(text);
    });
  });

  it("prints the library's own numbers as JSON, in the order asked for, and writes nothing", async () => {
    const run = await gradcam([
      "compare",
      BOTH,
      "--methods",
      "layer-cam,grad-cam",
      "-t",
      "espresso",
      "--json",
      "--exact",
    ]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const facts = JSON.parse(run.stdout) as Facts;
    expect(facts.methods.map(({ method }) => method)).toEqual(["layer-cam", "grad-cam"]);
    expect(facts.undefined).toEqual([]);
    expect(facts.file).toBeUndefined();
    expect(existsSync("gradcam-output/cat-and-coffee.compare.espresso.png")).toBe(false);

    const model = await loadModel(undefined, { engine: { exact: true } });
    const { raw } = await explain(model, await readImage(BOTH), { target: "espresso" });
    model.dispose();
    expect(facts.methods[1]!.raw).toMatchObject({ low: Math.min(...raw.data), high: Math.max(...raw.data) });
  });

  it("leaves out methods that are not defined for the layer, with the reason, and shows the others", async () => {
    const layers = await gradcam(["layers", "--json"]);
    const { layers: all } = JSON.parse(layers.stdout) as { layers: { name: string; explainable: boolean }[] };
    const early = all.filter(({ explainable }) => explainable)[20]!.name;
    const { stdout, code } = await gradcam(["compare", BOTH, "--methods", "cam,grad-cam", "--layer", early, "--json"]);
    expect(code).toBe(0);
    const facts = JSON.parse(stdout) as Facts;
    expect(facts.methods.map(({ method }) => method)).toEqual(["grad-cam"]);
    expect(facts.undefined).toMatchObject([{ method: "cam", code: "E_METHOD" }]);
    expect(facts.undefined[0]!.reason).toContain('use "grad-cam"');
  });

  it("limits what takes a forward pass for each of many masks, and says so", async () => {
    const argv = ["compare", BOTH, "--methods", "score-cam,grad-cam"];
    await inTemporaryFolder(async (folder) => {
      const run = await gradcam([...argv, "--grid", join(folder, "a.png")]);
      expect(run.stdout).toMatch(/score-cam .* limited: maxN 256; --full lifts it/);
      expect(run.stdout).not.toMatch(/grad-cam .* limited/);
    });
  });

  it.each([
    ["--methods", "grad-cm", /E_OPTION: --methods: expected one of .*did you mean "grad-cam"/],
    ["--colormap", "rainbow", /E_OPTION: colormap: expected one of/],
  ])("refuses %s %s before any work", async (flag, value, message) => {
    const run = await gradcam(["compare", BOTH, flag, value]);
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toMatch(message);
  });
});
