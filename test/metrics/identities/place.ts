/** Metrics that ask where the map lies. */
import { expect } from "vitest";
import { blank, map, measure, ones, PIXELS, SIDE, valueOf } from "../laboratory.ts";
import type { Identities } from "./identities.ts";

export const place = {
  "pointing-game": {
    "hits within a box and at most the tolerance away": async () => {
      const spot = blank.slice();
      spot[3 * SIDE + 8] = 1;
      const hit = (x: number, y: number, tolerance: number): Promise<number> =>
        valueOf("pointing-game", { map: spot, boxes: [{ x, y, width: 2, height: 2 }] }, { tolerance });
      expect(await hit(7, 2, 0)).toBe(1);
      expect(await hit(9, 3, 0)).toBe(0);
      expect(await hit(9, 3, 1)).toBe(1);
      // The box ends with the pixel before.
      expect([await hit(6, 3, 0.9), await hit(6, 3, 1)]).toEqual([0, 1]);
      // 3 to the right and 4 below: 5 away.
      expect([await hit(11, 7, 4.9), await hit(11, 7, 5)]).toEqual([0, 1]);
    },
    "takes the first of equal maxima": async () => {
      const spots = blank.slice();
      for (const pixel of [2, PIXELS - 1]) spots[pixel] = 1;
      const { facts } = await measure("pointing-game", { map: spots, boxes: [{ x: 0, y: 0, width: 1, height: 1 }] });
      expect(facts).toMatchObject({ x: 2, y: 0, distance: 2 });
    },
    "counts any of several boxes": async () => {
      const boxes = [
        { x: 0, y: 0, width: 1, height: 1 },
        { x: 0, y: 0, width: SIDE, height: SIDE },
      ];
      expect(await valueOf("pointing-game", { map, boxes }, { tolerance: 0 })).toBe(1);
    },
  },
  "energy-in-box": {
    "is 1 for the whole picture, adds up over its parts and counts pixels once": async () => {
      const whole = { x: 0, y: 0, width: SIDE, height: SIDE };
      const left = { ...whole, width: 5 };
      const right = { ...whole, x: 5, width: SIDE - 5 };
      const energy = (...boxes: (typeof whole)[]): Promise<number> => valueOf("energy-in-box", { map, boxes });
      expect(await energy(whole)).toBe(1);
      expect((await energy(left)) + (await energy(right))).toBeCloseTo(1, 12);
      expect(await energy(left, left)).toBe(await energy(left));
      expect(await valueOf("energy-in-box", { map: blank, boxes: [whole] })).toBe(0);
    },
    "counts a pixel where its centre lies, and what is positive": async () => {
      const whole = { x: 0, y: 0, width: SIDE, height: SIDE };
      const energy = (of: Float32Array, ...boxes: (typeof whole)[]): Promise<number> =>
        valueOf("energy-in-box", { map: of, boxes });
      for (const axes of [
        { at: "x", length: "width" },
        { at: "y", length: "height" },
      ] as const) {
        const first = { ...whole, [axes.length]: 5.5 };
        const second = { ...whole, [axes.at]: 5.5, [axes.length]: SIDE - 5.5 };
        // Five of twelve lines: the sixth has its centre on the edge, which belongs to what begins there.
        expect(await energy(ones, first)).toBeCloseTo(5 / 12, 12);
        expect(await energy(ones, second)).toBeCloseTo(7 / 12, 12);
      }
      const box = { ...whole, width: 5 };
      const signed = map.map((value) => value - 0.5);
      const positive = signed.map((value) => Math.max(0, value));
      expect(await energy(signed, box)).toBe(await energy(positive, box));
    },
  },
} satisfies Identities;
