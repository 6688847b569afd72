/** What the commands about models print and write. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gradcam, inTemporaryFolder } from "../support/cli.ts";

const CAT = "examples/cat.jpg";

const linesOf = <T>(text: string): T[] =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as T);

describe("gradcam layers", () => {
  it("marks the default layer and those with a map", async () => {
    const { code, stdout } = await gradcam(["layers"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^▶ {2}_relu_head .*\[1,7,7,1280\]/m);
    expect(stdout).toMatch(/^\+ {2}_conv_stem .*\[1,112,112,32\] +864 +10\.84 M$/m);
    expect(stdout).toMatch(/^ {3}_softmax /m);
  });

  it("prints one JSON object", async () => {
    const { stdout } = await gradcam(["layers", "--json"]);
    const facts = JSON.parse(stdout) as { defaultLayer: string; layers: { name: string; explainable: boolean }[] };
    expect(facts.defaultLayer).toBe("_relu_head");
    expect(facts.layers.find(({ name }) => name === "_softmax")?.explainable).toBe(false);
  });
});

describe("gradcam classify", () => {
  it("says the number of a class once where that is its only name", async () => {
    const { stdout } = await gradcam(["classify", CAT, "-m", "test/golden/keras/files/k3_nested.keras"]);
    expect(stdout).toMatch(/class 2 +logit/);
    expect(stdout).not.toMatch(/class 2 +class 2/);
  });
});

describe("gradcam convert", () => {
  it("writes one file that answers the same, and replaces none unasked", async () => {
    await inTemporaryFolder(async (folder) => {
      const out = join(folder, "lite.safetensors");
      const embedded = "weights/efficientnet-lite0.f16.safetensors";
      const first = await gradcam(["convert", embedded, out, "--json"]);
      expect(JSON.parse(first.stdout)).toEqual({
        path: out,
        name: "efficientnet-lite0",
        format: "safetensors",
        weights: "f32",
        bytes: readFileSync(out).length,
      });
      const [ours, theirs] = [
        await gradcam(["classify", CAT, "-m", out, "--json"]),
        await gradcam(["classify", CAT, "--json"]),
      ];
      expect(linesOf<{ predictions: unknown }>(ours.stdout)[0]!.predictions).toEqual(
        linesOf<{ predictions: unknown }>(theirs.stdout)[0]!.predictions,
      );
      const second = await gradcam(["convert", embedded, out]);
      expect([second.code, second.stderr]).toEqual([1, expect.stringContaining("E_EXISTS")]);
      const third = await gradcam(["convert", embedded, out, "--force", "--weights", "int8"]);
      expect(third.stdout).toMatch(/efficientnet-lite0, int8 weights, 4\.9 MiB/);
      expect(readdirSync(folder)).toEqual(["lite.safetensors"]);
    });
  });

  it("leaves nothing behind when the model cannot be read", async () => {
    await inTemporaryFolder(async (folder) => {
      const { code, stderr } = await gradcam(["convert", CAT, join(folder, "cat.safetensors")]);
      expect([code, stderr]).toEqual([3, expect.stringContaining("E_NOT_A_MODEL")]);
      expect(readdirSync(folder)).toEqual([]);
    });
  });
});

describe("gradcam doctor", () => {
  interface Finding {
    check: string;
    status: string;
    text: string;
    hint?: string;
    data: Record<string, unknown>;
  }

  it("finds a sound model sound, gradients and preprocessing too", async () => {
    const { code, stdout } = await gradcam(["doctor", CAT, "--json"]);
    const findings = JSON.parse(stdout) as Finding[];
    expect(code).toBe(0);
    expect(findings.map(({ check, status }) => [check, status])).toEqual(
      [
        ...["machine", "cache", "engine", "model", "layer", "labels", "preprocessing"],
        ...["answer", "gradients", "alternatives", "timings"],
      ].map((check) => [check, "ok"]),
    );
    const { coordinates, ratio } = findings.find(({ check }) => check === "gradients")!.data as {
      coordinates: unknown[];
      ratio: number;
    };
    expect(coordinates.length).toBe(20);
    expect(Math.abs(ratio - 1)).toBeLessThanOrEqual(0.05);
  });

  it("warns of pictures that are prepared otherwise than in training", async () => {
    for (const preset of ["caffe", "none"]) {
      const { code, stdout } = await gradcam(["doctor", CAT, "--preprocess", preset]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^! alternatives +torch fits far better: Egyptian_cat .* instead of/m);
      expect(stdout).toMatch(/say --preprocess torch/);
    }
  });

  it("looks at the machine and the model without a picture, and says what is missing", async () => {
    const { stdout } = await gradcam(["doctor", "--labels", "examples/cat.jpg"]);
    expect(stdout).toMatch(/^✓ machine +Node \d+/m);
    const plain = await gradcam(["doctor"]);
    expect(plain.stdout.trim().split("\n").length).toBe(7);
  });

  it("describes the machine even where the model cannot be read", async () => {
    const { code, stdout, stderr } = await gradcam(["doctor", "--model", CAT, "--json"]);
    expect([code, (JSON.parse(stdout) as Finding[]).map(({ check }) => check)]).toEqual([3, ["machine", "cache"]]);
    expect(stderr).toContain("E_NOT_A_MODEL");
  });
});

describe("gradcam inspect", () => {
  it("says why pictures are prepared so, what the file says, and what is not supported", async () => {
    const { stdout } = await gradcam(["inspect", "weights/efficientnet-lite0.f16.safetensors"]);
    expect(stdout).toMatch(/^preprocessing .*\(what efficientnet-lite0 was trained with\)$/m);
    expect(stdout).toMatch(/^file says +license: Apache-2\.0/m);
    const unsupported = await gradcam(["inspect", CAT, "--json"]);
    expect(unsupported.code).toBe(3);
    expect(JSON.parse(unsupported.stdout)).toMatchObject({
      file: CAT,
      supported: false,
      problem: { code: "E_NOT_A_MODEL", got: "a picture" },
    });
  });

  it("prints the facts about a model", async () => {
    const { code, stdout } = await gradcam(["inspect", "--build", "simd"]);
    expect(code).toBe(0);
    for (const fact of [
      "safetensors",
      "[1,224,224,3] NHWC",
      "bicubic",
      "1000, tench",
      "4.69 M",
      "multiply, then add",
    ]) {
      expect(stdout).toContain(fact);
    }
  });

  it("prints one JSON object", async () => {
    const { stdout } = await gradcam(["inspect", "--json", "--exact", "--threads", "1"]);
    expect(JSON.parse(stdout)).toMatchObject({
      format: "safetensors",
      classes: 1000,
      labels: 1000,
      defaultLayer: "_relu_head",
      parameters: 4_694_024,
      engine: { build: "simd", fma: false, threads: 1 },
    });
  });
});

describe("gradcam bench", () => {
  it("prints how long forward and Grad-CAM take", async () => {
    const run = await gradcam(["bench", "--runs", "3", "--threads", "1"]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(run.stdout).toMatch(/^ms +median +p10 +p90 +runs +GFLOP\/s\nforward +[\d.]+ +[\d.]+ +[\d.]+ +3 +[\d.]+\n/);
    expect(run.stdout).toMatch(/\ngrad-cam +[\d.]+ +[\d.]+ +[\d.]+ +3\n\nefficientnet-lite0, build .*1 thread, Node/);
  });

  it("prints one JSON object", async () => {
    const run = await gradcam(["bench", "--runs", "2", "--json", "--build", "simd", "--threads", "1"]);
    const facts = JSON.parse(run.stdout) as { work: Record<string, { median: number; p10: number; p90: number }> };
    expect(facts).toMatchObject({
      model: "efficientnet-lite0",
      engine: { build: "simd", threads: 1 },
      work: { forward: { unit: "ms", runs: 2 }, "grad-cam": { unit: "ms", runs: 2 } },
    });
    const { median, p10, p90 } = facts.work["forward"]!;
    expect(p10).toBeLessThanOrEqual(median);
    expect(median).toBeLessThanOrEqual(p90);
  });

  it("writes a table with --tune that --tuning reads, keeps what it knew, and replaces a file only with --force", async () => {
    await inTemporaryFolder(async (folder) => {
      const [known, file] = [join(folder, "known.json"), join(folder, "tuning.json")];
      const builds = { simd: { "8x8x8>8": "winograd" }, relaxed: { "9x9x9>9": "direct" } };
      writeFileSync(known, JSON.stringify({ version: 1, builds }));
      const argv = ["bench", "--tune", "--runs", "1", "--threads", "1", "--output", file];
      const run = await gradcam([...argv, "--tuning", known, "--build", "simd"]);
      expect(run).toMatchObject({ code: 0, stderr: "" });
      // The embedded network has no 3×3 convolution with strides of 1.
      expect(run.stdout).toContain("nothing to choose");
      expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ version: 1, builds });
      const refused = await gradcam(argv);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(/E_EXISTS.*--force/);
      expect((await gradcam([...argv, "--force", "--json"])).code).toBe(0);
      expect((await gradcam(["classify", CAT, "--tuning", file])).code).toBe(0);
    });
  });

  it("ends at Ctrl-C", async () => {
    const interruption = new AbortController();
    interruption.abort();
    expect((await gradcam(["bench"], { signal: interruption.signal })).code).toBe(130);
  });
});

describe("gradcam", () => {
  it.each(["explain", "classify", "layers", "inspect", "bench"])("%s --help shows examples", async (command) => {
    const run = await gradcam([command, "--help"]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(run.stdout).toMatch(new RegExp(`Examples:\n  (.*\\| )?gradcam ${command}`));
  });

  it("colours a terminal and nothing else", async () => {
    const escape = "\u001b[";
    const onTerminal = { tty: true };
    expect((await gradcam(["classify", CAT], onTerminal)).stdout).toContain(escape);
    expect((await gradcam(["classify", CAT])).stdout).not.toContain(escape);
    expect((await gradcam(["classify", CAT, "--no-color"], onTerminal)).stdout).not.toContain(escape);
    expect((await gradcam(["classify", CAT], { tty: true, env: { NO_COLOR: "1" } })).stdout).not.toContain(escape);
    expect((await gradcam(["classify", CAT], { tty: true, env: { TERM: "dumb" } })).stdout).not.toContain(escape);
  });

  it("tells timings on stderr when it is told to be verbose", async () => {
    const run = await gradcam(["explain", CAT, "--json", "--verbose"]);
    expect(run.stderr).toMatch(/efficientnet-lite0 loaded in \d+ ms, build \w+ \(.*\), \d threads?\n/);
    expect(linesOf(run.stdout)).toHaveLength(1);
  });
});
