/** Metrics of how a map changes with the picture or the weights. */
import { expect } from "vitest";
import { maxDifference } from "../../support/golden.ts";
import { map, mapOf, measure, picture, PIXELS, reversed, valueOf } from "../laboratory.ts";
import type { Identities } from "./identities.ts";

export const stability = {
  "sensitivity-max": {
    "is 0 for a map that never changes, at most the noise for the picture as its own map": async () => {
      expect(await valueOf("sensitivity-max", { map })).toBe(0);
      const first = (values: Float32Array): Float32Array => values.filter((_, i) => i % 3 === 0);
      const { value, facts } = await measure("sensitivity-max", { map, explain: first }, { radius: 0.1 });
      const range = Math.max(...picture.data) - Math.min(...picture.data);
      const norm = Math.hypot(...first(picture.data));
      expect(value).toBeGreaterThan(facts!["mean"]!);
      expect(value).toBeLessThan((0.1 * range * Math.sqrt(PIXELS)) / norm);
      // Uniform noise of ±r has a root mean square of r/√3.
      expect(facts!["mean"]! / ((0.1 * range * Math.sqrt(PIXELS / 3)) / norm)).toBeCloseTo(1, 1);
    },
    "changes pixels by anything from −radius to radius of the range": async () => {
      const seen: Float32Array[] = [];
      const explain = (values: Float32Array): Float32Array => (seen.push(values), map);
      await measure("sensitivity-max", { map, explain }, { radius: 0.1 });
      const changes = seen.slice(1).flatMap((values) => [...values].map((value, i) => value - picture.data[i]!));
      const reach = 0.1 * (Math.max(...picture.data) - Math.min(...picture.data));
      // The extremes of some thousand uniform numbers.
      expect(Math.max(...changes) / reach).toBeCloseTo(1, 2);
      expect(Math.min(...changes) / reach).toBeCloseTo(-1, 2);
      expect(new Set(changes).size).toBeGreaterThan(1000);
    },
    "does not depend on the scale of maps and grows with the radius": async () => {
      const scaled = (by: number) => (values: Float32Array) => values.filter((_, i) => i % 3 === 0).map((v) => v * by);
      const of = (by: number, radius: number) => valueOf("sensitivity-max", { map, explain: scaled(by) }, { radius });
      expect(await of(4, 0.02)).toBe(await of(1, 0.02));
      expect((await of(1, 0.04)) / (await of(1, 0.02))).toBeCloseTo(2, 3);
    },
  },
  "parameter-randomisation": {
    "is 1 for a map that does not care and −1 for one that turns over": async () => {
      const cascade = (after: Float32Array) => ({
        layers: ["a", "b", "c", "d", "e"],
        redraw: () => Promise.resolve(),
        map: () => Promise.resolve(mapOf(after)),
      });
      const same = await measure("parameter-randomisation", { map, cascade: cascade(map) });
      expect(same.value).toBeCloseTo(1, 12);
      expect(same.facts!["ssim"]).toBeCloseTo(1, 12);
      expect(same.curves!["rank-correlation"]!.x).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
      const turned = await measure("parameter-randomisation", { map, cascade: cascade(reversed) });
      expect(turned.value).toBeCloseTo(-1, 12);
      expect(turned.facts!["ssim"]).toBeLessThan(0);
    },
    "redraws evenly many layers between maps and all of them in the end": async () => {
      const counts: number[] = [];
      const redraw = (count: number) => (counts.push(count), Promise.resolve());
      const cascade = { layers: Array.from({ length: 10 }, String), redraw, map: () => Promise.resolve(mapOf(map)) };
      const { curves } = await measure("parameter-randomisation", { map, cascade }, { stages: 4 });
      expect(counts).toEqual([3, 5, 8, 10]);
      expect(curves!["rank-correlation"]!.x).toEqual([0.3, 0.5, 0.8, 1]);
    },
    "is the mean over the cascade": async () => {
      const after = [map, map, map, reversed].map(mapOf);
      const redraw = () => Promise.resolve();
      const cascade = { layers: ["a", "b", "c", "d"], redraw, map: () => Promise.resolve(after.shift()!) };
      const { value, curves, facts } = await measure("parameter-randomisation", { map, cascade });
      expect(maxDifference(curves!["rank-correlation"]!.y, [1, 1, 1, -1])).toBeLessThan(1e-12);
      expect(value).toBeCloseTo(0.5, 12);
      expect(facts!["ssim"]).toBeCloseTo(
        curves!["ssim"]!.y.reduce((sum, y) => sum + y / 4, 0),
        12,
      );
    },
  },
} satisfies Identities;
