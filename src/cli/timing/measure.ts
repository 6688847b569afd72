/** Milliseconds of pieces of work that take turns, so that what disturbs one disturbs its neighbour. */
import type { Terminal } from "../terminal/terminal.ts";

export interface Measurement {
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
  readonly runs: number;
}

/** Rounds until compilers have tiered up; slow work needs fewer, for its loops run longer. */
const WARM_ROUNDS = 10;
const WARM_MS = 2000;

/** Runs all of `work` `runs` times, after warming up. Ctrl-C ends it between two runs. */
export async function measure<Kind extends string>(
  work: Readonly<Record<Kind, () => Promise<unknown>>>,
  runs: number,
  terminal: Terminal,
): Promise<Record<Kind, Measurement>> {
  const kinds = Object.keys(work) as Kind[];
  const times = Object.fromEntries(kinds.map((kind) => [kind, [] as number[]])) as Record<Kind, number[]>;
  const round = async (keep: boolean): Promise<void> => {
    for (const kind of kinds) {
      terminal.io.signal.throwIfAborted();
      const begun = performance.now();
      await work[kind]();
      if (keep) times[kind].push(performance.now() - begun);
    }
  };
  terminal.progress("warming up");
  const begun = performance.now();
  for (let i = 0; i < WARM_ROUNDS && (i === 0 || performance.now() - begun < WARM_MS); i++) await round(false);
  for (let i = 1; i <= runs; i++) {
    terminal.progress(`run ${i} of ${runs}`);
    await round(true);
  }
  terminal.progress("");
  return Object.fromEntries(kinds.map((kind) => [kind, summarize(times[kind])])) as Record<Kind, Measurement>;
}

const summarize = (times: readonly number[]): Measurement => ({
  median: quantile(times, 0.5),
  p10: quantile(times, 0.1),
  p90: quantile(times, 0.9),
  runs: times.length,
});

/** Linear interpolation between order statistics. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  return below + (sorted[Math.ceil(place)]! - below) * (place - Math.floor(place));
}
