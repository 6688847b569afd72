/** Speed at a glance: one table for each CPU that was shown to the engines, losses included. */
import type { Work } from "../contenders/contender.ts";
import type { Isa } from "../hosts.ts";
import type { BenchRecord, RaceRecord } from "../record.ts";
import { markdownTable } from "../table.ts";
import { fastest } from "../verdicts.ts";
import { showMs } from "./chart.ts";
import { COLUMNS } from "./columns.ts";
import { titleOfWork } from "./works.ts";

interface Row {
  readonly case: string;
  readonly work: Work;
  readonly threads: number;
}

const ROWS: readonly Row[] = [
  { case: "vgg16", work: "forward", threads: 1 },
  { case: "vgg16", work: "forward", threads: 2 },
  { case: "vgg16", work: "grad-cam", threads: 1 },
  { case: "vgg16", work: "input-gradient", threads: 1 },
  { case: "resnet50", work: "forward", threads: 1 },
  { case: "mobilenet", work: "forward", threads: 1 },
  { case: "mobilenet-v2", work: "forward", threads: 1 },
  { case: "mobilenet-v2", work: "input-gradient", threads: 1 },
  { case: "efficientnet-lite0", work: "forward", threads: 1 },
  { case: "efficientnet-lite0", work: "forward", threads: 2 },
  { case: "efficientnet-lite0", work: "grad-cam", threads: 1 },
  { case: "conv3-2", work: "weight-gradients", threads: 1 },
  { case: "small-cnn", work: "train-step", threads: 1 },
];

/** What the engines saw. */
export const ISA_TITLES: Readonly<Record<Isa, string>> = {
  native: "All instructions of the CPU",
  avx2: "The same machine, its AVX-512 hidden from every engine: what a CPU with AVX2 at this clock would do",
};

export const racesOf = (records: readonly BenchRecord[], isa: Isa): RaceRecord[] =>
  records.filter((record): record is RaceRecord => record.kind === "race" && record.isa === isa);

export function speedTables(records: readonly BenchRecord[]): string {
  const tables = (["native", "avx2"] as const).flatMap((isa) => {
    const races = racesOf(records, isa);
    return races.length === 0 ? [] : [`${ISA_TITLES[isa]} (${machineOf(races)}):\n\n${speedTable(races)}`];
  });
  return tables.length === 0 ? "Nothing has been measured yet." : tables.join("\n\n");
}

function speedTable(races: readonly RaceRecord[]): string {
  const columns = COLUMNS.filter(({ who }) =>
    races.some((race) => race.entrants.some(({ name }) => who.includes(name))),
  );
  const rows = ROWS.flatMap((row) => {
    const race = races.find((one) => one.case === row.case && one.threads === row.threads);
    if (!race) return [];
    const title = `${race.network}, ${titleOfWork(row.work)}, ${row.threads === 1 ? "1 thread" : `${row.threads} threads`}`;
    const cells = columns.map(({ who }) => fastest(race, { who, work: row.work }));
    const best = Math.min(...cells.map((cell) => ("missing" in cell ? Infinity : cell.lane.ms.median)));
    return best === Infinity ? [] : [[title, ...cells.map((cell) => cellOf(cell, best))]];
  });
  return markdownTable(["milliseconds, medians", ...columns.map(({ title }) => title)], rows);
}

/** The smallest number of a row is bold, whoever it belongs to. */
function cellOf(found: ReturnType<typeof fastest>, best: number): string {
  if ("missing" in found) return "–";
  const { median } = found.lane.ms;
  return median === best ? `**${showMs(median)}**` : showMs(median);
}

export function machineOf(races: readonly RaceRecord[]): string {
  const machines = races.map(
    ({ environment: { cpu, versions } }) => `${cpu.model}, ${cpu.family ?? ""}, Node ${versions.node}`,
  );
  const dates = races.map(({ date }) => date.slice(0, 10)).sort();
  const [first, last] = [dates[0]!, dates.at(-1)!];
  return `${[...new Set(machines)].join("; ")}; ${first === last ? first : `${first} to ${last}`}`;
}
