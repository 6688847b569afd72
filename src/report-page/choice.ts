/** Which map is shown: a class, a method and a layer, and what to show when that combination was not made. */
import type { PageMap } from "../report/page-data.ts";

export interface Choice {
  readonly target: string;
  readonly method: string;
  readonly layer: string;
}

export const choiceOf = ({ target, method, layer }: PageMap): Choice => ({ target: target.label, method, layer });

/**
 * The map that has all that was chosen; else, of those that have what was changed last, the one that agrees in most of the
 * rest; the first of equals.
 */
export function chosen(maps: readonly PageMap[], choice: Choice, changed?: keyof Choice): number {
  let [best, most] = [0, -1];
  maps.forEach((map, i) => {
    const has = choiceOf(map);
    const agreement = (Object.keys(has) as (keyof Choice)[])
      .map((key) => (has[key] === choice[key] ? (key === changed ? 4 : 1) : 0) as number)
      .reduce((a, b) => a + b);
    if (agreement > most) [best, most] = [i, agreement];
  });
  return best;
}

/** The different values of one kind, in order. */
export const valuesFor = (maps: readonly PageMap[], key: keyof Choice): string[] => [
  ...new Set(maps.map((map) => choiceOf(map)[key])),
];
