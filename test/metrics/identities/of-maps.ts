/** Metrics of the map itself and of the map that is made of what it shows. */
import { expect } from "vitest";
import { maxDifference } from "../../support/golden.ts";
import { blank, contributions, map, measure, ones, picture, reversed, valueOf } from "../laboratory.ts";
import type { Identities } from "./identities.ts";

export const ofMaps = {
  complexity: {
    "is 0 for a blank map, 1 for a full one and grows with the map": async () => {
      expect(await valueOf("complexity", { map: blank })).toBe(0);
      expect(await valueOf("complexity", { map: ones })).toBe(1);
      const half = await valueOf("complexity", { map: map.map((value) => value / 2) });
      expect(half).toBeCloseTo((await valueOf("complexity", { map })) / 2, 7);
      expect(await valueOf("complexity", { map: map.map((value) => -value) })).toBe(
        await valueOf("complexity", { map }),
      );
    },
  },
  coherency: {
    "is 1 for a map that stays, 0 for one that turns over, ½ for none": async () => {
      expect(await valueOf("coherency", { map })).toBeCloseTo(1, 12);
      const turning = (values: Float32Array) => (values === picture.data ? map : reversed);
      expect(await valueOf("coherency", { map, explain: turning })).toBeCloseTo(0, 6);
      expect(await valueOf("coherency", { map: blank, explain: () => blank })).toBe(0.5);
    },
    "explains the picture times its map": async () => {
      const seen: Float32Array[] = [];
      // What the method makes of the network's own picture, not what was made at the size of another.
      await valueOf("coherency", { map: reversed, explain: (values) => (seen.push(values), map) });
      expect(seen.at(-1)).toEqual(picture.data.map((value, i) => value * map[Math.floor(i / 3)]!));
    },
  },
  arcc: {
    "is the harmonic mean of its parts": async () => {
      const { value, facts } = await measure("arcc", { map: contributions().map((v) => v * 10) }, { noise: 0 });
      const terms = [facts!["coherency"]!, 1 - facts!["complexity"]!, 2 * facts!["road"]!];
      expect(terms.every((term) => term > 0 && term <= 1)).toBe(true);
      expect(value).toBeCloseTo(3 / (1 / terms[0]! + 1 / terms[1]! + 1 / terms[2]!), 12);
    },
    "is 0 for a map whose order is wrong": async () => {
      const wrong = contributions().map((v) => 0.1 - v * 10);
      expect(await valueOf("arcc", { map: wrong }, { noise: 0 })).toBe(0);
    },
    "sees ROAD as it is at 20, 40, 60 and 80 %": async () => {
      const { facts } = await measure("arcc", { map }, { noise: 0.3 });
      const road = await measure("road", { map }, { noise: 0.3, levels: 4 });
      expect(facts!["road"]).toBe(road.value);
      expect(maxDifference(road.curves!["most-important-first"]!.x, [0.2, 0.4, 0.6, 0.8])).toBeLessThan(1e-12);
    },
  },
} satisfies Identities;
