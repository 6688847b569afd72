/** From what was measured to what was promised: each bar with its value, once for each CPU that was shown. */
import type { Bar, RatioOf, Side, ValueOf } from "./bars.ts";
import type { Isa } from "./hosts.ts";
import { labelOf } from "./report/contest.ts";
import type { BenchRecord, EntrantRecord, LaneRecord, RaceRecord, Unit } from "./record.ts";
import { ratio, type Summary, summarize } from "./statistics.ts";

export interface Finding {
  readonly value: number;
  readonly unit: Unit;
  /** Over the rounds; missing where there are none. */
  readonly spread?: Pick<Summary, "p10" | "p90">;
  /** Who was compared, with their times. */
  readonly detail: string;
}

/** A reason in place of a finding. */
export interface Missing {
  readonly missing: string;
}

export type Verdict = "goal" | "pass" | "MISSED" | "not measured";

/** What `bar` is about, as measured with these vector instructions. */
export function find(bar: Bar, records: readonly BenchRecord[], isa: Isa): Finding | Missing {
  return "value" in bar.of ? findValue(bar.of, records, isa) : findRatio(bar.of, records, isa);
}

export function verdictOf({ sense, limit, goal }: Bar, found: Finding | Missing): Verdict {
  if ("missing" in found) return "not measured";
  const meets = (bound: number): boolean => (sense === "≤" ? found.value <= bound : found.value >= bound);
  if (!meets(limit)) return "MISSED";
  return goal !== undefined && meets(goal) ? "goal" : "pass";
}

/** Numbers are measured once, with all instructions there are. */
function findValue({ case: name, value }: ValueOf, records: readonly BenchRecord[], isa: Isa): Finding | Missing {
  if (isa !== "native") return { missing: "the same" };
  for (const record of records) {
    const found = record.kind === "values" && record.case === name && record.values.find((one) => one.name === value);
    if (found) return { value: found.value, unit: found.unit, detail: found.detail };
  }
  return { missing: `${name} was not run` };
}

function findRatio(of: RatioOf, records: readonly BenchRecord[], isa: Isa): Finding | Missing {
  const race = records.find(
    (one): one is RaceRecord =>
      one.kind === "race" && one.case === of.case && one.threads === of.threads && one.isa === isa,
  );
  if (!race) return { missing: `${of.case}.${of.threads}t.${isa} was not run` };
  const [above, below] = [fastest(race, of.above), fastest(race, of.below)];
  if ("missing" in above) return above;
  if ("missing" in below) return below;
  const { median: value, p10, p90 } = ratio(above.lane.rounds, below.lane.rounds);
  return { value, unit: "×", spread: { p10, p90 }, detail: `${describe(above)} / ${describe(below)}` };
}

interface Contestant {
  readonly entrant: EntrantRecord;
  readonly lane: LaneRecord;
}

/** Of several ways to run an engine, the one with the smallest median. */
export function fastest(race: RaceRecord, { who, work, threads }: Side): Contestant | Missing {
  const candidates = race.entrants.filter(
    (entrant) => who.includes(entrant.name) && entrant.threads === (threads ?? race.threads),
  );
  const contestants = candidates.flatMap((entrant) =>
    entrant.lanes.filter((lane) => lane.work === work).map((lane): Contestant => ({ entrant, lane })),
  );
  const [first, ...others] = contestants;
  if (!first) return { missing: whyNot(race, who, candidates, work) };
  return others.reduce((best, one) => (one.lane.ms.median < best.lane.ms.median ? one : best), first);
}

function whyNot(race: RaceRecord, who: Side["who"], here: readonly EntrantRecord[], work: Side["work"]): string {
  for (const { name, untimed } of here) {
    const reason = untimed[work];
    if (reason !== undefined) return `${name}: ${reason}`;
  }
  if (here.length > 0) return `${here[0]!.name} has no ${work}`;
  for (const name of who) {
    const reason = race.absent[name];
    if (reason !== undefined) return `${name}: ${reason}`;
  }
  return `${who.join(", ")} did not take part`;
}

const describe = ({ entrant, lane: { rounds } }: Contestant): string => `${labelOf(entrant)} ${milliseconds(rounds)}`;

/** "230 ms [227–236]" */
export function milliseconds(rounds: LaneRecord["rounds"]): string {
  const { median: middle, p10, p90 } = summarize(rounds.flat());
  const digits = middle < 10 ? 2 : middle < 100 ? 1 : 0;
  return `${middle.toFixed(digits)} ms [${p10.toFixed(digits)}–${p90.toFixed(digits)}]`;
}
