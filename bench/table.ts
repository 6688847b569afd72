/** What was measured as tables: of a terminal, and of a Markdown page at the same time. */
import { BARS } from "./bars.ts";
import { labelOf, places } from "./report/contest.ts";
import { titleOfWork } from "./report/works.ts";
import { WORKS } from "./contenders/contender.ts";
import type { Isa } from "./hosts.ts";
import type { BenchRecord, RaceRecord, Unit, ValuesRecord } from "./record.ts";
import { ratio } from "./statistics.ts";
import { find, type Finding, milliseconds, type Missing, verdictOf } from "./verdicts.ts";

/** Columns are as wide as their widest cell. */
export function markdownTable(titles: readonly string[], cellRows: readonly (readonly string[])[]): string {
  const rows = [titles, ...cellRows];
  const widths = titles.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const format = (row: readonly string[]): string => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  const [head, ...body] = rows.map(format);
  return [head, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body].join("\n");
}

/** Every engine of a race, for each kind of work the fastest first, as multiples of ours. */
export function raceTable(race: RaceRecord): string {
  const rows = WORKS.flatMap((work) => {
    const all = places(race, work);
    const ours = all.find(({ entrant }) => entrant.name === "gradcam-wasm");
    return all.map(({ entrant, lane }) => [
      titleOfWork(work),
      labelOf(entrant),
      milliseconds(lane.rounds),
      ours ? `${ratio(lane.rounds, ours.lane.rounds).median.toFixed(2)} ×` : "–",
      lane.agreement ? lane.agreement.relativeL2.toExponential(1) : "–",
    ]);
  });
  return markdownTable(["work", "engine", "time [p10–p90]", "/ ours", "‖Δ‖ / ‖answer‖"], rows);
}

/** Who could not take part, and what was not timed. */
export function raceNotes({ entrants, absent }: RaceRecord): string[] {
  const untimed = entrants.flatMap(({ name, untimed: works }) =>
    Object.entries(works).map(([work, reason]) => `${name}, ${work}: not timed, ${reason}`),
  );
  return [...untimed, ...Object.entries(absent).map(([name, reason]) => `${name}: absent, ${reason}`)];
}

export const valuesTable = ({ values }: ValuesRecord): string =>
  markdownTable(
    ["what", "measured", "in detail"],
    values.map(({ name, value, unit, detail }) => [name, showValue(value, unit), detail]),
  );

/** Every promise with its verdict, for the CPU as it is and, where it was measured, with AVX-512 hidden. */
export function barTable(records: readonly BenchRecord[], { unmeasured }: { readonly unmeasured: boolean }): string {
  const isas: readonly Isa[] = records.some((one) => one.kind === "race" && one.isa === "avx2")
    ? ["native", "avx2"]
    : ["native"];
  const rows = BARS.flatMap((bar) => {
    const found = isas.map((isa) => find(bar, records, isa));
    if (!unmeasured && found.every((one) => "missing" in one)) return [];
    const unit = found.find((one): one is Finding => "value" in one)?.unit ?? "";
    const limit = `${bar.sense} ${showValue(bar.limit, unit)}`;
    const goal = bar.goal === undefined ? "" : showValue(bar.goal, unit);
    const cells = found.flatMap((one) => [showFinding(one), verdictOf(bar, one)]);
    return [[bar.title, limit, goal, ...cells, detailOf(found)]];
  });
  const measured = isas.flatMap((isa) => [isa === "native" ? "measured" : "with AVX2", "verdict"]);
  return markdownTable(["what", "bar", "goal", ...measured, "in detail"], rows);
}

function showFinding(found: Finding | Missing): string {
  if ("missing" in found) return "–";
  const { value, unit, spread } = found;
  return spread
    ? `${showValue(value, unit)} [${spread.p10.toFixed(2)}–${spread.p90.toFixed(2)}]`
    : showValue(value, unit);
}

const detailOf = (found: readonly (Finding | Missing)[]): string =>
  found.map((one) => ("missing" in one ? one.missing : one.detail)).join("; AVX2: ");

function showValue(value: number, unit: Unit): string {
  const digits =
    unit === "ms" || unit === "kB"
      ? 0
      : (unit === "MiB" || unit === "MB") && value >= 10
        ? 0
        : unit === "GFLOP/s"
          ? 1
          : 2;
  return value.toFixed(digits) + (unit === "" || unit === "×" ? unit : ` ${unit}`);
}
