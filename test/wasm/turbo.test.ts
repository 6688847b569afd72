/** The turbo build computes what the relaxed one does, to the bit, and is dropped where it does not help. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadModel, type Model } from "../../src/node.ts";
import type { Op } from "../../src/ops/op.ts";
import { turboPacked } from "../../src/wasm/generated/turbo.ts";
import { unpack } from "../../src/wasm/inlined.ts";
import { createEngine, type Engine } from "../../src/wasm/instantiate.ts";
import { cases } from "../ops/cases/index.ts";
import { runEverything } from "../ops/laboratory.ts";
import { caseTitle, gradientTrials } from "../ops/op-case.ts";
import { testEngine } from "../support/engine.ts";
import { seeded } from "../support/random.ts";
import { allOps } from "../support/all-ops.ts";

const MAJOR = Number.parseInt(process.versions.node, 10);

describe("the turbo build", () => {
  let relaxed: Engine;
  let turbo: Engine;
  beforeAll(async () => {
    relaxed = await testEngine("relaxed");
    turbo = await testEngine("turbo");
  });

  for (const testCase of cases) {
    it(`gives the bits of the relaxed one: ${caseTitle(testCase)}`, () => {
      for (const trial of gradientTrials(testCase)) {
        const sample = testCase.sample(seeded(trial), trial);
        const op = allOps[testCase.op] as Op;
        expect(runEverything(turbo, op, sample, trial)).toEqual(runEverything(relaxed, op, sample, trial));
      }
    });
  }

  it("is dropped, and what was set for it taken back, where V8 does not fuse", async () => {
    let revoked = 0;
    const bytes = await unpack(turboPacked);
    const engine = await createEngine("relaxed", { turbo: { bytes, revoke: () => revoked++ } });
    // No flag was set here: tiles of 256 bits are slower than those of 128 then, in every version of Node.
    expect({ turbo: engine.turbo, revoked }).toEqual({ turbo: false, revoked: 1 });
  });
});

describe("a model that asks for turbo", () => {
  let model: Model;
  let plain: Model;
  beforeAll(async () => {
    model = await loadModel(undefined, { engine: { turbo: true, threads: 1 } });
    plain = await loadModel(undefined, { engine: { threads: 1 } });
  });
  afterAll(() => {
    model.dispose();
    plain.dispose();
  });

  it.runIf(MAJOR < 24)("runs without it before Node 24 and says so", () => {
    expect(model.engine).toMatchObject({ turbo: false, build: "relaxed" });
  });

  it("answers with the bytes it would give without", async () => {
    const { shape } = model.inputs[0]!;
    const input = { data: Float32Array.from(seeded(3).array(shape).data), shape };
    const [name] = model.outputs.map((output) => output.name);
    const of = { of: 285, wrt: ["input"] } as const;
    expect((await model.run(input))[name!]).toEqual((await plain.run(input))[name!]);
    expect(await model.gradients(input, of)).toEqual(await plain.gradients(input, of));
  });

  it.each([
    ["exact", { exact: true }],
    ["build: simd", { build: "simd" }],
  ] as const)("cannot have it together with %s", async (got, engine) => {
    await expect(loadModel(undefined, { engine: { ...engine, turbo: true } })).rejects.toMatchObject({
      code: "E_OPTION",
      got,
    });
  });
});
