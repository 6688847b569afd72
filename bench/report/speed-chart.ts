/** The README's chart: the main pieces of work with one thread, every engine that was measured, ours among them. */
import type { Work } from "../contenders/contender.ts";
import type { BenchRecord, RaceRecord } from "../record.ts";
import { type ChartBar, drawChart, type Panel } from "./chart.ts";
import { labelOf, places } from "./contest.ts";
import { racesOf } from "./speed-section.ts";
import { titleOfWork } from "./works.ts";

const PANELS: readonly { readonly case: string; readonly work: Work }[] = [
  { case: "vgg16", work: "forward" },
  { case: "vgg16", work: "grad-cam" },
  { case: "vgg16", work: "input-gradient" },
  { case: "resnet50", work: "forward" },
  { case: "mobilenet-v2", work: "forward" },
  { case: "efficientnet-lite0", work: "forward" },
];

export function speedChart(records: readonly BenchRecord[]): string {
  const races = racesOf(records, "native").filter(({ threads }) => threads === 1);
  const panels = PANELS.flatMap(({ case: name, work }): Panel[] => {
    const race = races.find((one) => one.case === name);
    const bars = race ? barsOf(race, work) : [];
    return bars.length === 0 ? [] : [{ title: `${race!.network}, ${titleOfWork(work)}`, bars }];
  });
  const machines = [...new Set(races.map(({ environment: { cpu } }) => `${cpu.model}, ${widest(cpu.vectors)}`))];
  const note = `Medians of interleaved rounds; the line spans the tenth to the ninetieth percentile. ${machines.join("; ")}`;
  return drawChart("Milliseconds with one thread: shorter is better", note, panels);
}

const barsOf = (race: RaceRecord, work: Work): ChartBar[] =>
  places(race, work).map(({ entrant, lane: { ms }, ours }) => ({ label: labelOf(entrant), ...ms, ours }));

const widest = (vectors: string): string =>
  vectors.includes("avx512f") ? "AVX-512" : vectors.includes("avx2") ? "AVX2" : vectors;
