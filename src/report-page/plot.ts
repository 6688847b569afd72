/** Curves as a small line plot: axes from 0 to 1 where the values allow it, the area below the first filled, a key to the others. */
import type { PageMetric } from "../report/page-data.ts";
import { element, svg } from "./element.ts";
import { number } from "./text.ts";

const [WIDTH, HEIGHT] = [240, 120];
const [LEFT, RIGHT, TOP, BOTTOM] = [34, 8, 8, 20];

/** The metric's name and value, what random maps get, and curves where there are any. */
export function metricFigure({ name, value, better, random, curve, curveName, others = [] }: PageMetric): HTMLElement {
  const caption = element("figcaption", "", element("span", "name", name), element("b", "", number(value)));
  const figure = element("figure", curve ? "metric" : "metric plain", caption);
  const chance = random === undefined ? "" : `random ${number(Number(random.toPrecision(3)))}`;
  if (better) figure.append(element("p", "yardstick", element("span", "", `${better} is better`), chance));
  if (!curve || curve.x.length < 2) return figure;
  figure.append(plot(curveName ?? name, curve, others));
  if (others.length > 0) figure.append(key(curveName ?? "this map", others));
  return figure;
}

type Points = NonNullable<PageMetric["curve"]>;
type Others = NonNullable<PageMetric["others"]>;

/** Which line is which: as they are drawn, and in words. */
function key(first: string, others: Others): HTMLElement {
  const entries = [first, ...others.map(({ name }) => name)].map((name, i) => {
    const sample = svg("path", { class: lineClass(i, others), d: "M0 4H18" });
    const line = svg("svg", { viewBox: "0 0 18 8", "aria-hidden": "true" }, sample);
    return element("span", "", line, name.replaceAll("-", " "));
  });
  return element("p", "key", ...entries);
}

/** The curve itself, a second one, and the dashes of what knows nothing. */
const lineClass = (index: number, others: Others): string =>
  index === 0 ? "line" : others[index - 1]!.name === "random maps" ? "line chance" : "line second";

function plot(name: string, { x, y }: Points, others: Others): SVGElement {
  const [x0, x1] = range(x);
  const [y0, y1] = range([y, ...others.map((other) => other.y)].flat());
  const across = (value: number): number => LEFT + ((value - x0) / (x1 - x0)) * (WIDTH - LEFT - RIGHT);
  const down = (value: number): number => HEIGHT - BOTTOM - ((value - y0) / (y1 - y0)) * (HEIGHT - TOP - BOTTOM);
  const pointsOf = (curve: Points): string =>
    curve.x.map((value, i) => `${across(value).toFixed(1)},${down(curve.y[i]!).toFixed(1)}`).join(" ");
  const points = pointsOf({ x, y });
  const floor = HEIGHT - BOTTOM;
  const label = (text: number, at: readonly [number, number], anchor: string): SVGElement =>
    svg("text", { x: at[0], y: at[1], "text-anchor": anchor }, number(text));
  const spoken = [{ name, y }, ...others].map(
    (curve) => `${curve.name}: from ${number(curve.y[0]!)} to ${number(curve.y.at(-1)!)}`,
  );
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" },
    svg("title", {}, spoken.join("; ")),
    svg("path", { class: "axis", d: `M${LEFT} ${TOP}V${floor}H${WIDTH - RIGHT}` }),
    svg("polygon", {
      class: "area",
      points: `${across(x[0]!)},${floor} ${points} ${across(x.at(-1)!)},${floor}`,
    }),
    ...others.map((curve, i) => svg("polyline", { class: lineClass(i + 1, others), points: pointsOf(curve) })),
    svg("polyline", { class: "line", points }),
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
