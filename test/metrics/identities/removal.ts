/** Metrics that take pixels away in the order of the map. */
import { expect } from "vitest";
import { blurred } from "../../../src/metrics/blur.ts";
import { imputed } from "../../../src/metrics/impute.ts";
import { metricCalled } from "../../../src/metrics/index.ts";
import { maxDifference } from "../../support/golden.ts";
import {
  blank,
  contributions,
  linear,
  map,
  measure,
  picture,
  PIXELS,
  seenBy,
  someMap,
  trialOf,
  valueOf,
} from "../laboratory.ts";
import type { Identities } from "./identities.ts";

export const removal = {
  deletion: {
    "is what exchanging pixels one by one gives": async () => {
      const { value, curves } = await measure("deletion", { map }, { steps: 36 });
      const order = [...map.keys()].sort((a, b) => map[b]! - map[a]!);
      const twin = Array.from({ length: 37 }, (_, step) => {
        const gone = new Set(order.slice(0, step * 4));
        return linear(picture.data.map((number, i) => (gone.has(Math.floor(i / 3)) ? 0 : number)));
      });
      expect(maxDifference(curves!["deletion"]!.y, twin)).toBeLessThan(1e-9);
      const area = twin.slice(1).reduce((sum, y, i) => sum + (y + twin[i]!) / 72, 0);
      expect(value).toBeCloseTo(area, 9);
    },
    "is smallest for the true contributions of a linear network and largest for their reverse": async () => {
      const true_ = contributions();
      const best = await valueOf("deletion", { map: true_ });
      const worst = await valueOf("deletion", { map: true_.map((value) => -value) });
      for (let seed = 1; seed < 10; seed++) {
        const other = await valueOf("deletion", { map: someMap(seed) });
        expect(other).toBeGreaterThan(best);
        expect(other).toBeLessThan(worst);
      }
    },
    "exchanges equal values in row order, and says of how many pixels": async () => {
      const { curves } = await measure("deletion", { map: blank }, { steps: 5 });
      // ⌈144 / 5⌉ = 29 pixels a portion; the last one is smaller.
      const gone = [0, 29, 58, 87, 116, 144];
      expect(curves!["deletion"]!.x).toEqual(gone.map((count) => count / PIXELS));
      const twin = gone.map((count) => linear(picture.data.map((number, i) => (i < 3 * count ? 0 : number))));
      expect(maxDifference(curves!["deletion"]!.y, twin)).toBeLessThan(1e-9);
    },
    "depends on the order of a map only": async () => {
      const squared = map.map((value) => value ** 2);
      expect(await valueOf("deletion", { map: squared })).toBe(await valueOf("deletion", { map }));
    },
  },
  insertion: {
    "from zeros and deletion to zeros give the whole, at every step of a linear network": async () => {
      const whole = linear(picture.data);
      const inserted = await metricCalled("insertion").compat!.torchcam!.measure(trialOf({ map }), {});
      const deleted = await metricCalled("deletion").compat!.torchcam!.measure(trialOf({ map }), {});
      inserted.curves!["insertion"]!.y.forEach((y, i) => {
        expect(y + deleted.curves!["deletion"]!.y[i]!).toBeCloseTo(whole, 6);
      });
    },
    "ends with the picture itself and begins with the blurred one": async () => {
      const { curves } = await measure("insertion", { map });
      const { x, y } = curves!["insertion"]!;
      expect([x[0], x.at(-1)]).toEqual([0, 1]);
      expect(y.at(-1)).toBe(linear(picture.data));
      expect(y[0]).toBe(linear(blurred(picture)));
      expect(y[0]).not.toBe(y.at(-1));
    },
  },
  road: {
    "is half the difference of the means, of pictures in which removed pixels are guessed": async () => {
      const { value } = await measure("road", { map }, { noise: 0, levels: 3 });
      const order = [...map.keys()].sort((a, b) => map[b]! - map[a]!);
      const p = (removed: number[]): number =>
        linear(
          imputed(
            picture,
            Uint8Array.from(order, (_, pixel) => Number(!removed.includes(pixel))),
          ),
        );
      const gone = [36, 72, 108];
      const differences = gone.map((count) => p(order.slice(-count)) - p(order.slice(0, count)));
      expect(value).toBeCloseTo(
        differences.reduce((sum, d) => sum + d / 6, 0),
        9,
      );
    },
    "adds noise of the stated deviation to removed pixels only, another to each picture": async () => {
      const [plain, noisy] = [
        await seenBy("road", { map }, { noise: 0 }),
        await seenBy("road", { map }, { noise: 0.2 }),
      ];
      const changes = noisy.map((values, i) => values.map((value, at) => value - plain[i]![at]!));
      const removed = plain.map((values) => values.map((value, i) => Number(value !== picture.data[i])));
      changes.forEach((change, i) => {
        change.forEach((difference, at) => expect(difference === 0 || removed[i]![at] === 1).toBe(true));
      });
      const all = changes.flatMap((change, i) => [...change].filter((_, at) => removed[i]![at] === 1));
      const deviation = Math.sqrt(all.reduce((sum, difference) => sum + difference ** 2, 0) / all.length);
      // 18 pictures × about 216 numbers: one standard error is 1.1 %.
      expect(Math.abs(deviation / 0.2 - 1)).toBeLessThan(0.04);
      // Of pixels that are removed at both levels.
      const both = [...changes[7]!.keys()].filter((at) => changes[7]![at] !== 0 && changes[8]![at] !== 0);
      expect(both.every((at) => changes[7]![at] !== changes[8]![at])).toBe(true);
    },
    "changes its sign with the order": async () => {
      const value = await valueOf("road", { map: contributions() }, { noise: 0 });
      expect(value).toBeGreaterThan(0);
      const turned = await valueOf("road", { map: contributions().map((v) => -v) }, { noise: 0 });
      expect(turned).toBeCloseTo(-value, 9);
    },
    "is 0 for a network that sees nothing": async () => {
      expect(await valueOf("road", { map, probability: () => 0.4 })).toBe(0);
    },
    "is the same for the same seed and another for another": async () => {
      const values = await Promise.all([1, 1, 2].map((seed) => valueOf("road", { map, seed })));
      expect(values[0]).toBe(values[1]);
      expect(values[0]).not.toBe(values[2]);
    },
  },
} satisfies Identities;
