/** What is printed and stored is what the schema says, with nothing that it does not name. */
import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMPATS } from "../../src/cam/compat.ts";
import { SIGNS } from "../../src/cam/normalize.ts";
import { SMOOTHINGS } from "../../src/explanation.ts";
import { FUSIONS } from "../../src/fuse.ts";
import {
  explain,
  explainMany,
  type Image,
  loadModel,
  METRICS,
  type Model,
  readImage,
  type Target,
} from "../../src/node.ts";
import { resizeImage } from "../../src/image/resize-image.ts";
import { SCORE_KINDS } from "../../src/target.ts";
import { gradcam, inTemporaryFolder } from "../support/cli.ts";

const CAT = "examples/cat.jpg";

interface Schema {
  readonly properties: Readonly<Record<string, { readonly enum?: readonly string[] }>>;
}

const schema = JSON.parse(
  readFileSync(new URL("../../schema/explanation.schema.json", import.meta.url), "utf8"),
) as Schema;

let model: Model;
let cat: Image;
let validate: ValidateFunction;

/** What is wrong with a value, as JSON. */
function faultsOf(value: unknown): string[] {
  validate(JSON.parse(JSON.stringify(value)));
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    [instancePath, message, JSON.stringify(params)].join(" "),
  );
}

beforeAll(async () => {
  validate = new Ajv2020({ strict: true, strictTypes: false, allErrors: true }).compile(schema);
  model = await loadModel();
  // Small: a map has a number for every pixel of its picture.
  cat = resizeImage(await readImage(CAT), { width: 45, height: 30 });
});

afterAll(() => model.dispose());

describe("the schema of explanations", () => {
  it("describes methods of both kinds, contrasts, scores of code, fused layers and every recipe", async () => {
    const methods = ["grad-cam", "score-cam", "eigen-cam", "saliency"] as const;
    const targets: Target[] = ["top-1", { for: 281, against: [282, 285] }];
    const many = await explainMany(model, cat, {
      methods,
      targets,
      maxN: 4,
      layers: ["auto", ["_blocks.9", "_relu_head"]],
    });
    const code = await explain(model, cat, {
      target: (output) => output.logit(3).add(output.logit(4)),
      sign: "signed",
    });
    const recipes = [];
    for (const compat of COMPATS) recipes.push(await explain(model, cat, { compat, smooth: "aug" }));
    await model.sha256();
    const all = [...many, code, ...recipes, await explain(model, cat, { target: "espresso", sign: "negative" })];
    expect(all.flatMap(faultsOf)).toEqual([]);
    expect(all.length).toBeGreaterThan(15);
  });

  it("describes what the command prints, with hashes, sources and files", async () => {
    await inTemporaryFolder(async (folder) => {
      const weights = "weights/efficientnet-lite0.f16.safetensors";
      const run = await gradcam(["explain", CAT, "--json", "-o", folder, "-m", weights, "--weights", "f16", "--exact"]);
      const line = JSON.parse(run.stdout) as Record<string, object>;
      expect(faultsOf(line)).toEqual([]);
      const hash = expect.stringMatching(/^[0-9a-f]{64}$/) as string;
      expect(line).toMatchObject({ picture: { sha256: hash }, model: { sha256: hash, source: weights } });
    });
  });

  it("describes what --metrics adds: every metric that needs no boxes, its curves and those of random maps", async () => {
    const names = METRICS.filter((name) => name !== "pointing-game" && name !== "energy-in-box");
    const quick = ["steps=2", "levels=2", "samples=1", "squares=3", "stages=1"].flatMap((pair) => ["--set", pair]);
    const run = await gradcam(["explain", CAT, "--json", "--metrics", names.join(","), ...quick]);
    expect(run.code).toBe(0);
    const line = JSON.parse(run.stdout) as { metrics: { metric: string; value: number; random: object }[] };
    expect(faultsOf(line)).toEqual([]);
    expect(line.metrics.map(({ metric }) => metric)).toEqual(names);
    expect(faultsOf({ ...line, metrics: line.metrics.map(({ value: _, ...rest }) => rest) })).toHaveLength(
      names.length,
    );
  });

  it("knows the words that options may be", () => {
    const words = Object.fromEntries(Object.entries(schema.properties).map(([name, { enum: list }]) => [name, list]));
    expect(words).toMatchObject({
      compat: COMPATS,
      smooth: SMOOTHINGS,
      fuse: FUSIONS,
      sign: SIGNS,
      score: SCORE_KINDS,
    });
  });

  it("refuses what is missing, misspelt or out of range", async () => {
    const good = JSON.parse(JSON.stringify(await explain(model, cat))) as Record<string, object>;
    const { raw: _, ...withoutMap } = good;
    expect(faultsOf(withoutMap)).toHaveLength(1);
    expect(faultsOf({ ...good, layers: "x" })).toHaveLength(1);
    expect(faultsOf({ ...good, sign: "both" })).toHaveLength(1);
    expect(faultsOf({ ...good, target: { ...good["target"], probability: 1.5 } })).toHaveLength(1);
    expect(faultsOf({ ...good, model: { ...good["model"], sha256: "abc" } })).toHaveLength(1);
  });
});
