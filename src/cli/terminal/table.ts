/** Columns that line up, bars, and numbers for people. */

export type Align = "left" | "right";

/** Rows as lines, columns two spaces apart; the last column is not padded. */
export function table(rows: readonly (readonly string[])[], align: readonly Align[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  return rows.map((row) =>
    row
      .map((cell, i) => (align[i] === "right" ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd(),
  );
}

/** What a table may lose where there is too little room. */
export interface Narrowing {
  /** A column whose cells may end in "…". */
  readonly shrink?: number;
  /** Columns that may be left out, the first one first. */
  readonly drop: readonly number[];
}

/** What is left of a cell that is cut tells more than nothing. */
const LEAST_CELL = 10;

/** A table of at most `width` characters, as far as it can be made so narrow. */
export function fittedTable(
  rows: readonly (readonly string[])[],
  align: readonly Align[],
  width: number,
  { shrink, drop }: Narrowing,
): string[] {
  let lines: string[] = [];
  for (let dropped = 0; dropped <= drop.length; dropped++) {
    const gone = drop.slice(0, dropped);
    const left = <T>(cells: readonly T[]): T[] => cells.filter((_, column) => !gone.includes(column));
    const draw = (cut: readonly (readonly string[])[]): string[] => table(cut.map(left), left(align));
    lines = draw(rows);
    const over = widest(lines) - width;
    if (over <= 0) return lines;
    if (shrink === undefined || gone.includes(shrink)) continue;
    const room = Math.max(LEAST_CELL, widest(rows.map((row) => row[shrink] ?? "")) - over);
    lines = draw(rows.map((row) => row.map((cell, column) => (column === shrink ? shortened(cell, room) : cell))));
    if (widest(lines) <= width) return lines;
  }
  return lines;
}

const widest = (lines: readonly string[]): number => Math.max(...lines.map(({ length }) => length));

const shortened = (cell: string, room: number): string => (cell.length > room ? `${cell.slice(0, room - 1)}…` : cell);

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar of `fraction` of `width` characters, in eighths of a character. */
export function bar(fraction: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, fraction)) * width * 8);
  return "█".repeat(eighths >> 3) + EIGHTHS[eighths & 7]!;
}

export const percent = (fraction: number): string => `${(fraction * 100).toFixed(1)} %`;

/** 4 652 008 → "4.65 M". */
export function count(n: number): string {
  if (n >= 1e9) return `${(n / 1e9).toFixed(2)} G`;
  if (n >= 1e6) return `${(n / 1e6).toFixed(2)} M`;
  return n >= 1e4 ? `${(n / 1e3).toFixed(1)} k` : String(n);
}

/** Binary multiples: 1 MiB = 2²⁰ bytes. */
export function bytes(n: number): string {
  if (n >= 2 ** 30) return `${(n / 2 ** 30).toFixed(2)} GiB`;
  if (n >= 2 ** 20) return `${(n / 2 ** 20).toFixed(1)} MiB`;
  return n >= 2 ** 10 ? `${(n / 2 ** 10).toFixed(1)} KiB` : `${n} B`;
}

/** "input [1,224,224,3]" and the like. */
export const shapeText = (shape: readonly number[]): string => `[${shape.join(",")}]`;
