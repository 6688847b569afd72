/** Every operator, in both builds, on random calls: what the kernels write is what the f64 twin says. */
import { describe, expect, it } from "vitest";
import type { Op } from "../../src/ops/op.ts";
import { type NDArray, ndarray, relativeL2, type Twin } from "../reference/ndarray.ts";
import { twins } from "../reference/index.ts";
import { CORES, testEngine } from "../support/engine.ts";
import { seeded } from "../support/random.ts";
import { cases } from "./cases/index.ts";
import { runForward } from "./laboratory.ts";
import { caseTitle, forwardTrials, type OpCase, type Sample } from "./op-case.ts";
import { allOps } from "../support/all-ops.ts";

const TOLERANCE = 1e-6;

const twinOf = ({ op }: OpCase): Twin => twins[op] as Twin;

/** The same call with one element of the first input turned into NaN. */
function withNaN({ inputs, attrs }: Sample<unknown>, at: number): Sample<unknown> {
  const [x, ...parameters] = inputs;
  return { inputs: [poisoned(x!, at), ...parameters], attrs };
}

function poisoned(x: NDArray, at: number): NDArray {
  const data = x.data.slice();
  data[at % data.length] = NaN;
  return ndarray(x.shape, data);
}

const nanPositions = ({ data }: NDArray): number[] => [...data.keys()].filter((i) => Number.isNaN(data[i]));

describe.each(CORES)("in the %s build", (build) => {
  for (const testCase of cases) {
    const op = allOps[testCase.op] as Op;

    it(`${caseTitle(testCase)} equals its f64 twin`, async () => {
      const engine = await testEngine(build);
      for (const trial of forwardTrials(testCase)) {
        const sample = testCase.sample(seeded(trial), trial);
        const got = runForward(engine, op, sample);
        const want = twinOf(testCase)(sample.inputs, sample.attrs);
        expect(got.shape, `shape in trial ${trial}`).toEqual(want.shape);
        expect(relativeL2(got.data, want.data), `rel-L2 in trial ${trial}`).toBeLessThanOrEqual(
          testCase.tolerance ?? TOLERANCE,
        );
      }
    });

    const elsewhere = testCase.spreadsNaN ? "and around it" : "and nowhere else";
    it(`${caseTitle(testCase)} turns NaN into NaN where its twin does, ${elsewhere}`, async () => {
      const engine = await testEngine(build);
      for (let trial = 0; trial < 3; trial++) {
        const random = seeded(1000 + trial);
        const sample = withNaN(testCase.sample(random, trial), random.int(0, 1e6));
        const want = nanPositions(twinOf(testCase)(sample.inputs, sample.attrs));
        const got = nanPositions(runForward(engine, op, sample));
        expect(testCase.spreadsNaN ? want.filter((at) => got.includes(at)) : got).toEqual(want);
      }
    });
  }
});
