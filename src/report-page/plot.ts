/** A curve as a small line plot: axes from 0 to 1 where the values allow it, the area below it filled. */
import type { PageMetric } from "../report/page-data.ts";
import { element, svg } from "./element.ts";
import { number } from "./text.ts";

const [WIDTH, HEIGHT] = [240, 120];
const [LEFT, RIGHT, TOP, BOTTOM] = [34, 8, 8, 20];

/** The metric's name and value, and its curve where it has one. */
export function metricFigure({ name, value, curve }: PageMetric): HTMLElement {
  const caption = element("figcaption", "", element("span", "name", name), element("b", "", number(value)));
  const figure = element("figure", curve ? "metric" : "metric plain", caption);
  if (curve && curve.x.length > 1) figure.append(plot(name, curve));
  return figure;
}

function plot(name: string, { x, y }: NonNullable<PageMetric["curve"]>): SVGElement {
  const [x0, x1] = range(x);
  const [y0, y1] = range(y);
  const across = (value: number): number => LEFT + ((value - x0) / (x1 - x0)) * (WIDTH - LEFT - RIGHT);
  const down = (value: number): number => HEIGHT - BOTTOM - ((value - y0) / (y1 - y0)) * (HEIGHT - TOP - BOTTOM);
  const points = x.map((value, i) => `${across(value).toFixed(1)},${down(y[i]!).toFixed(1)}`);
  const floor = HEIGHT - BOTTOM;
  const label = (text: number, at: readonly [number, number], anchor: string): SVGElement =>
    svg("text", { x: at[0], y: at[1], "text-anchor": anchor }, number(text));
  const title = `${name}: from ${number(y[0]!)} to ${number(y.at(-1)!)}`;
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" },
    svg("title", {}, title),
    svg("path", { class: "axis", d: `M${LEFT} ${TOP}V${floor}H${WIDTH - RIGHT}` }),
    svg("polygon", {
      class: "area",
      points: `${across(x[0]!)},${floor} ${points.join(" ")} ${across(x.at(-1)!)},${floor}`,
    }),
    svg("polyline", { class: "line", points: points.join(" ") }),
    label(y1, [LEFT - 5, TOP + 8], "end"),
    label(y0, [LEFT - 5, floor], "end"),
    label(x0, [LEFT, HEIGHT - 5], "start"),
    label(x1, [WIDTH - RIGHT, HEIGHT - 5], "end"),
  );
}

/** 0 … 1, or as far as the values reach beyond. */
function range(values: readonly number[]): [low: number, high: number] {
  return [Math.min(0, ...values), Math.max(1, ...values)];
}
