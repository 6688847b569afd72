/** Activations on any shape. The kinks are where the gradient jumps, so that no difference is taken across one. */
import type { AttrsOf, AnyOpType } from "../../../src/ops/index.ts";
import type { Random } from "../../support/random.ts";
import { channelsFor, type OpCase, opCase } from "../op-case.ts";

interface Draw<Attrs> {
  attrs: Attrs;
  kinks?: readonly number[];
}

const NO_ATTRS = {};

const pointwise = <T extends AnyOpType>(op: T, draw: (random: Random) => Draw<AttrsOf<T>>): OpCase<T> =>
  opCase<T>({
    op,
    sample(random, trial) {
      const { attrs, kinks = [] } = draw(random);
      const shape = [random.int(1, 2), random.int(1, 4), random.int(1, 4), channelsFor(trial)];
      return { inputs: [random.array(shape, { scale: 2, kinks })], attrs };
    },
  });

export const activationCases: readonly OpCase[] = [
  pointwise("relu", () => ({ attrs: NO_ATTRS, kinks: [0] })),
  pointwise("clippedRelu", (random) => {
    const max = random.pick([1, 6, 0.5]);
    return { attrs: { max }, kinks: [0, max] };
  }),
  pointwise("leakyRelu", (random) => ({ attrs: { alpha: random.pick([0, 0.2, 0.3, 1.5]) }, kinks: [0] })),
  pointwise("elu", (random) => ({ attrs: { alpha: random.pick([1, 0.5, 1.7]) }, kinks: [0] })),
  pointwise("selu", () => ({ attrs: NO_ATTRS, kinks: [0] })),
  pointwise("sigmoid", () => ({ attrs: NO_ATTRS })),
  pointwise("hardSigmoid", (random) => {
    const alpha = random.pick([0.2, 1 / 6, 0.7]);
    const beta = random.pick([0.5, 0.3]);
    return { attrs: { alpha, beta }, kinks: [-beta / alpha, (1 - beta) / alpha] };
  }),
  pointwise("swish", () => ({ attrs: NO_ATTRS })),
  pointwise("hardSwish", () => ({ attrs: NO_ATTRS, kinks: [-3, 3] })),
  pointwise("tanh", () => ({ attrs: NO_ATTRS })),
  { ...pointwise("gelu", () => ({ attrs: { approximate: false } })), about: "exact" },
  { ...pointwise("gelu", () => ({ attrs: { approximate: true } })), about: "by tanh" },
  pointwise("softplus", () => ({ attrs: NO_ATTRS })),
  pointwise("mish", () => ({ attrs: NO_ATTRS })),
  pointwise("exponential", () => ({ attrs: NO_ATTRS })),
  pointwise("softsign", () => ({ attrs: NO_ATTRS })),
];
