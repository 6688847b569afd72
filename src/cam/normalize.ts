/** From raw numbers to a map that can be looked at, and the reasons why there is sometimes nothing to see. */

export type WarningCode = "ALL_NEGATIVE" | "FLAT" | "SATURATED_SCORE";

export interface Warning {
  readonly code: WarningCode;
  readonly message: string;
  readonly hint: string;
}

/** Which part of the evidence is shown: for the score, or against it. */
export const SIGNS = ["positive", "negative"] as const;
export type Sign = (typeof SIGNS)[number];

/** A probability so near 1 that its gradient has all but vanished. */
const SATURATED = 0.999;

/** max(0, ±raw) / max; all zeros where nothing is positive. Never NaN. */
export function normalized(raw: Float32Array, sign: Sign): Float32Array {
  const signed = sign === "positive" ? raw : raw.map((value) => -value);
  const top = signed.reduce((a, b) => Math.max(a, b), 0);
  return signed.map((value) => (top > 0 ? Math.max(0, value) / top : 0));
}

export interface MapFacts {
  readonly raw: Float32Array;
  readonly sign: Sign;
  readonly score: "logit" | "probability";
  readonly probability: number | undefined;
}

/** Why a map is blank or not to be trusted, each with a remedy. */
export function diagnose({ raw, sign, score, probability }: MapFacts): Warning[] {
  const warnings: Warning[] = [];
  const low = raw.reduce((a, b) => Math.min(a, b), Infinity);
  const high = raw.reduce((a, b) => Math.max(a, b), -Infinity);
  if (score === "probability" && probability !== undefined && probability > SATURATED) {
    warnings.push({
      code: "SATURATED_SCORE",
      message: `the probability is ${probability.toFixed(6)}: its gradient all but vanishes`,
      hint: 'use score "logit"',
    });
  }
  if (low === high) {
    warnings.push({
      code: "FLAT",
      message:
        raw.length === 1 ? "the layer has a single position" : `every position has the same value ${String(low)}`,
      hint: "choose a layer with a larger map, nearer to the input, or another target",
    });
  } else if (sign === "positive" ? high <= 0 : low >= 0) {
    warnings.push({
      code: "ALL_NEGATIVE",
      message: sign === "positive" ? "no position speaks for this target" : "no position speaks against this target",
      hint:
        sign === "positive" ? 'look at sign "negative", another layer or another target' : 'look at sign "positive"',
    });
  }
  return warnings;
}
