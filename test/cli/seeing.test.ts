/** gradcam filters and gradcam activations. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { gradcam, inTemporaryFolder } from "../support/cli.ts";

const CAT = "examples/cat.jpg";

describe("gradcam filters", () => {
  it("writes a figure with a panel for each channel and says how strongly they answer", async () => {
    await inTemporaryFolder(async (folder) => {
      const file = join(folder, "filters.svg");
      const argv = ["filters", "-l", "_blocks.0", "-c", "1,3-4", "--steps", "3", "--size", "64", "-o", file, "--json"];
      const run = await gradcam(argv);
      expect(run).toMatchObject({ code: 0, stderr: "" });
      const facts = JSON.parse(run.stdout) as { channels: { channel: number; before: number; after: number }[] };
      expect(facts).toMatchObject({ layer: "_blocks.0", recipe: "chollet-2", file });
      expect(facts.channels.map(({ channel }) => channel)).toEqual([1, 3, 4]);
      expect(facts.channels.every(({ before, after }) => after > before)).toBe(true);
      expect(readFileSync(file, "utf8")).toMatch(/>channel 1<.*>channel 3<.*>channel 4</s);
    });
  });

  it.each([
    [["filters"], /required option .*--layer/, 2],
    [["filters", "-l", "_block.0"], /E_TARGET_LAYER: .*did you mean/, 2],
    [["filters", "-l", "_blocks.0", "-c", "3-1"], /E_OPTION: --channels: expected numbers and ranges/, 2],
    [["filters", "-l", "_blocks.0", "--size", "4096"], /E_OPTION: --size: expected a whole number from 8 to 2048/, 2],
    [["filters", "-l", "_blocks.0", "-c", "16"], /expected a whole number from 0 to 15, got 16/, 2],
  ])("refuses %j", async (argv, message, code) => {
    const run = await gradcam(argv);
    expect(run).toMatchObject({ code, stdout: "" });
    expect(run.stderr).toMatch(message);
  });
});

describe("gradcam activations", () => {
  it("writes a figure and says how many channels are dead", async () => {
    await inTemporaryFolder(async (folder) => {
      const file = join(folder, "a.png");
      const run = await gradcam(["activations", CAT, "--layer", "_relu_stem", "--output", file]);
      expect(run).toMatchObject({ code: 0, stdout: `cat.jpg: _relu_stem, 5 of 32 channels dead; wrote ${file}\n` });
      expect((await sharp(file).metadata()).width).toBeGreaterThan(500);
    });
  });

  it("writes the numbers of many pictures for NumPy", async () => {
    await inTemporaryFolder(async (folder) => {
      const file = join(folder, "features.npz");
      const layers = ["--layer", "_blocks.15", "--layer", "_blocks.4"];
      const run = await gradcam(["activations", CAT, "examples/coffee.jpg", ...layers, "--output", file, "--json"]);
      expect(run).toMatchObject({ code: 0, stderr: "" });
      expect(JSON.parse(run.stdout)).toMatchObject({
        pictures: [CAT, "examples/coffee.jpg"],
        arrays: [
          { layer: "_blocks.15", shape: [2, 7, 7, 320] },
          { layer: "_blocks.4", shape: [2, 28, 28, 40] },
        ],
        file,
      });
      expect(readFileSync(file).toString("latin1")).toMatch(/_blocks\.15\.npy.*\(2, 7, 7, 320\)/s);
    });
  });

  it.each([
    [["activations", CAT, "examples/coffee.jpg"], /expected one picture and one layer for a figure, got 2 pictures/],
    [["activations", CAT, "-l", "_blocks.1", "-l", "_blocks.2", "-o", "x.npy"], /expected one layer for \.npy/],
    [["activations", CAT, "-l", "_blocks.1", "-c", "24"], /expected a channel from 0 to 23, got 24/],
  ])("refuses %j", async (argv, message) => {
    const run = await gradcam(argv);
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toMatch(message);
  });
});
