/** Derivatives of everything that has one, along random directions; places of maxima, which no small step moves. */
import { ops } from "../../../src/ops/index.ts";
import type { Op } from "../../../src/ops/op.ts";
import { BENDS } from "../../../src/ops/tangent/bends.ts";
import type { DerivativeAttrs } from "../../../src/ops/tangent/derivative.ts";
import { allOps } from "../../support/all-ops.ts";
import { caseTitle, channelsFor, type OpCase, opCase } from "../op-case.ts";
import { activationCases } from "./activations.ts";
import { windowsOf } from "./pool.ts";

/** That of gradients: y is one. */
const TOLERANCE = 2e-6;

const derivatives = activationCases
  .filter(({ op }) => Object.hasOwn(BENDS, op))
  .map((activation) =>
    opCase({
      op: "derivative",
      about: `of ${caseTitle(activation)}`,
      tolerance: TOLERANCE,
      sample(random, trial) {
        const { inputs, attrs } = activation.sample(random, trial);
        const x = inputs[0]!;
        const of = activation.op as DerivativeAttrs["of"];
        return { inputs: [random.array(x.shape), x], attrs: { of, op: allOps[of], attrs } };
      },
    }),
  );

const ofSoftmax = opCase({
  op: "derivative",
  about: "of softmax",
  tolerance: TOLERANCE,
  sample(random, trial) {
    const shape = [random.int(1, 3), random.int(1, 3), channelsFor(trial) + 1];
    const attrs = { of: "softmax", op: ops.softmax as Op, attrs: {} } as const;
    return { inputs: [random.array(shape), random.array(shape, { scale: 2 })], attrs };
  },
});

const inWindows = Object.entries(windowsOf).map(([about, sample]) =>
  opCase({
    op: "atMaximum",
    about,
    sample(random, trial) {
      const { inputs, attrs } = sample(random, trial);
      return { inputs: [random.array(inputs[0]!.shape), inputs[0]], attrs: { window: attrs } };
    },
  }),
);

const overall = opCase({
  op: "atMaximum",
  about: "of all pixels",
  sample(random, trial) {
    const x = random.distinct([random.int(1, 2), random.pick([1, 2, 5]), random.pick([1, 3]), channelsFor(trial)]);
    return { inputs: [random.array(x.shape), x], attrs: { whole: { keepDims: random.pick([true, false]) } } };
  },
});

export const tangentCases: readonly OpCase[] = [...derivatives, ofSoftmax, ...inWindows, overall];
