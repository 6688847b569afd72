/** Every operator on several threads, its smallest calls shared too: the same bits as on one, forward and backward. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Op } from "../../src/ops/op.ts";
import type { Engine } from "../../src/wasm/instantiate.ts";
import { cases } from "../ops/cases/index.ts";
import { runEverything } from "../ops/laboratory.ts";
import { caseTitle, gradientTrials } from "../ops/op-case.ts";
import { BUILDS, testEngine } from "../support/engine.ts";
import { seeded } from "../support/random.ts";
import { threadedEngine } from "../support/threads.ts";
import { allOps } from "../support/all-ops.ts";

describe.each(BUILDS)("in the %s build, three threads", (build) => {
  let one: Engine;
  let three: Engine;
  beforeAll(async () => {
    one = await testEngine(build);
    three = (await threadedEngine(build, 3)).engine;
  });
  afterAll(() => {
    three.team.dispose();
  });

  for (const testCase of cases) {
    it(`${caseTitle(testCase)}: give the bits of one`, () => {
      for (const trial of gradientTrials(testCase)) {
        const sample = testCase.sample(seeded(trial), trial);
        const op = allOps[testCase.op] as Op;
        expect(runEverything(three, op, sample, trial)).toEqual(runEverything(one, op, sample, trial));
      }
    });
  }
});
