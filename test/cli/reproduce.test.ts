/** gradcam reproduce: stored results come out the same to the bit, and what does not is found and explained. */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { csvRow } from "../../src/cli/explain/csv.ts";
import type { StoredResult } from "../../src/cli/stored-result.ts";
import type { Reproduction } from "../../src/cli/reproduction.ts";
import { gradcam, inTemporaryFolder } from "../support/cli.ts";
import { type Explanation, explainMany, explanationToJson, loadModel, readImage } from "../../src/node.ts";

const CAT = "examples/cat.jpg";

type Verdict = Omit<Reproduction, "same"> & { readonly reproduced: boolean; readonly image: string };

let stored: string;

beforeAll(async () => {
  const runs = [
    await gradcam(["explain", CAT, "--json", "-t", "top-1", "-t", "espresso", "--threads", "1"]),
    await gradcam(["explain", "examples/coffee.jpg", "--json", "--exact", "--fit", "crop", "--sign", "negative"]),
    await gradcam(["explain", CAT, "--json", "--compat", "chollet", "--weights", "f16", "--build", "simd"]),
  ];
  stored = runs.map(({ stdout }) => stdout).join("");
});

const results = (): StoredResult[] =>
  stored
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as StoredResult);

/** What reproduce says of these results, and its exit code. */
async function verdictOf(text: string, ...flags: string[]): Promise<{ code: number; verdicts: Verdict[] }> {
  return inTemporaryFolder(async (folder) => {
    const file = join(folder, "results.json");
    writeFileSync(file, text);
    const { code, stdout } = await gradcam(["reproduce", file, "--json", ...flags]);
    const lines = stdout.split("\n").filter((line) => line !== "");
    return { code, verdicts: lines.map((line) => JSON.parse(line) as Verdict) };
  });
}

