/** From raw numbers to a map that can be looked at, and the reasons why there is sometimes nothing to see. */

export type WarningCode = "ALL_NEGATIVE" | "FLAT" | "INSENSITIVE" | "SATURATED_SCORE";

export interface Warning {
  readonly code: WarningCode;
  readonly message: string;
  readonly hint: string;
}

/** Which part of the evidence is shown: for the score, against it, or both in one map from −1 to 1. */
export const SIGNS = ["positive", "negative", "signed"] as const;
export type Sign = (typeof SIGNS)[number];

/** A probability so near 1 that its gradient has all but vanished. */
const SATURATED = 0.999;

/** max(0, ±raw) / max, or raw / max|raw|; all zeros where nothing is to be shown. Never NaN. */
export function normalized(raw: Float32Array, sign: Sign): Float32Array {
  if (sign === "signed") {
    let largest = 0;
    for (const value of raw) largest = Math.max(largest, Math.abs(value));
    return raw.map((value) => (largest > 0 ? value / largest : 0));
  }
  const direction = sign === "positive" ? 1 : -1;
  let top = 0;
  for (const value of raw) top = Math.max(top, direction * value);
  return raw.map((value) => (top > 0 ? Math.max(0, direction * value) / top : 0));
}

export interface MapFacts {
  readonly raw: Float32Array;
  readonly sign: Sign;
  readonly score: "logit" | "probability" | "rest";
  readonly probability: number | undefined;
}

/** Of all values; infinite where there are none. */
export function extremes(values: Float32Array): [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

/** Why a map is blank or not to be trusted, each with a remedy. */
export function diagnose({ raw, sign, score, probability }: MapFacts): Warning[] {
  const warnings: Warning[] = [];
  const [low, high] = extremes(raw);
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
  } else if (sign !== "signed" && (sign === "positive" ? high <= 0 : low >= 0)) {
    warnings.push({
      code: "ALL_NEGATIVE",
      message: sign === "positive" ? "no position speaks for this target" : "no position speaks against this target",
      hint:
        sign === "positive" ? 'look at sign "negative", another layer or another target' : 'look at sign "positive"',
    });
  }
  return warnings;
}
