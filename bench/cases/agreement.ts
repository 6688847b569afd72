/** Before anything is timed: do the engines compute the same thing? */

export interface Agreement {
  /** max |a − b| over all logits. */
  readonly maxDifference: number;
  /** The same as a share of the largest logit. */
  readonly relative: number;
  readonly sameTop5: boolean;
}

/** Two float32 engines that sum in different orders stay well below this; a wrong padding does not. */
const TOLERANCE = 1e-4;

export function compareLogits(ours: Float32Array, theirs: Float32Array): Agreement {
  let [difference, largest] = [ours.length === theirs.length ? 0 : NaN, 0];
  theirs.forEach((value, i) => {
    difference = Math.max(difference, Math.abs(value - ours[i]!));
    largest = Math.max(largest, Math.abs(value));
  });
  return {
    maxDifference: difference,
    relative: difference / largest,
    sameTop5: top5(ours).join() === top5(theirs).join(),
  };
}

/** False for NaN. */
export const agree = ({ relative, sameTop5 }: Agreement): boolean => relative <= TOLERANCE && sameTop5;

const top5 = (logits: Float32Array): number[] =>
  [...logits.keys()].sort((a, b) => logits[b]! - logits[a]! || a - b).slice(0, 5);
