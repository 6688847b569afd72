/** Interleaved measuring: in every round every lane has its turn, in random order, so that all share good and bad times. */
import type { Work } from "../contenders/contender.ts";
import type { Remote } from "../remote.ts";
import { shuffled } from "../statistics.ts";
import type { WarmUp } from "../timing.ts";

export interface Lane {
  readonly remote: Remote;
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

export async function measureLanes(lanes: readonly Lane[], { warmUp, rounds, runs }: Pace): Promise<void> {
  for (const lane of lanes) lane.warmUp = await lane.remote.ask("warmUp", lane.work, warmUp);
  for (let round = 0; round < rounds; round++) {
    for (const lane of shuffled(lanes)) lane.rounds.push(await lane.remote.ask("time", lane.work, runs));
  }
}
