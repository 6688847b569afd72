/** The README's chart: three pieces of work with one thread, every engine that does them, each in its faster setting. */
import type { Work } from "../contenders/contender.ts";
import type { BenchRecord, RaceRecord } from "../record.ts";
import { fastest } from "../verdicts.ts";
import { type ChartBar, drawChart, type Panel } from "./chart.ts";
import { COLUMNS } from "./columns.ts";
import { racesOf } from "./speed-tables.ts";
import { titleOfWork } from "./works.ts";

/** A map, a gradient, and where others are ahead: a small network forwards. All of it is in bench/RESULTS.md. */
const PANELS: readonly { readonly case: string; readonly work: Work }[] = [
  { case: "vgg16", work: "grad-cam" },
  { case: "vgg16", work: "input-gradient" },
  { case: "efficientnet-lite0", work: "forward" },
];

export const CHART_TITLE = "Milliseconds with one thread: shorter is better";

export function speedChart(records: readonly BenchRecord[]): string {
  const machines = [
    ...new Set(oneThread(records).map(({ environment: { cpu } }) => `${cpu.model}, ${widest(cpu.vectors)}`)),
  ];
  const note = `Medians of interleaved rounds; the line spans the tenth to the ninetieth percentile. ${machines.join("; ")}`;
  return drawChart(CHART_TITLE, note, chartPanels(records));
}

export function chartPanels(records: readonly BenchRecord[]): Panel[] {
  return PANELS.flatMap(({ case: name, work }): Panel[] => {
    const race = oneThread(records).find((one) => one.case === name);
    const bars = race ? barsOf(race, work) : [];
    return bars.length === 0 ? [] : [{ title: `${race!.network}, ${titleOfWork(work)}`, bars }];
  });
}

const oneThread = (records: readonly BenchRecord[]): RaceRecord[] =>
  racesOf(records, "native").filter(({ threads }) => threads === 1);

function barsOf(race: RaceRecord, work: Work): ChartBar[] {
  const bars = COLUMNS.flatMap(({ title, who, ours }): ChartBar[] => {
    const found = fastest(race, { who, work });
    return "missing" in found ? [] : [{ label: title, ...found.lane.ms, ours }];
  });
  return bars.sort((a, b) => a.median - b.median);
}

const widest = (vectors: string): string =>
  vectors.includes("avx512f") ? "AVX-512" : vectors.includes("avx2") ? "AVX2" : vectors;
