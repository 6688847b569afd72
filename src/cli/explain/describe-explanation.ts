/** An explanation in words: what was seen, where, by which layer, and what to beware of. */
import type { Explanation } from "../../explanation.ts";
import type { Image } from "../../image/image.ts";
import type { Model } from "../../model.ts";
import type { Prediction } from "../../target.ts";
import type { ExplainFlags } from "../commands/explain.ts";
import { hotBoxes, overlayOf } from "./explanation-pictures.ts";
import type { ComparedResult } from "../metrics/measured-explanations.ts";
import type { Picture } from "../files/pictures.ts";
import { printable, shownName } from "../terminal/printable.ts";
import { bar, percent, table } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** What became of an explanation's pictures. */
export interface Written {
  /** Paths. */
  readonly files: readonly string[];
  /** The map over the picture, where it has been painted. */
  readonly overlay?: Image;
}

interface ExplanationFacts {
  readonly picture: Picture;
  readonly explanation: Explanation;
  readonly model: Model;
  readonly measured: readonly ComparedResult[];
  /** What was written. */
  readonly written: Written;
  readonly flags: ExplainFlags;
  /** The first one of this picture: says what the network sees in it. */
  readonly first: boolean;
}

export async function describeExplanation(facts: ExplanationFacts, terminal: Terminal): Promise<void> {
  const { picture, explanation, model, measured, written, first } = facts;
  if (first) {
    const { width, height } = picture.upright;
    terminal.print(
      `${terminal.style.bold(shownName(picture.name))} ${terminal.style.dim(`${width}×${height}, ${model.name}`)}`,
    );
    for (const line of predictionLines(explanation.predictions, terminal)) terminal.print(line);
  }
  if (terminal.io.stdout.isTTY && terminal.style.isColoured) await preview(facts, terminal);
  const rows: [string, string][] = [
    ["target", targetText(explanation)],
    ["method", methodText(explanation)],
    ["layer", layerText(explanation, model)],
    ...(explanation.facts ? [["found", pairsText(explanation.facts)] as [string, string]] : []),
    ["box", await boxText(picture, explanation)],
    ...measured.map((result, i): [string, string] => [i === 0 ? "metric" : "", measuredText(result)]),
    ...written.files.map((file, i): [string, string] => [i === 0 ? "wrote" : "", printable(file)]),
  ];
  for (const [label, text] of rows) terminal.print(`  ${terminal.style.dim(label.padEnd(6))}  ${text}`, 10);
  for (const { code, message, hint } of explanation.warnings) {
    terminal.print(`  ${terminal.style.warn("warning")} ${printable(`${code}: ${message}; ${hint}`)}`);
  }
  terminal.print();
  const { prepare, forward, backward } = explanation.timings;
  const [a, b, c] = [prepare, forward, backward].map((ms) => ms.toFixed(1));
  terminal.log(`${shownName(picture.name)}: prepare ${a} ms, forward ${b} ms, backward ${c} ms`);
}

const BAR_WIDTH = 20;
/** Below this there is no room for the bar, index and logit. */
const NARROW = 70;

/** One line per class: probability, bar, name, index and logit; on narrow terminals probability and name. */
export function predictionLines(predictions: readonly Prediction[], { style, io }: Terminal): string[] {
  if (io.stdout.columns < NARROW) {
    const short = predictions.map(({ probability, label }) => [percent(probability), printable(label)]);
    return table(short, ["right"]).map((line) => `  ${line}`);
  }
  const rows = predictions.map(({ index, label, probability, logit, wnid }) => [
    percent(probability),
    bar(probability, BAR_WIDTH).padEnd(BAR_WIDTH),
    printable(label),
    [numberOf(index, label), wnid].filter((part) => part !== undefined).join(" "),
    `logit ${logit.toFixed(2)}`,
  ]);
  return table(rows, ["right"]).map((line) => `  ${line.replace(/[█▏▎▍▌▋▊▉]+/, (cells) => style.accent(cells))}`);
}

/** "class 7", unless the class has no other name. */
const numberOf = (index: number, label: string): string | undefined =>
  label === `class ${index}` ? undefined : `class ${index}`;

function targetText({ target, score: kind }: Explanation): string {
  const { index, probability, logit, score, against } = target;
  const label = printable(target.label);
  if (against) return `${label}: difference of ${kind} ${score.toFixed(3)}`;
  if (index === undefined || probability === undefined || logit === undefined) return `${label}: ${score.toFixed(3)}`;
  const number = numberOf(index, target.label);
  return `${label}${number === undefined ? "" : ` (${number})`}: ${percent(probability)}, logit ${logit.toFixed(2)}`;
}

/** "score-cam of the logit; maxN 64; smooth aug, seed 1". */
function methodText({ method, score, compat, parameters, smooth, seed, sign }: Explanation): string {
  const manner = {
    ...(sign !== "positive" && { sign }),
    ...(smooth && { smooth }),
    ...(seed !== 0 && { seed }),
    ...(compat && { compat }),
  };
  return [`${method} of the ${score}`, pairsText(parameters), pairsText(manner)].filter(Boolean).join("; ");
}

/** "samples 25, sigma 0.15": numbers with four digits. */
const pairsText = (pairs: Readonly<Record<string, number | string>>): string =>
  Object.entries(pairs)
    .map(([name, value]) => `${name} ${typeof value === "number" ? Number(value.toPrecision(4)) : value}`)
    .join(", ");

/** The layer, its resolution, and why this one. */
function layerText({ layer, raw, fuse }: Explanation, { defaultLayer }: Model): string {
  const size = `${[layer].flat().join(" + ")}, ${raw.width}×${raw.height}`;
  if (layer === "input") return `${size}: the method attributes to pixels`;
  if (Array.isArray(layer)) return `${size}: fused${fuse ? ` by ${fuse}` : ""}`;
  if (layer !== defaultLayer) return `${size}: chosen; auto would be ${defaultLayer ?? "none"}`;
  return `${size}: auto, the last one with a map that is not a pooling, padding or reshaping layer`;
}

/** "deletion ↓ 0.417, random maps 0.553": which values are good, and what maps get that know nothing. */
const measuredText = ({ metric, better, value, random }: ComparedResult): string =>
  `${metric} ${better === "higher" ? "↑" : "↓"} ${value.toFixed(3)}, random maps ${random.value.toFixed(3)}`;

const MAX_BOXES = 3;

/** The rectangles around the hotter half of the map, in pixels of the picture. */
async function boxText(picture: Picture, explanation: Explanation): Promise<string> {
  const found = await hotBoxes(picture, explanation);
  if (found.length === 0) return "none: the map is blank";
  const text = found
    .slice(0, MAX_BOXES)
    .map(({ x, y, width, height, score }) => `${width}×${height} at ${x},${y} holds ${percent(score)} of the map`);
  return text.join("; ") + (found.length > MAX_BOXES ? `; ${found.length - MAX_BOXES} more` : "");
}

const MAX_PREVIEW_COLUMNS = 60;
const MAX_PREVIEW_ROWS = 20;

async function preview({ picture, explanation, written, flags }: ExplanationFacts, terminal: Terminal): Promise<void> {
  const { halfBlocks } = await import("../../image/half-block.ts");
  const columns = Math.min(MAX_PREVIEW_COLUMNS, terminal.io.stdout.columns);
  const image = written.overlay ?? (await overlayOf(picture, explanation, flags));
  terminal.io.stdout.write(halfBlocks(image, { columns, rows: MAX_PREVIEW_ROWS }));
}
