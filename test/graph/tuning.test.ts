/** Measured algorithms: whose measurements count, and what a file of them may not be. */
import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../src/graph/builder.ts";
import { parameterOf } from "../../src/graph/parameter.ts";
import { TUNING_TABLE } from "../../src/graph/tuning-table.ts";
import { checkTuning, choiceFor, shapeKey, type Tuning } from "../../src/graph/tuning.ts";
import { createModel, type EngineOptions } from "../../src/node.ts";
import { Stopwatch } from "../../src/cli/timing/stopwatch.ts";
import { codeOf } from "../support/error-code.ts";
import { seeded } from "../support/random.ts";

const KEY = "5x6x4>3";
const tuning = (algorithm: "direct" | "winograd"): Tuning => ({
  version: 1,
  builds: { simd: { [KEY]: algorithm }, relaxed: { [KEY]: algorithm } },
});

const random = seeded(7);
const kernel = Float32Array.from({ length: 9 * 4 * 3 }, () => random.uniform(-1, 1));
const input = { data: Float32Array.from({ length: 5 * 6 * 4 }, () => random.uniform(-1, 1)), shape: [1, 5, 6, 4] };

/** Too small for the rule to take Winograd. */
async function run(engine: EngineOptions): Promise<Float32Array> {
  const g = new GraphBuilder("one convolution", "test");
  const x = g.input("input", [1, 5, 6, 4]);
  const w = g.parameter("w", [3, 3, 4, 3], parameterOf(kernel, [3, 3, 4, 3]));
  const attrs = { strides: [1, 1], dilations: [1, 1], padding: [1, 1, 1, 1], groups: 1 } as const;
  const model = await createModel(g.finish([g.layer("y", "Conv2D", g.node("conv2d", "y", [x, w], attrs))]), { engine });
  const { y } = await model.run(input);
  model.dispose();
  return y!.data;
}

describe("a table of measured algorithms", () => {
  it("is keyed by the outputs and channels of a shape", () => {
    expect(shapeKey([1, 5, 6, 3], [3, 3, 4, 3])).toBe(KEY);
  });

  it("decides before ours, which decides before the rule", () => {
    const [known, measured] = Object.entries(TUNING_TABLE.builds.relaxed!)[0]!;
    const other = measured === "direct" ? "winograd" : "direct";
    expect(choiceFor("relaxed", undefined)(known)).toBe(measured);
    expect(choiceFor("relaxed", { version: 1, builds: { relaxed: { [known]: other } } })(known)).toBe(other);
    expect(choiceFor("relaxed", { version: 1, builds: { simd: { [known]: other } } })(known)).toBe(measured);
    expect(choiceFor("relaxed", undefined)(KEY)).toBeUndefined();
    expect(choiceFor("relaxed", undefined)("constructor")).toBeUndefined();
  });

  it("is what a format check lets through", () => {
    expect(checkTuning(TUNING_TABLE, "table")).toBe(TUNING_TABLE);
  });

  it("changes the last digits and nothing else, and nothing at all of an exact model", async () => {
    const [plain, direct, winograd] = [
      await run({}),
      await run({ tuning: tuning("direct") }),
      await run({ tuning: tuning("winograd") }),
    ];
    expect(direct).toEqual(plain);
    expect(winograd).not.toEqual(plain);
    winograd.forEach((value, i) => expect(Math.abs(value - plain[i]!)).toBeLessThan(1e-5));
    expect(await run({ exact: true, tuning: tuning("winograd") })).toEqual(await run({ exact: true }));
  });

  it.each<[string, unknown]>([
    ["null", null],
    ["a list", []],
    ["a text", "relaxed"],
    ["no version", { builds: {} }],
    ["another version", { version: 2, builds: {} }],
    ["more fields than two", { version: 1, builds: {}, extra: 1 }],
    ["no builds", { version: 1 }],
    ["an unknown build", { version: 1, builds: { fast: {} } }],
    ["a list for a build", { version: 1, builds: { simd: [] } }],
    ["a key that is no shape", { version: 1, builds: { simd: { "5x6": "direct" } } }],
    ["a prototype for a key", { version: 1, builds: { simd: JSON.parse('{"__proto__": "direct"}') as unknown } }],
    ["an unknown algorithm", { version: 1, builds: { simd: { [KEY]: "fft" } } }],
    ["an algorithm that is none", { version: 1, builds: { simd: { [KEY]: { toString: 1 } } } }],
    [
      "far too many shapes",
      {
        version: 1,
        builds: { simd: Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`${i}x1x1>1`, "direct"])) },
      },
    ],
  ])("is refused when it is %s", async (_, value) => {
    expect(await codeOf(() => checkTuning(value, "table"))).toBe("E_INPUT_VALUE");
    expect(await codeOf(() => run({ tuning: value as Tuning }))).toBe("E_INPUT_VALUE");
  });
});

describe("the stopwatch of bench --tune", () => {
  it("takes the time of every convolution that has a choice, by shape", async () => {
    const watch = new Stopwatch();
    await run({ observe: watch.observe });
    expect([...watch.shapes]).toEqual([[KEY, ["y"]]]);
    expect(watch.ms(KEY, "forward", 1)).toBeGreaterThan(0);
  });
});
