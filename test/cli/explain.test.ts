/** What gradcam explain can be asked besides one target. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { METHODS } from "../../src/methods.ts";
import { METHOD_NAMES } from "../../src/cli/method-facts.ts";
import { targetOf } from "../../src/cli/explain/questions.ts";
import { evaluate, explain, loadModel, readImage } from "../../src/node.ts";
import type { JsonExplanation } from "../../src/report/json.ts";
import type { PageData } from "../../src/report/page-data.ts";
import { gradcam, inTemporaryFolder } from "../support/cli.ts";

const CAT = "examples/cat.jpg";
const BOTH = "examples/cat-and-coffee.jpg";

async function explained(...words: string[]): Promise<JsonExplanation[]> {
  const run = await gradcam(["explain", ...words, "--json"]);
  expect(run).toMatchObject({ code: 0, stderr: "" });
  return run.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as JsonExplanation);
}

describe("gradcam explain --target", () => {
  it("holds one class against others", async () => {
    const [made] = await explained(BOTH, "--target", "espresso vs Egyptian cat, tabby");
    expect(made!.target).toMatchObject({ index: 967, against: [285, 281] });
    expect(targetOf("espresso against top-1")).toEqual({ for: "espresso", against: ["top-1"] });
    expect(targetOf("n02124075")).toBe("n02124075");
  });

  it("names files after what is held against what", async () => {
    await inTemporaryFolder(async (folder) => {
      await gradcam(["explain", BOTH, "-t", "espresso vs 285", "--sign", "signed", "-o", folder, "--quiet"]);
      expect(readdirSync(folder)).toContain("cat-and-coffee.grad-cam.espresso-against-egyptian-cat.png");
      const map = join(folder, "cat-and-coffee.grad-cam.espresso-against-egyptian-cat.map.png");
      const { channels } = await sharp(map).stats();
      // Gray is 0: both darker and brighter numbers are there, the stronger of them as far from gray as can be.
      expect(Math.max(128 - channels[0]!.min, channels[0]!.max - 128)).toBeGreaterThan(120);
      expect(channels[0]!.min).toBeLessThan(120);
      expect(channels[0]!.max).toBeGreaterThan(136);
    });
  });
});

describe("gradcam explain --method", () => {
  it("takes several, repeated or with commas, and sets the options of those that have them", async () => {
    const words = ["--method", "grad-cam,score-cam", "--method", "fem", "--set", "max-n=2", "--set", "deviations=1.5"];
    const made = await explained(CAT, ...words);
    expect(made.map(({ method, parameters }) => [method, parameters])).toEqual([
      ["grad-cam", {}],
      ["score-cam", { maxN: 2 }],
      ["fem", { deviations: 1.5 }],
    ]);
  });

  it("says what limited a method and what it was set to", async () => {
    await inTemporaryFolder(async (folder) => {
      const words = ["--method", "score-cam", "--set", "maxN=2", "--seed", "7"];
      const run = await gradcam(["explain", CAT, ...words, "--output", folder]);
      expect(run.stdout).toMatch(/method {2}score-cam of the logit; maxN 2; seed 7\n/);
      expect(run.stdout).toMatch(/found {3}channels 1280, channelsTried 2, pictures 2\n/);
    });
  });
});

describe("gradcam explain --layer", () => {
  const layers = ["--layer", "_blocks.4", "--layer", "_blocks.10"];

  it("answers for each of several, in files of their own", async () => {
    const made = await explained(CAT, ...layers);
    expect(made.map(({ layer }) => layer)).toEqual(["_blocks.4", "_blocks.10"]);
    await inTemporaryFolder(async (folder) => {
      await gradcam(["explain", CAT, ...layers, "--output", folder, "--quiet"]);
      expect(readdirSync(folder).filter((name) => !name.includes(".map."))).toEqual([
        "cat.grad-cam._blocks.10.egyptian-cat.png",
        "cat.grad-cam._blocks.4.egyptian-cat.png",
      ]);
    });
  });

  it("makes one map of several with --fuse, smoothed by --smooth", async () => {
    const [made, ...more] = await explained(CAT, ...layers, "--fuse", "max", "--smooth", "eigen", "--score", "rest");
    expect(more).toEqual([]);
    expect(made).toMatchObject({ layer: ["_blocks.4", "_blocks.10"], fuse: "max", smooth: "eigen", score: "rest" });
  });
});

describe("gradcam explain --metrics", () => {
  const QUICK = ["--metrics", "deletion,complexity", "--set", "steps=2"];

  it("says how faithful each map is and puts curves into the report, beside the mean of three random maps", async () => {
    await inTemporaryFolder(async (folder) => {
      const report = join(folder, "cat.html");
      const methods = ["--method", "grad-cam,layer-cam"];
      const run = await gradcam(["explain", CAT, ...methods, ...QUICK, "--seed", "4", "--report", report]);
      expect(run.code).toBe(0);
      const number = "0\\.\\d{3}";
      const lines = `  metric +deletion ↓ ${number}, random maps ${number}\n +complexity ↓ ${number}, random maps ${number}\n`;
      expect(run.stdout.match(new RegExp(lines, "g"))).toHaveLength(2);
      const html = readFileSync(report, "utf8");
      const { maps } = (JSON.parse(/application\/json">([^<]*)</.exec(html)![1]!) as PageData).pictures[0]!;
      const model = await loadModel();
      const cat = await readImage(CAT);
      const steps = 2;
      const random = await Promise.all(
        [4, 5, 6].map(async (seed) => {
          const map = await explain(model, cat, { method: "random-cam", target: 285, seed });
          return (await evaluate(model, cat, map, ["deletion"], { steps }))[0]!;
        }),
      );
      const [own] = await evaluate(model, cat, await explain(model, cat), ["deletion"], { steps });
      model.dispose();
      const mean = (values: number[]): number => values.reduce((a, b) => a + b) / values.length;
      const five = (value: number): number => Number(value.toPrecision(5));
      const [deletion, complexity] = maps[0]!.metrics!;
      expect(deletion!.value).toBe(own!.value);
      expect(deletion!.random).toBeCloseTo(mean(random.map(({ value }) => value)), 12);
      expect(deletion!.curve!.y).toEqual(own!.curves!["deletion"]!.y.map(five));
      const middle = mean(random.map(({ curves }) => curves!["deletion"]!.y[1]!));
      expect(deletion!.others).toMatchObject([{ name: "random maps", x: [0, 0.5, 1] }]);
      expect(deletion!.others![0]!.y[1]).toBeCloseTo(middle, 4);
      expect(complexity).not.toHaveProperty("curve");
      expect(maps[1]).toMatchObject({ method: "layer-cam", metrics: [{ name: "deletion" }, { name: "complexity" }] });
    });
  });

  it("fuses random maps as it fuses the map, and gives them its sign", async () => {
    const made = { layers: ["_blocks.4", "_blocks.10"], fuse: "product", sign: "signed" } as const;
    const layers = made.layers.flatMap((layer) => ["-l", layer]);
    const run = await gradcam([
      "explain",
      CAT,
      ...layers,
      "--fuse",
      "product",
      "--sign",
      "signed",
      "--metrics",
      "complexity",
      "--json",
    ]);
    const { metrics } = JSON.parse(run.stdout) as { metrics: { random: { value: number } }[] };
    const model = await loadModel();
    const cat = await readImage(CAT);
    let mean = 0;
    for (const seed of [0, 1, 2]) {
      const { layers: layer, ...how } = made;
      const map = await explain(model, cat, { method: "random-cam", target: 285, layer, ...how, seed });
      const [result] = await evaluate(model, cat, map, ["complexity"]);
      mean += result!.value / 3;
    }
    model.dispose();
    expect(metrics[0]!.random.value).toBeCloseTo(mean, 12);
  });

  it("draws three random maps beside the map of the last seed, too", async () => {
    const seed = String(Number.MAX_SAFE_INTEGER);
    const run = await gradcam(["explain", CAT, "--metrics", "complexity", "--seed", seed, "--json"]);
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ seed: Number(seed), metrics: [{ random: { maps: 3 } }] });
  });

  it.each([
    [["--metrics", "delection"], /E_OPTION: --metrics: .*did you mean "deletion"/],
    [
      ["--metrics", "pointing-game"],
      /E_OPTION: --metrics: expected metrics that need no boxes .*gradcam metrics --boxes/,
    ],
    [[...QUICK, "--csv"], /E_OPTION: --metrics: expected no --csv/],
    [["--metrics", "complexity", "--set", "steps=2"], /E_OPTION: .*steps/],
  ])("refuses %j before any work", async (flags, message) => {
    const run = await gradcam(["explain", CAT, ...flags]);
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toMatch(message);
  });
});

describe("gradcam methods", () => {
  it("knows every method of the registry, in its order", () => {
    expect(METHOD_NAMES).toEqual(METHODS);
  });

  it("lists them with what they cost and what can be set, as text and as JSON", async () => {
    const { stdout } = await gradcam(["methods"]);
    for (const name of METHODS) expect(stdout).toMatch(new RegExp(`^ {2}${name.replaceAll("+", "\\+")} `, "m"));
    expect(stdout).toMatch(/^ {2}fem +1 forward .*\n +--set deviations=2 /m);
    const list = JSON.parse((await gradcam(["methods", "eigen-cam", "saliency", "--json"])).stdout) as object[];
    expect(list).toMatchObject([
      { name: "eigen-cam", kind: "layer", gradients: false, classSpecific: false, options: {} },
      { name: "saliency", kind: "pixels", gradients: true, classSpecific: true },
    ]);
  });

  it("are named in the help of explain", async () => {
    const help = (await gradcam(["explain", "--help"])).stdout.replace(/\s+/g, " ");
    expect(help).toContain(METHODS.join(", "));
  });
});
