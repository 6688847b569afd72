/** Before anything is timed: do the engines compute the same thing? */
import type { Work } from "../contenders/contender.ts";

export interface Agreement {
  /** max |a − b| */
  readonly maxDifference: number;
  /** ‖a − b‖ / ‖b‖ */
  readonly relativeL2: number;
  /** Of scores: whether the same five classes come first, in the same order. */
  readonly sameTop5?: boolean;
}

/**
 * The largest ‖a − b‖ / ‖b‖ that is still the same answer. Float32 engines that sum in different orders stay far below
 * these; a wrong padding or a wrong tie does not. What passes backwards through many ReLUs and pools can jump where an
 * activation is within rounding of zero (docs/architecture.md, Exactness), hence more room for gradients.
 */
const TOLERANCES: Readonly<Record<Work, number>> = {
  forward: 1e-4,
  "grad-cam": 2e-3,
  "ten-classes": 2e-3,
  "all-classes": 2e-3,
  "input-gradient": 2e-2,
  "weight-gradients": 2e-2,
  "train-step": 1e-4,
};

export function compareAnswers(ours: Float32Array, theirs: Float32Array): Agreement {
  let difference = ours.length === theirs.length ? 0 : NaN;
  let [squares, reference] = [0, 0];
  theirs.forEach((value, i) => {
    const delta = value - ours[i]!;
    difference = Math.max(difference, Math.abs(delta));
    squares += delta * delta;
    reference += value * value;
  });
  return { maxDifference: difference, relativeL2: Math.sqrt(squares / reference) };
}

/** Class scores: also by their order. */
export const compareScores = (ours: Float32Array, theirs: Float32Array): Agreement => ({
  ...compareAnswers(ours, theirs),
  sameTop5: top5(ours).join() === top5(theirs).join(),
});

/** False for NaN. @param within instead of the bound for this kind of work */
export function agree(work: Work, agreement: Agreement, within = TOLERANCES[work]): boolean {
  const { maxDifference, relativeL2, sameTop5 = true } = agreement;
  return sameTop5 && !Number.isNaN(maxDifference) && relativeL2 <= within;
}

/** "max |Δ| 1.2e-5, rel. L2 3.0e-7, same top 5" */
export function describeAgreement({ maxDifference, relativeL2, sameTop5 }: Agreement): string {
  const order = sameTop5 === undefined ? "" : sameTop5 ? ", same top 5" : ", another top 5";
  return `max |Δ| ${maxDifference.toExponential(1)}, relative L2 ${relativeL2.toExponential(1)}${order}`;
}

const top5 = (logits: Float32Array): number[] =>
  [...logits.keys()].sort((a, b) => logits[b]! - logits[a]! || a - b).slice(0, 5);
