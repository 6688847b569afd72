/** Lines as a table: of a terminal, and of a Markdown page at the same time. */
import { type Line, meets } from "./cases/bench-case.ts";

const HEAD = ["what", "measured", "bar", "", "in detail"] as const;

export const formatTable = (lines: readonly Line[]): string => markdownTable(HEAD, lines.map(cells));

/** Columns are as wide as their widest cell. */
export function markdownTable(titles: readonly string[], cellRows: readonly (readonly string[])[]): string {
  const rows = [titles, ...cellRows];
  const widths = titles.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const format = (row: readonly string[]): string => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  const [head, ...body] = rows.map(format);
  return [head, `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`, ...body].join("\n");
}

function cells({ what, value, unit, bar, detail }: Line): string[] {
  const verdict = !bar ? "" : value === undefined ? "not measured" : meets(value, bar) ? "pass" : "MISSED";
  const limit = bar ? `${bar.sense} ${formatValue(bar.limit, unit)}` : "";
  return [what, value === undefined ? "–" : formatValue(value, unit), limit, verdict, detail];
}

const suffix = (unit: Line["unit"]): string => (unit === "×" || unit === "" ? unit : ` ${unit}`);

function formatValue(value: number, unit: Line["unit"]): string {
  const digits = unit === "ms" || (unit === "MiB" && value >= 10) ? 0 : unit === "GFLOP/s" ? 1 : 2;
  return value.toFixed(digits) + suffix(unit);
}
