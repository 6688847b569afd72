/** What the commands about pictures print and write. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import type { Prediction } from "../../src/target.ts";
import { type Explanation, explain, loadModel, readImage } from "../../src/node.ts";
import type { JsonExplanation } from "../../src/report/json.ts";
import { gradcam, inTemporaryFolder } from "../support/cli.ts";

const CAT = "examples/cat.jpg";
const BOTH = "examples/cat-and-coffee.jpg";
const OVERLAY = "cat.grad-cam.egyptian-cat.png";
const MAP = "cat.grad-cam.egyptian-cat.map.png";

const linesOf = <T>(text: string): T[] =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as T);

describe("gradcam explain", () => {
  it("writes an overlay and a map at the size of the picture and says what it saw", async () => {
    await inTemporaryFolder(async (folder) => {
      const run = await gradcam(["explain", CAT, "--output", folder]);
      expect(run).toMatchObject({ code: 0, stderr: "" });
      for (const fact of ["examples/cat.jpg 451×300", "Egyptian_cat", "class 285 n02124075", "grad-cam of the logit"]) {
        expect(run.stdout).toContain(fact);
      }
      expect(run.stdout).toMatch(/layer {3}_relu_head, 7×7: auto, the last one with a map that is not a pooling/);
      expect(run.stdout).toMatch(/box {5}\d+×\d+ at \d+,\d+ holds/);
      expect(run.stdout).toContain(join(folder, OVERLAY));
      expect(readdirSync(folder).sort()).toEqual([MAP, OVERLAY]);
      for (const [name, channels] of [
        [OVERLAY, 3],
        [MAP, 1],
      ] as const) {
        const facts = await sharp(join(folder, name)).metadata();
        expect(facts).toMatchObject({ format: "png", width: 451, height: 300, channels });
      }
    });
  });

  it("overwrites only with --force", async () => {
    await inTemporaryFolder(async (folder) => {
      const argv = ["explain", CAT, "--output", folder, "--quiet"];
      expect((await gradcam(argv)).code).toBe(0);
      const before = readFileSync(join(folder, OVERLAY));
      const refused = await gradcam([...argv, "--colormap", "viridis"]);
      expect(refused).toMatchObject({ code: 1, stdout: "" });
      expect(refused.stderr).toMatch(/^gradcam: E_EXISTS: .*--force/);
      expect(readFileSync(join(folder, OVERLAY)).equals(before)).toBe(true);
      expect((await gradcam([...argv, "--colormap", "viridis", "--force"])).code).toBe(0);
      expect(readFileSync(join(folder, OVERLAY)).equals(before)).toBe(false);
    });
  });

  it("explains several targets, each with its own files", async () => {
    await inTemporaryFolder(async (folder) => {
      const run = await gradcam(["explain", BOTH, "-t", "egyptian cat", "-t", "espresso", "-o", folder, "-q"]);
      const names = ["egyptian-cat", "espresso"].flatMap((target) =>
        [".png", ".map.png"].map((ending) => `cat-and-coffee.grad-cam.${target}${ending}`),
      );
      expect(run.stdout.trim().split("\n")).toEqual(names.map((name) => join(folder, name)));
    });
  });

  it("prints one explanation per line as JSON, equal to the library's own, and writes nothing", async () => {
    const run = await gradcam(["explain", CAT, "examples/coffee.jpg", "--json", "--exact"]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const [cat, coffee, ...more] = linesOf<JsonExplanation & { image: string }>(run.stdout);
    expect(more).toEqual([]);
    expect([cat!.image, coffee!.image]).toEqual([CAT, "examples/coffee.jpg"]);
    expect(coffee!.target.label).toBe("espresso");

    const model = await loadModel(undefined, { engine: { exact: true } });
    const expected: Explanation = await explain(model, await readImage(CAT));
    model.dispose();
    expect(Float32Array.from(cat!.raw.data)).toEqual(expected.raw.data);
    expect(Float32Array.from(cat!.map.data)).toEqual(expected.map.data);
    expect([cat!.map.width, cat!.map.height]).toEqual([451, 300]);
    const { raw: _raw, map: _map, timings: _timings, ...facts } = expected;
    expect(cat).toMatchObject(JSON.parse(JSON.stringify(facts)) as object);
  });

  it("names the files in the JSON when --output asks for them", async () => {
    await inTemporaryFolder(async (folder) => {
      const run = await gradcam(["explain", CAT, "--json", "--output", folder]);
      const [line] = linesOf<{ files: string[] }>(run.stdout);
      expect(line!.files).toEqual([join(folder, OVERLAY), join(folder, MAP)]);
      expect(readdirSync(folder).sort()).toEqual([MAP, OVERLAY]);
    });
  });

  it("reads a picture from the pipe and writes the overlay to it", async () => {
    const run = await gradcam(["explain", "-", "--output", "-"], { stdin: readFileSync(CAT) });
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(await sharp(run.bytes).metadata()).toMatchObject({ format: "png", width: 451, height: 300 });
  });

  it("shows a preview on a terminal", async () => {
    await inTemporaryFolder(async (folder) => {
      const run = await gradcam(["explain", CAT, "--output", folder], { tty: true });
      expect(run.stdout).toContain("▀");
    });
  });

  it("takes the layer it is told to and says that it was chosen", async () => {
    await inTemporaryFolder(async (folder) => {
      const run = await gradcam(["explain", CAT, "--layer", "_blocks.9", "--output", folder]);
      expect(run.stdout).toContain("_blocks.9, 14×14: chosen; auto would be _relu_head");
    });
  });

  it("prints warnings with their remedies when a map is blank", async () => {
    await inTemporaryFolder(async (folder) => {
      const run = await gradcam(["explain", CAT, "--sign", "negative", "--output", folder]);
      expect(run.stdout).toMatch(/warning ALL_NEGATIVE: .*; look at/);
      expect(run.stdout).toContain("none: the map is blank");
    });
  });

  it("reproduces the article's recipe, with its matrix picture", async () => {
    await inTemporaryFolder(async (folder) => {
      const run = await gradcam(["explain", CAT, "--compat", "chollet", "--output", folder, "--quiet"]);
      expect(
        run.stdout
          .trim()
          .split("\n")
          .map((path) => path.replace(/^.*egyptian-cat/, "")),
      ).toEqual([".png", ".map.png", ".matshow.png"]);
    });
  });

  it("paints as packages do", async () => {
    await inTemporaryFolder(async (folder) => {
      const pictures = new Map<string, string>();
      for (const compat of ["pytorch-grad-cam", "torchcam", "keras-io"]) {
        const run = await gradcam(["explain", CAT, "--compat", compat, "-o", folder, "-q", "--force"]);
        expect(run.code).toBe(0);
        const pixels = await sharp(run.stdout.split("\n")[0]).raw().toBuffer();
        pictures.set(compat, pixels.toString("base64"));
      }
      expect(new Set(pictures.values()).size).toBe(3);
    });
  });

  it("stretches the recipe's map over the upright picture, though the network saw it as stored", async () => {
    await inTemporaryFolder(async (folder) => {
      const turned = join(folder, "turned.jpg");
      await sharp(CAT).withMetadata({ orientation: 6 }).toFile(turned);
      const run = await gradcam(["explain", turned, "-t", "285", "--compat", "chollet", "-o", folder, "-q", "--json"]);
      const [line] = linesOf<JsonExplanation & { files: string[] }>(run.stdout);
      expect([line!.map.width, line!.map.height]).toEqual([451, 300]);
      for (const file of line!.files.slice(0, 2)) {
        expect(await sharp(file).metadata()).toMatchObject({ width: 300, height: 451 });
      }
    });
  });
});

describe("gradcam classify", () => {
  it("prints the most probable classes with bars", async () => {
    const run = await gradcam(["classify", CAT, "--top", "2"]);
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^examples\/cat\.jpg\n +79\.\d % +█+.* +Egyptian_cat .*\n +8\.\d % .*tiger_cat .*\n$/);
  });

  it("prints JSON Lines", async () => {
    const run = await gradcam(["classify", CAT, "examples/coffee.jpg", "--top", "1", "--json"]);
    const lines = linesOf<{ image: string; predictions: Prediction[] }>(run.stdout);
    expect(lines.map(({ image, predictions }) => [image, predictions.length, predictions[0]!.index])).toEqual([
      [CAT, 1, 285],
      ["examples/coffee.jpg", 1, 967],
    ]);
  });

  it("takes class names from a file", async () => {
    const names = Array.from({ length: 1000 }, (_, index) => `name ${index}`);
    await inTemporaryFolder(async (folder) => {
      const { writeFile } = await import("node:fs/promises");
      for (const [file, text] of [
        ["names.json", JSON.stringify(names)],
        ["names.txt", names.join("\n")],
      ] as const) {
        await writeFile(join(folder, file), text);
        const run = await gradcam(["classify", CAT, "--top", "1", "--labels", join(folder, file)]);
        expect(run.stdout).toContain("name 285");
      }
    });
  });
});
