/** A stored result against the same question asked again: what differs, and what was different when it was asked. */
import type { Explanation } from "../explanation.ts";
import type { StoredResult } from "./stored-result.ts";

/** A number or word of a result, and what it is now. */
export interface Difference {
  readonly what: string;
  readonly stored: number | string;
  readonly now: number | string;
}

export interface Reproduction {
  /** Raw map and scores are the same to the bit. */
  readonly same: boolean;
  readonly differences: readonly Difference[];
  /** Other than they were: what may explain differences. Threads, turbo and memory never change a bit and are not looked at. */
  readonly circumstances: readonly Difference[];
}

export function compareResults(stored: StoredResult, now: Explanation, pictureHash: string): Reproduction {
  const differences = [...mapDifference(stored.raw, now.raw), ...unequal(numbersOf(stored), numbersOf(now))];
  const circumstances = unequal(circumstancesOf(stored, stored.picture?.sha256), circumstancesOf(now, pictureHash));
  return { same: differences.length === 0, differences, circumstances };
}

type Facts = Readonly<Record<string, number | string | undefined>>;

/** What is there on both sides and not the same. */
function unequal(stored: Facts, now: Facts): Difference[] {
  return Object.entries(stored).flatMap(([what, before]) => {
    const after = now[what];
    return before === undefined || after === undefined || before === after
      ? []
      : [{ what, stored: before, now: after }];
  });
}

type Comparable = Pick<Explanation, "target" | "predictions" | "facts">;

function numbersOf({ target, predictions, facts = {} }: Comparable): Facts {
  const { score, logit, probability } = target;
  const ranked = predictions.flatMap(({ index, logit: y, probability: p }, i) => [
    [`top ${i + 1}: class`, index] as const,
    [`top ${i + 1}: logit`, y] as const,
    [`top ${i + 1}: probability`, p] as const,
  ]);
  return { score, logit, probability, ...facts, ...Object.fromEntries(ranked) };
}

function mapDifference(stored: StoredResult["raw"], now: Explanation["raw"]): Difference[] {
  const size = `${stored.width}×${stored.height}`;
  if (size !== `${now.width}×${now.height}` || stored.data.length !== now.data.length) {
    return [{ what: "size of the raw map", stored: size, now: `${now.width}×${now.height}` }];
  }
  let [count, worst] = [0, 0];
  now.data.forEach((value, i) => {
    const before = Math.fround(stored.data[i]!);
    if (before === value) return;
    count++;
    if (!(Math.abs(before - value) <= Math.abs(Math.fround(stored.data[worst]!) - now.data[worst]!))) worst = i;
  });
  if (count === 0) return [];
  const what = `raw map, ${count} of ${now.data.length} values, the farthest at ${worst % now.width},${Math.floor(worst / now.width)}`;
  return [{ what, stored: stored.data[worst]!, now: now.data[worst]! }];
}

type Made = Pick<StoredResult, "version" | "engine" | "model" | "picture">;

function circumstancesOf({ version, engine, model, picture }: Made, pictureHash: string | undefined): Facts {
  return {
    version,
    build: engine.build,
    "fused multiply-add": String(engine.fma),
    "tuning table": engine.tuned ? "yes" : "no",
    model: model.name,
    "model's SHA-256": model.sha256,
    "picture's SHA-256": pictureHash,
    "picture's size": picture && `${picture.width}×${picture.height}`,
  };
}
