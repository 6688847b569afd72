/** Every line that a command prints with --json is what schema/output.schema.json says, with nothing that it does not name. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gradcam, inTemporaryFolder } from "../support/cli.ts";
import { OUTPUT_DEFINITIONS, outputFaults as faultsOf } from "../support/output-schema.ts";

const CAT = "examples/cat.jpg";
const QUICK = ["--metrics", "deletion,road", "--set", "steps=2", "--set", "levels=1", "--draws", "1"];

/** Words of the command line, by the definitions that its lines fit, in their order; the last one fits all further lines. */
const COMMANDS: readonly (readonly [definitions: string[], argv: (folder: string) => string[]])[] = [
  [["classify"], () => ["classify", CAT, "examples/coffee.jpg", "--top", "7"]],
  [["compare"], () => ["compare", CAT, "--methods", "grad-cam,eigen-cam,saliency,guided-backprop,occlusion"]],
  [["compare"], (folder) => ["compare", CAT, "--sign", "signed", "--grid", join(folder, "grid.png")]],
  [["metrics", "metrics", "metricsSummary"], () => ["metrics", CAT, "--methods", "fem", ...QUICK]],
  [
    ["metrics", "metrics", "metrics", "metrics", "metricsSummary"],
    () => ["metrics", CAT, "examples/coffee.jpg", "--methods", "saliency", "--compat", "torchcam", ...QUICK],
  ],
  [["filters"], (folder) => ["filters", "-l", "_blocks.0", "-c", "1", "--steps", "1", "-o", join(folder, "f.png")]],
  [["activations"], () => ["activations", CAT, "-l", "_relu_stem", "-l", "_fc"]],
  [["activations"], (folder) => ["activations", CAT, "-o", join(folder, "a.png")]],
  [["features"], (folder) => ["activations", CAT, "-l", "_fc", "-o", join(folder, "a.npy")]],
  [["layers"], () => ["layers"]],
  [["inspect"], () => ["inspect"]],
  [["doctor"], () => ["doctor"]],
  [["methods"], () => ["methods"]],
  [["models"], () => ["models"]],
  [["cacheList"], () => ["cache", "ls"]],
  [["convert"], (folder) => ["convert", "efficientnet-lite0", join(folder, "m.safetensors"), "--weights", "int8"]],
  [["bench"], () => ["bench", "--runs", "1"]],
];

describe("the schema of what commands print", () => {
  it.each(COMMANDS)("describes %j", async (definitions, argv) => {
    await inTemporaryFolder(async (folder) => {
      const run = await gradcam([...argv(folder), "--json"], { env: { XDG_CACHE_HOME: folder } });
      expect(run.code, run.stderr).toBe(0);
      const lines = run.stdout.trim().split("\n");
      expect(lines.length).toBeGreaterThanOrEqual(definitions.length);
      const faults = lines.flatMap((line, i) => faultsOf(definitions[i] ?? definitions.at(-1)!, JSON.parse(line)));
      expect(faults).toEqual([]);
    });
  });

  it("describes what is the same and what differs, and what cannot be read", async () => {
    await inTemporaryFolder(async (folder) => {
      const [good, bad] = [join(folder, "good.jsonl"), join(folder, "bad.jsonl")];
      const { stdout } = await gradcam(["explain", CAT, "--json"]);
      const changed = JSON.parse(stdout) as { raw: { data: number[] }; version: string };
      changed.raw.data[3]! += 1;
      writeFileSync(good, stdout);
      writeFileSync(bad, JSON.stringify({ ...changed, version: "0.0.1" }));
      for (const [file, code] of [
        [good, 0],
        [bad, 1],
      ] as const) {
        const run = await gradcam(["reproduce", file, "--json"]);
        expect(run.code).toBe(code);
        const answer = JSON.parse(run.stdout) as {
          reproduced: boolean;
          differences: object[];
          circumstances: object[];
        };
        expect(faultsOf("reproduce", answer)).toEqual([]);
        expect([answer.differences.length, answer.circumstances.length]).toEqual([code, code]);
      }
      writeFileSync(bad, "no model");
      const run = await gradcam(["inspect", bad, "--json"]);
      expect(run.code).toBe(3);
      expect(faultsOf("inspectProblem", JSON.parse(run.stdout))).toEqual([]);
    });
  });

  it("has no definition that nothing here prints, but for downloads, which test/cli/pull.test.ts looks at", () => {
    const seen = new Set(COMMANDS.flatMap(([definitions]) => definitions));
    const left = OUTPUT_DEFINITIONS.filter((name) => !seen.has(name));
    expect(left).toEqual(["reproduce", "inspectProblem", "pull", "cacheCheck"]);
  });

  it("refuses what it does not name", () => {
    expect(faultsOf("layers", { model: "m", layers: [], more: 1 })).toHaveLength(1);
    expect(faultsOf("pull", { name: "vgg16" })).toHaveLength(1);
  });
});
