/**
 * A case says how to draw random calls of one operator; the tests of this folder do the rest:
 * forward.test.ts compares with the f64 twin of the same name in test/reference/index.ts,
 * gradients.test.ts compares every gradient with central differences of that twin.
 * Adding an operator: a twin, a case in cases/, a line in docs/operators.md (test/contract.test.ts insists).
 */
import type { AttrsOf, AnyOpType } from "../../src/ops/index.ts";
import type { NDArray } from "../reference/ndarray.ts";
import type { Random } from "../support/random.ts";

/** One call. Values must be exact in f32; see Random.array. An optional input that is left out is undefined. */
export interface Sample<Attrs> {
  readonly inputs: readonly (NDArray | undefined)[];
  readonly attrs: Attrs;
}

export interface OpCase<T extends AnyOpType = AnyOpType> {
  readonly op: T;
  /** What is special about these calls, as the end of "softmax, …"; left out when they are the general case. */
  readonly about?: string;
  /** Calls drawn by the forward test; 12 when left out. See gradientTrials for the other test. */
  readonly trials?: number;
  /** rel-L2 that y may differ from the twin's, and gradients from its slopes; 1e-6 and 2e-6 when left out. */
  readonly tolerance?: number;
  /** A NaN may reach further than in the twin, as long as it reaches what it reaches there. */
  readonly spreadsNaN?: true;
  /** Keep tensors small (≤ about 2000 elements) and cheap for the twin; use `trial` to walk through tail lengths. */
  sample(random: Random, trial: number): Sample<AttrsOf<T>>;
}

/** Gives a case literal its attribute type. */
export const opCase = <T extends AnyOpType>(definition: OpCase<T>): OpCase<T> => definition;

export const caseTitle = ({ op, about }: OpCase): string => (about ? `${op}, ${about}` : op);

/** The trial numbers of the forward test. */
export const forwardTrials = ({ trials = 12 }: OpCase): number[] => [...Array(trials).keys()];

/** The trial numbers of the gradient test: a third as many, five apart so that they fall into every residue class of 2, 3 and 4. */
export const gradientTrials = ({ trials = 12 }: OpCase): number[] =>
  Array.from({ length: Math.ceil(trials / 3) }, (_, i) => i * 5);

/** Channel counts that meet every tail of four and sixteen lanes: 1…9, then 15, 16, 17, 19, 33. */
export const CHANNELS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 19, 33] as const;

export const channelsFor = (trial: number): number => CHANNELS[trial % CHANNELS.length]!;
