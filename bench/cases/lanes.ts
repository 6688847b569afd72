/** Interleaved measuring: in every round every engine has its turn, in random order, so that all share good and bad times. */
import type { Work } from "../contenders/contender.ts";
import type { Remote } from "../remote.ts";
import { shuffled, sum } from "../statistics.ts";
import type { WarmUp } from "../timing.ts";
import type { Agreement } from "./agreement.ts";

/** One kind of work of one engine. */
export interface Lane {
  readonly work: Work;
  /** Milliseconds of its first answer, conversions of the process boundary included: how patient to be. */
  readonly firstMs: number;
  /** With ours; undefined for ours. */
  readonly agreement: Agreement | undefined;
  /** Milliseconds by round and run. */
  readonly rounds: number[][];
  /** Milliseconds of the runs before counting began. */
  warmUp: readonly number[];
}

export interface Pace {
  readonly warmUp: WarmUp;
  readonly rounds: number;
  /** Runs of each lane per round. */
  readonly runs: number;
}

/** A call that takes so long has one warm-up and three rounds: nobody should wait for more. */
const SLOW_MS = 5000;
const SLOW: Pace = { warmUp: { least: 1, most: 1, window: 1 }, rounds: 3, runs: 1 };
/** From here on few runs are enough to warm up: each is a thousand calls of the kernels. */
const LONG_MS = 300;
const LONG: WarmUp = { least: 5, most: 15, window: 5 };
/** A lane that took so long in all rounds sits out the rest. */
const LANE_MS = 40_000;

interface Measured {
  readonly remote: Remote;
  readonly lanes: readonly Lane[];
}

/** Fills in the times of all lanes. Within its turn, an engine does its kinds of work alternately. */
export async function measureLanes(engines: readonly Measured[], pace: Pace): Promise<void> {
  for (const { remote, lanes } of engines) {
    for (const lane of lanes) {
      lane.warmUp = await remote.ask("warmUp", lane.work, warmUpOf(lane, pace));
    }
  }
  for (let round = 0; round < pace.rounds; round++) {
    for (const { remote, lanes } of shuffled(engines)) {
      const active = lanes.filter(isActive);
      if (active.length === 0) continue;
      const works = active.map(({ work }) => work);
      // While others had their turn its caches, and where memory is short its pages, went to them: one run does not count.
      await remote.ask("time", works.slice(0, 1), 1);
      const times = await remote.ask("time", works, pace.runs);
      for (const [i, lane] of active.entries()) lane.rounds.push(times[i]!);
    }
  }
}

function warmUpOf({ firstMs }: Lane, { warmUp }: Pace): WarmUp {
  if (firstMs > SLOW_MS) return SLOW.warmUp;
  return firstMs > LONG_MS && warmUp.most > LONG.most ? LONG : warmUp;
}

const isActive = ({ firstMs, rounds }: Lane): boolean =>
  firstMs > SLOW_MS ? rounds.length < SLOW.rounds : rounds.length < SLOW.rounds || sum(rounds.flat()) < LANE_MS;
