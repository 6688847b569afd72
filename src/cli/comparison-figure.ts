/** The figure of `gradcam compare`: the picture, then a panel for each method. */
import { basename } from "node:path";
import { extremes } from "../cam/normalize.ts";
import type { Explanation } from "../explanation.ts";
import type { Figure } from "../image/figure.ts";
import type { Map2D } from "../image/image.ts";
import { grid } from "../image/grid.ts";
import { overlay } from "../image/overlay.ts";
import type { CompareFlags } from "./commands/compare.ts";
import type { Comparison } from "./compare.ts";
import type { Picture } from "./files/pictures.ts";
import { percent } from "./terminal/table.ts";

export function comparisonFigure(picture: Picture, { explanations }: Comparison, flags: CompareFlags): Figure {
  const { columns, alpha, sign = "positive" } = flags;
  const signed = sign === "signed";
  const colormap = flags.colormap ?? (signed ? "bwr" : "turbo");
  const { target, predictions } = explanations[0]!;
  const probability = target.probability === undefined ? "" : ` (${percent(target.probability)})`;
  const panels = explanations.map((explanation) => ({
    image: overlay(picture.upright, shownMap(explanation), { signed, colormap, ...(alpha !== undefined && { alpha }) }),
    label: explanation.method,
    note: noteOf(explanation),
  }));
  const best = predictions[0]!;
  const input = { image: picture.upright, label: "picture", note: `top: ${best.label} ${percent(best.probability)}` };
  return grid([input, ...panels], {
    title: `${basename(picture.name)}: ${target.label}${probability}`,
    ...(columns !== undefined && { columns }),
    colorBar: { colormap, low: signed ? "−1" : "0", high: "1", caption: CAPTIONS[sign] },
  });
}

const CAPTIONS = {
  positive: "of each map's largest value",
  negative: "of each map's largest value against the class",
  signed: "of each map's largest magnitude; red: for the class, blue: against it",
} as const;

/** A blank map says so, and one that is not shown as it is. */
function noteOf(explanation: Explanation): string {
  const blank = explanation.warnings.find(({ code }) => code === "FLAT" || code === "ALL_NEGATIVE");
  if (blank) return `blank: ${blank.message}`;
  return `raw ${rangeText(explanation)}` + (isOfPixels(explanation) ? ", top 1 % cut" : "");
}

/** In maps of single pixels a few stand out so far that nothing else would be seen: the scale ends where 1 % of pixels begin. */
function shownMap(explanation: Explanation): Map2D {
  const { map } = explanation;
  if (!isOfPixels(explanation)) return map;
  const magnitudes = map.data.map(Math.abs).sort();
  const top = magnitudes[Math.floor(magnitudes.length * SHOWN)]!;
  return top > 0 ? { ...map, data: map.data.map((v) => Math.max(-1, Math.min(1, v / top))) } : map;
}

const SHOWN = 0.99;

const isOfPixels = ({ attribution }: Explanation): boolean => attribution !== undefined;

/** "−0.12 to 3.4". */
export function rangeText({ raw }: Explanation): string {
  const [low, high] = extremes(raw.data).map((value) => Number(value.toPrecision(3)));
  return `${low} to ${high}`.replaceAll("-", "−").replaceAll("e−", "e-");
}
