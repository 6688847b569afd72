/** Interleaved measuring: in every round every engine has its turn, in random order, so that all share good and bad times. */
import type { Work } from "../contenders/contender.ts";
import type { Remote } from "../remote.ts";
import { shuffled } from "../statistics.ts";
import type { WarmUp } from "../timing.ts";

/** One kind of work of one engine. */
export interface Lane {
  readonly work: Work;
  /** Milliseconds by round and run. */
  readonly rounds: number[][];
  /** Milliseconds of the runs before counting began; the first one cold. */
  warmUp: readonly number[];
}

export interface Pace {
  readonly warmUp: WarmUp;
  readonly rounds: number;
  /** Runs of each lane per round. */
  readonly runs: number;
}

interface Measured {
  readonly remote: Remote;
  readonly lanes: readonly Lane[];
}

/** Fills in the times of all lanes. Within its turn, an engine does its kinds of work alternately. */
export async function measureLanes(engines: readonly Measured[], { warmUp, rounds, runs }: Pace): Promise<void> {
  for (const { remote, lanes } of engines) {
    for (const lane of lanes) lane.warmUp = await remote.ask("warmUp", lane.work, warmUp);
  }
  for (let round = 0; round < rounds; round++) {
    for (const { remote, lanes } of shuffled(engines)) {
      const works = lanes.map(({ work }) => work);
      const times = await remote.ask("time", works, runs);
      for (const [i, lane] of lanes.entries()) lane.rounds.push(times[i]!);
    }
  }
}