describe("gradcam reproduce", () => {
  it("gives a file that leaves its size open the size that it had", async () => {
    const open = ["-m", "test/golden/onnx/resnet.onnx", "--input-shape", "64x48"];
    const { stdout } = await gradcam(["explain", CAT, "--json", ...open]);
    const { code, verdicts } = await verdictOf(stdout);
    expect(verdicts.map(({ reproduced }) => reproduced)).toEqual([true]);
    expect(code).toBe(0);
  });

  it("finds the same bits with any number of threads, whatever the settings were", async () => {
    const { code, verdicts } = await verdictOf(stored, "--threads", "3");
    expect(verdicts.map(({ reproduced, circumstances }) => [reproduced, circumstances])).toEqual(
      Array.from({ length: 4 }, () => [true, []]),
    );
    expect(code).toBe(0);
  });

  it("reads a single object and a list as well, and says in words what it found", async () => {
    await inTemporaryFolder(async (folder) => {
      const file = join(folder, "one.json");
      writeFileSync(file, JSON.stringify(results().slice(0, 1), undefined, 2));
      const run = await gradcam(["reproduce", file]);
      expect(run).toMatchObject({ code: 0, stderr: "" });
      expect(run.stdout).toBe(
        `${CAT}: grad-cam of Egyptian_cat, _relu_head: the same to the bit, all 49 values and scores\n`,
      );
    });
  });

  it("sees one changed bit of a map and one of a score, and ends with exit code 1", async () => {
    const [first, second] = results();
    const bits = Float32Array.from(first!.raw.data);
    new Uint32Array(bits.buffer)[10]! ^= 1;
    const map = { ...first!, raw: { ...first!.raw, data: [...bits] } };
    const score = { ...second!, target: { ...second!.target, logit: second!.target.logit! * (1 + 2 ** -52) } };
    const { code, verdicts } = await verdictOf(JSON.stringify([map, score]));
    expect(code).toBe(1);
    expect(verdicts.map(({ reproduced }) => reproduced)).toEqual([false, false]);
    expect(verdicts[0]!.differences).toEqual([
      {
        what: "raw map, 1 of 49 values, the farthest at 3,1",
        stored: bits[10],
        now: Math.fround(first!.raw.data[10]!),
      },
    ]);
    expect(verdicts[1]!.differences).toMatchObject([{ what: "logit", now: second!.target.logit }]);
  });

  it("says what is not as it was: version, model file and picture", async () => {
    const [first] = results();
    const other = {
      ...first!,
      version: "0.0.1",
      model: { ...first!.model, sha256: "0".repeat(64) },
      picture: { ...first!.picture!, sha256: "1".repeat(64) },
    };
    const { code, verdicts } = await verdictOf(JSON.stringify(other));
    expect(code).toBe(0);
    expect(verdicts[0]!.circumstances.map(({ what }) => what)).toEqual([
      "version",
      "model's SHA-256",
      "picture's SHA-256",
    ]);
  });

  it("finds another picture under the name different", async () => {
    const { code, verdicts } = await verdictOf(JSON.stringify(results()[0]), "--image", "examples/astronaut.jpg");
    expect(code).toBe(1);
    expect(verdicts[0]!.differences.length).toBeGreaterThan(5);
    expect(verdicts[0]!.circumstances.map(({ what }) => what)).toEqual(["picture's SHA-256", "picture's size"]);
  });

  it("looks for a picture beside the results when it is not where it was", async () => {
    await inTemporaryFolder(async (folder) => {
      copyFileSync(CAT, join(folder, basename(CAT)));
      const file = join(folder, "result.json");
      writeFileSync(file, JSON.stringify({ ...results()[0]!, image: basename(CAT) }));
      expect((await gradcam(["reproduce", file])).code).toBe(0);
    });
  });

  it("reproduces methods with options, layers, fusions, contrasts and randomness", async () => {
    const model = await loadModel();
    const explanations = await explainMany(model, await readImage(CAT), {
      methods: ["score-cam", "random-cam", "smooth-grad"],
      targets: [{ for: "tabby", against: "tiger_cat" }],
      layers: ["_blocks.9", ["_blocks.9", "_relu_head"]],
      maxN: 8,
      samples: 3,
      seed: 5,
    });
    model.dispose();
    const lines = explanations.map((explanation) => JSON.stringify({ image: CAT, ...explanationToJson(explanation) }));
    const { code, verdicts } = await verdictOf(lines.join("\n"));
    expect(verdicts.filter(({ reproduced }) => !reproduced)).toEqual([]);
    expect(verdicts).toHaveLength(5);
    expect(code).toBe(0);
  });

  it.each([
    ["no file", undefined, 1, /E_IO.*no such file/],
    ["what is not JSON", "image,method", 2, /E_INPUT_VALUE.*line 1: expected JSON/],
    ["another kind of JSON", '{"predictions":[]}', 2, /E_INPUT_VALUE.*"method", a string, got none.*explain --json/],
    ["a list of nothing", "[]", 2, /E_INPUT_VALUE.*at least one result/],
  ])("answers %s with one line", async (_, text, code, message) => {
    await inTemporaryFolder(async (folder) => {
      const file = join(folder, "result.json");
      if (text !== undefined) writeFileSync(file, text);
      const run = await gradcam(["reproduce", file]);
      expect(run.stderr).toMatch(message);
      expect(run.stderr.trim().split("\n")).toHaveLength(1);
      expect(run).toMatchObject({ code, stdout: "" });
    });
  });

  it.each<[what: string, change: object, message: RegExp]>([
    ["a prediction that is null", { predictions: [null] }, /"predictions", a list whose elements/],
    ["a layer of numbers", { layer: [1] }, /"layer", a list whose elements/],
    ["a number as smoothing", { smooth: 5 }, /"smooth", a string, got a number/],
    ["an object as fusion", { fuse: {} }, /"fuse", a string, got a object/],
    ["words as values", { raw: { width: 1, height: 1, data: ["a"] } }, /"raw.data", a list whose elements/],
    ["endless nesting", { facts: "nested" }, /at most 16 levels/],
  ])("refuses %s with one line before any work", async (_, change, message) => {
    await inTemporaryFolder(async (folder) => {
      const file = join(folder, "result.json");
      const { facts, ...rest } = change as { facts?: unknown };
      const text = JSON.stringify({ ...results()[0]!, ...rest, ...(facts !== undefined && { facts: "HERE" }) });
      writeFileSync(file, text.replace('"HERE"', "[".repeat(1e5) + "]".repeat(1e5)));
      const run = await gradcam(["reproduce", file]);
      expect(run).toMatchObject({ code: 2, stdout: "" });
      expect(run.stderr).toMatch(/E_INPUT_VALUE/);
      expect(run.stderr).toMatch(message);
    });
  });

  it.each([
    { mean: [[1], 1, 1] },
    { std: "0.5" },
    { scale: {} },
    { resize: 5 },
    { antialias: "yes" },
    { fit: "crop", shortSide: [256] },
    { fit: "crop", shortSide: 1e9 },
  ])("refuses preprocessing that cannot be meant: %j", async (wrong) => {
    await inTemporaryFolder(async (folder) => {
      const file = join(folder, "result.json");
      const { model, ...rest } = results()[0]!;
      writeFileSync(
        file,
        JSON.stringify({ ...rest, model: { ...model, preprocess: { ...model.preprocess, ...wrong } } }),
      );
      const run = await gradcam(["reproduce", file]);
      expect(run.stderr).toMatch(/^gradcam: (E_INPUT_VALUE: preprocess: |E_IMAGE_TOO_LARGE: .*fit "crop")/m);
    });
  });

  it("asks for a picture that came through a pipe, and explains why a score of code cannot be asked again", async () => {
    await inTemporaryFolder(async (folder) => {
      const file = join(folder, "result.json");
      writeFileSync(file, JSON.stringify({ ...results()[0]!, image: "-" }));
      expect((await gradcam(["reproduce", file])).stderr).toMatch(/E_OPTION.*pipe.*--image/);
      expect((await gradcam(["reproduce", file, "--image", CAT])).code).toBe(0);
      const { index: _, ...target } = results()[0]!.target;
      writeFileSync(file, JSON.stringify({ ...results()[0]!, target }));
      expect((await gradcam(["reproduce", file])).stderr).toMatch(/E_INPUT_VALUE.*target.index.*expression of code/);
    });
  });
});

