/** gradcam metrics: the table, its forms for programs, thresholds. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { csvOf, tableOf } from "../../src/cli/metrics/metrics-report.ts";
import { Tally } from "../../src/cli/metrics/metrics-tally.ts";
import { styleFor } from "../../src/cli/terminal/style.ts";
import { meanInterval, type MetricName, type MetricResult, METRICS } from "../../src/node.ts";
import { gradcam, inTemporaryFolder } from "../support/cli.ts";

const PICTURES = ["examples/cat.jpg", "examples/coffee.jpg"];
const QUICK = ["--metrics", "deletion,complexity", "--set", "steps=2", "--draws", "2"];

interface Line {
  readonly image?: string;
  readonly method?: string;
  readonly seed?: number;
  readonly metrics?: readonly MetricResult[];
  readonly summary?: readonly { metric: string; method: string; pictures: number; mean: number }[];
}

const linesOf = (text: string): Line[] =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);

const result = (metric: MetricName, value: number, better: "higher" | "lower" = "higher"): MetricResult => ({
  metric,
  value,
  better,
  parameters: {},
  warnings: [],
  seed: 0,
  milliseconds: 1,
});

describe("gradcam metrics", () => {
  it("prints a block for each metric, the baseline last, on at most 80 columns", async () => {
    const run = await gradcam(["metrics", ...PICTURES, "--methods", "grad-cam", ...QUICK]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const rows = run.stdout.split("\n");
    expect(rows[0]).toBe("2 pictures, efficientnet-lite0");
    expect(run.stdout).toMatch(/^deletion ↓ +mean +95 % interval +less random-cam +95 % interval$/m);
    expect(run.stdout).toMatch(/^ {2}grad-cam +0\.\d{3} +0\.\d{3} … 0\.\d{3} +[+−]0\.\d{3}/m);
    expect(run.stdout).toMatch(/^complexity ↓.*\n {2}grad-cam .*\n {2}random-cam +0\.\d{3} +0\.\d{3} … 0\.\d{3}$/m);
    expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(80);
  });

  it("prints a line for each map and the summary as JSON, whose means are those of the lines", async () => {
    const run = await gradcam(["metrics", ...PICTURES, "--methods", "grad-cam", ...QUICK, "--json", "--seed", "3"]);
    const lines = linesOf(run.stdout);
    const maps = lines.slice(0, -1);
    expect(maps.map(({ image, method, seed }) => [image, method, seed])).toEqual([
      [PICTURES[0], "grad-cam", 3],
      [PICTURES[0], "random-cam", 3],
      [PICTURES[0], "random-cam", 4],
      [PICTURES[1], "grad-cam", 3],
      [PICTURES[1], "random-cam", 5],
      [PICTURES[1], "random-cam", 6],
    ]);
    expect(maps[0]!.metrics![0]).toMatchObject({ metric: "deletion", parameters: { steps: 2 } });
    expect(maps[0]!.metrics![0]!.curves!["deletion"]!.x).toEqual([0, 0.5, 1]);
    const mean = (method: string): number => {
      const values = maps.filter((map) => map.method === method).map((map) => map.metrics![0]!.value);
      return values.reduce((sum, value) => sum + value / values.length, 0);
    };
    const { summary } = lines.at(-1)!;
    for (const method of ["grad-cam", "random-cam"]) {
      const row = summary!.find((each) => each.metric === "deletion" && each.method === method)!;
      expect(row.pictures).toBe(2);
      expect(row.mean).toBeCloseTo(mean(method), 12);
    }
  });

  it("prints the summary as CSV, the same for the same seed", async () => {
    const argv = ["metrics", PICTURES[0]!, "--methods", "layer-cam", ...QUICK, "--csv"];
    const [first, second] = [await gradcam(argv), await gradcam(argv)];
    expect(first.stdout).toBe(second.stdout);
    const [head, ...rows] = first.stdout.trim().split("\n");
    expect(head).toMatch(/^metric,better,method,pictures,mean,low,high,difference,/);
    expect(rows.map((row) => row.split(",").slice(0, 4).join(","))).toEqual([
      "deletion,lower,layer-cam,1",
      "deletion,lower,random-cam,1",
      "complexity,lower,layer-cam,1",
      "complexity,lower,random-cam,1",
    ]);
    expect(new Set(rows.map((row) => row.split(",").length))).toEqual(new Set([10]));
  });

  it("fails where a mean is worse than --fail-under allows, on the side where worse is, and only there", async () => {
    const check = (...limits: string[]) =>
      gradcam([
        "metrics",
        PICTURES[0]!,
        "--methods",
        "grad-cam",
        ...QUICK,
        "-q",
        ...limits.flatMap((l) => ["--fail-under", l]),
      ]);
    expect(await check("deletion=0.99", "complexity=1")).toMatchObject({ code: 0, stderr: "" });
    const failed = await check("deletion=0.01", "complexity=1");
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/^gradcam: E_THRESHOLD: deletion of grad-cam: expected at most 0\.01, got 0\.\d+\n$/);
    expect(failed.stdout).toMatch(/^deletion grad-cam 0\.\d{3}\n/);
  });

  it("gives methods and metrics their options", async () => {
    const argv = ["metrics", PICTURES[0]!, "--methods", "score-cam", "--metrics", "deletion", "--draws", "1", "--json"];
    const run = await gradcam([...argv, "--set", "maxN=4", "--set", "steps=3"]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(linesOf(run.stdout)[0]!.metrics![0]!.parameters).toEqual({ steps: 3 });
    const wrong = await gradcam([...argv, "--set", "stepz=3"]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/E_OPTION: option "stepz"/);
  });

  it("finds boxes by the name of the picture", async () => {
    await inTemporaryFolder(async (folder) => {
      const file = join(folder, "boxes.json");
      writeFileSync(file, JSON.stringify({ "cat.jpg": [{ x: 0, y: 0, width: 451, height: 300 }] }));
      const argv = ["metrics", "examples/cat.jpg", "--metrics", "energy-in-box,pointing-game", "--draws", "1", "-q"];
      const run = await gradcam([...argv, "--methods", "grad-cam", "--boxes", file]);
      expect(run.stdout).toMatch(/^energy-in-box grad-cam 1\.000\n.*\npointing-game grad-cam 1\.000\n/);
      const none = await gradcam(argv);
      expect(none.code).toBe(2);
      expect(none.stderr).toMatch(/E_OPTION: energy-in-box: expected boxes/);
      writeFileSync(file, JSON.stringify({ "cat.jpg": [{ x: 0, y: 0, width: "9" }] }));
      const bad = await gradcam([...argv, "--boxes", file]);
      expect([bad.code, bad.stderr]).toEqual([2, expect.stringMatching(/E_INPUT_VALUE: .*cat\.jpg: expected/)]);
    });
  });

  it("goes on after a picture that cannot be read", async () => {
    const run = await gradcam(["metrics", "missing.jpg", PICTURES[0]!, "--methods", "grad-cam", ...QUICK]);
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/E_IMAGE_UNREADABLE.*\n1 of 2 pictures done, 1 failed\n$/);
    expect(run.stdout).toMatch(/^1 picture, /);
  });

  it("is interrupted between batches", async () => {
    const stop = new AbortController();
    const work = gradcam(["metrics", ...PICTURES], { signal: stop.signal });
    setTimeout(() => stop.abort(), 1500);
    expect(await work).toMatchObject({ code: 130, stdout: "" });
  });

  it("names every metric in its help", async () => {
    const { stdout } = await gradcam(["metrics", "--help"]);
    expect(METRICS.filter((name) => !stdout.includes(name))).toEqual([]);
  });
});

describe("the tally", () => {
  const tallied = (values: readonly (readonly [number, number])[], better: "higher" | "lower" = "higher") => {
    const tally = new Tally();
    values.forEach(([value, base], i) => {
      tally.add(`picture ${i}`, "grad-cam", [result("insertion", value, better)]);
      tally.add(`picture ${i}`, "random-cam", [result("insertion", base, better)]);
    });
    return tally.rows(meanInterval, 0);
  };

  it("calls a method better or worse when all differences say so, though the means overlap", () => {
    const spread = [0.1, 0.3, 0.5, 0.7, 0.9].map((base): [number, number] => [base + 0.05, base]);
    const [row, base] = tallied(spread);
    expect(row!.low!).toBeLessThan(base!.high!);
    expect(row!.verdict).toBe("better");
    expect(row!.difference!.mean).toBeCloseTo(0.05, 12);
    expect(tallied(spread, "lower")[0]!.verdict).toBe("worse");
    expect(
      tallied([
        [0.2, 0.4],
        [0.6, 0.4],
      ])[0]!.verdict,
    ).toBeUndefined();
    expect(tallied([[0.9, 0.1]])[0]!.verdict).toBeUndefined();
  });

  it("averages draws of one picture before it counts pictures", () => {
    const tally = new Tally();
    tally.add("a", "random-cam", [result("road", 0)]);
    tally.add("a", "random-cam", [result("road", 1)]);
    tally.add("b", "random-cam", [result("road", 0.9)]);
    expect(tally.rows(meanInterval, 0)).toMatchObject([{ pictures: 2, mean: 0.7 }]);
  });

  it("shows what is not known as such", () => {
    const rows = tallied([[0.9, 0.1]]);
    const plain = styleFor(
      { write: () => undefined, isTTY: false, columns: 80, drained: () => Promise.resolve() },
      {},
      false,
    );
    expect(tableOf(rows, plain, 80)[1]).toMatch(/^ {2}grad-cam +0\.900 +– +\+0\.800 +–$/);
    expect(csvOf(rows)[1]).toBe("insertion,higher,grad-cam,1,0.9,,,0.8,,");
  });
});
