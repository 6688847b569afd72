/** Metrics that show or hide parts of the picture by the values of the map. */
import { expect } from "vitest";
import { metricCalled } from "../../../src/metrics/index.ts";
import {
  blank,
  contributions,
  linear,
  map,
  measure,
  ones,
  picture,
  seenBy,
  SIDE,
  trialOf,
  valueOf,
} from "../laboratory.ts";
import type { Identities } from "./identities.ts";

export const masked = {
  "average-drop": {
    "is 0 where all is shown and where the probability rises, (Y − p(0)) / Y where nothing is": async () => {
      expect(await valueOf("average-drop", { map: ones })).toBe(0);
      expect(await valueOf("average-drop", { map, probability: (values) => 1 - linear(values) })).toBe(0);
      expect(await valueOf("average-drop", { map: blank })).toBe(1);
      const shifted = (values: Float32Array): number => 0.1 + linear(values);
      const y = shifted(picture.data);
      expect(await valueOf("average-drop", { map: blank, probability: shifted })).toBeCloseTo((y - 0.1) / y, 12);
    },
    "divides by Y + 1e-7 in torchcam": async () => {
      const faint = (values: Float32Array): number => (values.some((value) => value !== 0) ? 1e-7 : 0);
      const recipe = metricCalled("average-drop").compat!.torchcam!;
      const { value } = await recipe.measure(trialOf({ map: blank, probability: faint }), {});
      expect(value).toBeCloseTo(0.5, 12);
    },
    "shows the positive part of a map": async () => {
      const signed = map.map((value) => value - 0.5);
      const positive = signed.map((value) => Math.max(0, value));
      expect(await valueOf("average-drop", { map: signed })).toBe(await valueOf("average-drop", { map: positive }));
    },
    "is that of a linear network's contributions": async () => {
      const shownPart = contributions().reduce((sum, value, i) => sum + value * map[i]!, 0);
      const y = linear(picture.data);
      expect(await valueOf("average-drop", { map })).toBeCloseTo((y - shownPart) / y, 6);
    },
    "is 0 for a class that has no probability": async () => {
      expect(await valueOf("average-drop", { map, probability: () => 0 })).toBe(0);
    },
  },
  increase: {
    "is 1 where hiding helps and 0 otherwise, equality included": async () => {
      expect(await valueOf("increase", { map, probability: (values) => 1 - linear(values) })).toBe(1);
      expect(await valueOf("increase", { map })).toBe(0);
      expect(await valueOf("increase", { map: ones })).toBe(0);
    },
  },
  infidelity: {
    "is 0 for the contributions of a linear network, whatever their scale": async () => {
      for (const scale of [1, 3]) {
        const { value, facts } = await measure("infidelity", { map: contributions().map((v) => v * scale) });
        expect(value).toBeLessThan(1e-12);
        expect(facts!["scale"]! * scale).toBeCloseTo(1, 4);
      }
    },
    "is the mean square of what sums over squares of a quarter's side foretell wrongly": async () => {
      const seen = (await seenBy("infidelity", { map }, { squares: 1000 })).slice(0, 1000);
      const squares = seen.map((values) => [...map.keys()].filter((pixel) => values[3 * pixel] === 0));
      for (const pixels of squares) {
        const [rows, columns] = [pixels.map((i) => Math.floor(i / SIDE)), pixels.map((i) => i % SIDE)];
        const spans = [rows, columns].map((places) => Math.max(...places) - Math.min(...places) + 1);
        expect([pixels.length, ...spans]).toEqual([9, 3, 3]);
      }
      // Every place has its turn, those at the border included.
      expect(new Set(squares.map(([first]) => first)).size).toBe((SIDE - 2) ** 2);
      const lost = seen.map((values) => linear(picture.data) - linear(values));
      const sums = squares.map((pixels) => pixels.reduce((sum, pixel) => sum + map[pixel]!, 0));
      const mean = (values: number[]): number => values.reduce((a, b) => a + b) / values.length;
      const scale = mean(sums.map((sum, i) => sum * lost[i]!)) / mean(sums.map((sum) => sum ** 2));
      const { value, facts } = await measure("infidelity", { map }, { squares: 1000 });
      expect(facts!["scale"]).toBeCloseTo(scale, 9);
      expect(value / mean(lost.map((loss, i) => (scale * sums[i]! - loss) ** 2))).toBeCloseTo(1, 6);
    },
    "is what is lost by itself for a blank map, and never more for another": async () => {
      const lost = await valueOf("infidelity", { map: blank });
      expect(lost).toBeGreaterThan(0);
      expect(await valueOf("infidelity", { map })).toBeLessThan(lost);
    },
  },
} satisfies Identities;
