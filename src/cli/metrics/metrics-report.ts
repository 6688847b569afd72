/** The rows of a tally for people and for programs. */
import type { Interval } from "../../node.ts";
import { BASELINE, type Row } from "./metrics-tally.ts";
import type { Style } from "../terminal/style.ts";
import { fittedTable } from "../terminal/table.ts";

const number = (value: number): string => value.toFixed(3);
const signed = (value: number): string => (value < 0 ? `−${number(-value)}` : `+${number(value)}`);

const between = ({ low, high }: Interval, show: (value: number) => string): string =>
  low === undefined || high === undefined ? "–" : `${show(low)} … ${show(high)}`;

const HEADINGS = ["mean", "95 % interval", `less ${BASELINE}`, "95 % interval", ""];

/** Intervals go first where there is too little room, the difference itself last: the verdict says what it means. */
const NARROWING = { drop: [4, 2, 3] };

/** A block for each metric, at most 80 characters wide, or less. */
export function tableOf(rows: readonly Row[], { bold, accent, warn }: Style, width: number): string[] {
  const heads = new Set<number>();
  const cells: string[][] = [];
  rows.forEach((row, i) => {
    if (rows[i - 1]?.metric !== row.metric) {
      heads.add(cells.length);
      cells.push([`${row.metric} ${row.better === "higher" ? "↑" : "↓"}`, ...HEADINGS]);
    }
    const { difference, verdict = "" } = row;
    const against = difference ? [signed(difference.mean), between(difference, signed), verdict] : [];
    cells.push([`  ${row.method}`, number(row.mean), between(row, number), ...against]);
  });
  return fittedTable(cells, ["left", "right", "right", "right", "right"], width, NARROWING).flatMap((line, i) => {
    if (heads.has(i)) return [...(i > 0 ? [""] : []), bold(line)];
    return [line.replace(/better$/, accent).replace(/worse$/, warn)];
  });
}

const COLUMNS = "metric,better,method,pictures,mean,low,high,difference,difference_low,difference_high";

/** One line for each row; what is not known is empty. */
export const csvOf = (rows: readonly Row[]): string[] => [
  COLUMNS,
  ...rows.map(({ metric, better, method, pictures, mean, low, high, difference }) =>
    [metric, better, method, pictures, mean, low, high, difference?.mean, difference?.low, difference?.high].join(","),
  ),
];
