/** A network in every engine: the answers compared first, then all kinds of work timed in interleaved rounds. */
import type { Work } from "../contenders/contender.ts";
import { describeEnvironment } from "../environment.ts";
import type { Isa } from "../hosts.ts";
import { type NetworkName, networks } from "../networks/index.ts";
import type { EntrantRecord, RaceRecord } from "../record.ts";
import { summarize } from "../statistics.ts";
import type { Settings } from "./bench-case.ts";
import type { Runner } from "./field.ts";
import { measureLanes, type Pace } from "./lanes.ts";
import { type Entry, LineUp } from "./line-up.ts";

/** One race of a case. */
export interface Sitting {
  readonly threads: number;
  readonly isa: Isa;
}

export interface Race {
  readonly case: string;
  readonly network: NetworkName;
  readonly works: readonly Work[];
  readonly runners: (sitting: Sitting, quick: boolean) => readonly Runner[];
  readonly pace: (quick: boolean) => Pace;
}

/** Sets the exit code when engines disagree: a measurement of that is worth nothing. */
export async function runRace(race: Race, sitting: Sitting, { quick, cpu }: Settings): Promise<RaceRecord> {
  const { threads, isa } = sitting;
  const date = new Date().toISOString();
  const environment = describeEnvironment(cpu);
  const network = await networks[race.network]();
  const lineUp = new LineUp();
  try {
    const seat = { threads, isa, cpus: Array.from({ length: threads }, (_, i) => cpu + i).join(",") };
    await lineUp.start(network, race.runners(sitting, quick), race.works, seat);
    if (lineUp.disagreed) process.exitCode = 1;
    await measureLanes(lineUp.entries, race.pace(quick));
    const entrants = [];
    for (const entry of lineUp.entries) entrants.push(await record(entry));
    const facts = { case: race.case, date, quick, environment, network: network.title, threads, isa };
    return { kind: "race", ...facts, entrants, absent: lineUp.absent };
  } finally {
    lineUp.stop();
  }
}

async function record({ remote, threads, description, loadMs, lanes, untimed }: Entry): Promise<EntrantRecord> {
  const timed = lanes.map(({ work, rounds, warmUp, agreement }) => ({
    work,
    ms: summarize(rounds.flat()),
    ...(agreement && { agreement }),
    warmUp,
    rounds,
  }));
  return { name: remote.name, threads, description, loadMs, bytes: await remote.ask("usage"), lanes: timed, untimed };
}
