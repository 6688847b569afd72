/**
 * Milliseconds as bars: one panel for each piece of work, every engine in it, axes from 0, one scale per panel.
 * The picture brings its own background, so that it is legible on any page.
 */

export interface ChartBar {
  readonly label: string;
  /** Milliseconds. */
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
  /** One of ours. */
  readonly ours: boolean;
}

export interface Panel {
  readonly title: string;
  readonly bars: readonly ChartBar[];
}

const WIDTH = 900;
const MARGIN = 20;
/** Where labels end and bars begin. */
const LABELS = 200;
/** Room for the number behind the longest bar. */
const NUMBERS = 90;
const ROW = 21;
const BAR = 14;
const TITLE = 30;
const GAP = 16;
const HEAD = 58;

const STYLE = `
  .card { fill: #ffffff; stroke: #d0d7de }
  text { fill: #1f2328; font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif }
  .head { font-size: 16px; font-weight: 600 }
  .note { fill: #59636e; font-size: 12px }
  .title { font-weight: 600 }
  .ours { fill: #0969da }
  .theirs { fill: #9aa4af }
  .strong { font-weight: 600 }
  .axis { stroke: #59636e }
  .tenths { stroke: #1f2328 }
  @media (prefers-color-scheme: dark) {
    .card { fill: #161b22; stroke: #3d444d }
    text { fill: #e6edf3 }
    .note { fill: #9198a1 }
    .ours { fill: #4493f8 }
    .theirs { fill: #6e7681 }
    .axis { stroke: #9198a1 }
    .tenths { stroke: #e6edf3 }
  }`;

export function drawChart(title: string, note: string, panels: readonly Panel[]): string {
  const parts: string[] = [];
  let y = HEAD;
  for (const panel of panels) {
    parts.push(drawPanel(panel, y));
    y += TITLE + panel.bars.length * ROW + GAP;
  }
  const size = `width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${escape(title)}">`,
    `<style>${STYLE}\n</style>`,
    `<rect class="card" x="0.5" y="0.5" width="${WIDTH - 1}" height="${y - 1}" rx="8"/>`,
    text(MARGIN, 26, "head", title),
    text(MARGIN, 45, "note", note),
    ...parts,
    "</svg>\n",
  ].join("\n");
}

function drawPanel({ title, bars }: Panel, top: number): string {
  const longest = Math.max(...bars.map(({ p90 }) => p90));
  const scale = (WIDTH - MARGIN - NUMBERS - LABELS) / longest;
  const rows = bars.map((bar, i) => drawBar(bar, top + TITLE + i * ROW, scale));
  const [from, to] = [top + TITLE - 2, top + TITLE + bars.length * ROW - 4];
  const axis = `<line class="axis" x1="${LABELS}" x2="${LABELS}" y1="${from}" y2="${to}"/>`;
  return [text(MARGIN, top + 20, "title", title), ...rows, axis].join("\n");
}

/** The line from the tenth to the ninetieth percentile lies on the bar's end. */
function drawBar({ label, median, p10, p90, ours }: ChartBar, top: number, scale: number): string {
  const middle = top + ROW / 2 - 2;
  const [low, end, high] = [p10, median, p90].map((ms) => round(LABELS + ms * scale)) as [number, number, number];
  const box = `x="${LABELS}" y="${round(middle - BAR / 2)}" width="${round(end - LABELS)}" height="${BAR}"`;
  const weight = ours ? "strong" : "";
  return [
    text(LABELS - 8, middle + 4.5, weight, label, "end"),
    `<rect class="${ours ? "ours" : "theirs"}" ${box}/>`,
    `<line class="tenths" x1="${low}" x2="${high}" y1="${middle}" y2="${middle}"/>`,
    text(Math.max(end, high) + 6, middle + 4.5, weight, `${showMs(median)} ms`),
  ].join("\n");
}

export const showMs = (ms: number): string => ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0);

function text(x: number, y: number, style: string, content: string, anchor?: "end"): string {
  const at = anchor ? ` text-anchor="${anchor}"` : "";
  return `<text x="${round(x)}" y="${round(y)}"${style === "" ? "" : ` class="${style}"`}${at}>${escape(content)}</text>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

const escape = (content: string): string =>
  content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
