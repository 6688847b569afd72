/** The stopwatch that runs inside of a contender's process. */
import { spread } from "./statistics.ts";

/** When warming up ends: the last `window` runs within 3 % of each other, after `least` runs or at the latest after `most`. */
export interface WarmUp {
  readonly least: number;
  readonly most: number;
  readonly window: number;
}

const STEADY = 0.03;

/** Milliseconds of each run, by kind of work. The kinds take turns, run by run: what disturbs one disturbs its neighbour. */
export async function time(works: readonly (() => Promise<unknown>)[], runs: number): Promise<number[][]> {
  const times = works.map((): number[] => []);
  for (let i = 0; i < runs; i++) {
    for (const [kind, work] of works.entries()) {
      const begun = performance.now();
      await work();
      times[kind]!.push(performance.now() - begun);
    }
  }
  return times;
}

/** Runs until the compiler has tiered up and all caches are filled; the times of these runs, the first one cold. */
export async function warmUp(work: () => Promise<unknown>, { least, most, window }: WarmUp): Promise<number[]> {
  const times: number[] = [];
  while (times.length < least || (times.length < most && spread(times, window) > STEADY)) {
    times.push(...(await time([work], 1)).flat());
  }
  return times;
}
