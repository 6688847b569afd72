/** What evaluate found, as reports show it. */
import { expect, it } from "vitest";
import { type MetricResult, reportMetric } from "../../src/node.ts";

const result = (metric: MetricResult["metric"], curves?: MetricResult["curves"]): MetricResult => ({
  ...{ metric, better: "higher", value: 0.5, parameters: {}, warnings: [], seed: 0, milliseconds: 1 },
  ...(curves && { curves }),
});

const [x, up, down] = [
  [0, 1],
  [0.1, 0.9],
  [0.9, 0.1],
];

it("a single curve is shown with that of random maps", () => {
  const random = { maps: 3, value: 0.4, curves: { insertion: { x, y: down } } };
  expect(reportMetric(result("insertion", { insertion: { x, y: up } }), random)).toEqual({
    ...{ name: "insertion", value: 0.5, better: "higher", random: 0.4, curve: { x, y: up } },
    others: [{ name: "random maps", x, y: down }],
  });
});

it("of several curves each has its name", () => {
  const shown = reportMetric(result("road", { "most-first": { x, y: down }, "least-first": { x, y: up } }));
  expect(shown).toEqual({
    ...{ name: "road", value: 0.5, better: "higher", curveName: "most-first", curve: { x, y: down } },
    others: [{ name: "least-first", x, y: up }],
  });
});

it("a number alone stays one", () => {
  expect(reportMetric(result("complexity"), { maps: 3, value: 0.2 })).toEqual({
    ...{ name: "complexity", value: 0.5, better: "higher", random: 0.2 },
  });
});
