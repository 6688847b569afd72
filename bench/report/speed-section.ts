/** The README's section about speed: the chart, its numbers for whoever does not see it, and what they were measured on. */
import type { BenchRecord } from "../record.ts";
import { showMs } from "./chart.ts";
import { chartPanels, CHART_TITLE } from "./speed-chart.ts";
import { machineOf, racesOf } from "./speed-tables.ts";

export function speedSection(records: readonly BenchRecord[]): string {
  const panels = chartPanels(records);
  if (panels.length === 0) return "Nothing has been measured yet.";
  const numbers = panels.map(({ title, bars }) => {
    const all = bars.map(({ label, median }) => `${label} ${showMs(median)}`);
    return `${title}: ${all.join("; ")}`;
  });
  const machine = machineOf(racesOf(records, "native").filter(({ threads }) => threads === 1));
  return `![${CHART_TITLE}. ${numbers.join(". ")}](docs/images/speed.svg)\n\n${machine}.`;
}