describe("gradcam explain --csv", () => {
  it("prints a header and one row per explanation, quoting what needs it", async () => {
    await inTemporaryFolder(async (folder) => {
      const odd = join(folder, 'a "cat", asleep.jpg');
      copyFileSync(CAT, odd);
      const run = await gradcam(["explain", odd, "--csv", "-t", "top-1", "-t", "espresso"]);
      expect(run).toMatchObject({ code: 0, stderr: "" });
      const [header, ...rows] = run.stdout.trim().split("\n");
      const columns = header!.split(",");
      expect(columns.slice(0, 8)).toEqual([
        "image",
        "method",
        "layer",
        "class",
        "index",
        "wnid",
        "probability",
        "logit",
      ]);
      const quotedName = `"${odd.replaceAll('"', '""')}"`;
      expect(rows.map((row) => row.startsWith(`${quotedName},grad-cam,_relu_head,`))).toEqual([true, true]);
      const cells = rows[0]!.slice(quotedName.length).split(",");
      expect(cells).toHaveLength(columns.length);
      const { target } = results()[0]!;
      expect(cells.slice(3, 8)).toEqual([
        target.label,
        "285",
        target.wnid,
        String(target.probability),
        String(target.logit),
      ]);
      expect(cells[columns.indexOf("model_sha256")]).toBe(results()[0]!.model.sha256);
    });
  });

  it("row 51: prints no cell that a spreadsheet would run as a formula", () => {
    const [{ target, model, ...rest }] = results() as [StoredResult];
    const map = { width: 1, height: 1, data: Float32Array.of(1) };
    for (const start of ["=", "+", "-", "@", "\t"]) {
      const label = `${start}cmd|' /C calc'!A0`;
      const explanation = { ...rest, target: { ...target, label, logit: -1.5 }, model: { ...model, name: label }, map };
      const row = csvRow(explanation as unknown as Explanation, label);
      expect(row.startsWith(`'${label},grad-cam,_relu_head,'${label},285,`)).toBe(true);
      expect(row).toContain(`,'${label},${model.sha256},`);
      expect(row).toContain(",-1.5,");
    }
  });

  it("is one of two forms, not both", async () => {
    const run = await gradcam(["explain", CAT, "--csv", "--json"]);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/E_OPTION.*not both/);
  });
});

describe("gradcam explain --report", () => {
  it("writes one page about all pictures and nothing else, and replaces a file only with --force", async () => {
    await inTemporaryFolder(async (folder) => {
      const page = join(folder, "page.html");
      const argv = ["explain", CAT, "examples/coffee.jpg", "--report", page];
      const run = await gradcam(argv);
      expect(run).toMatchObject({ code: 0, stderr: "" });
      expect(run.stdout).toMatch(/\nwrote .*page\.html\n$/);
      const html = readFileSync(page, "utf8");
      for (const name of ["examples/cat.jpg", "examples/coffee.jpg", results()[0]!.model.sha256!]) {
        expect(html).toContain(name);
      }
      const again = await gradcam(argv);
      expect(again).toMatchObject({ code: 1, stdout: "" });
      expect(again.stderr).toMatch(/E_EXISTS.*--force/);
      expect((await gradcam([...argv, "--force", "--quiet"])).stdout).toBe(`${page}\n`);
      expect(readFileSync(page, "utf8").length).toBeGreaterThan(100_000);
    });
  });
});
