/** What each metric must give where the answer is known, and f64 twins of what is summed. */
import { describe, expect, it } from "vitest";
import { blurred } from "../../src/metrics/blur.ts";
import { imputed } from "../../src/metrics/impute.ts";
import { METRICS, type MetricName, metricCalled } from "../../src/metrics/index.ts";
import { maxDifference } from "../support/golden.ts";
import {
  contributions,
  linear,
  mapOf,
  measure,
  picture,
  PIXELS,
  type Setup,
  SIDE,
  someMap,
  trialOf,
  valueOf,
} from "./laboratory.ts";

const map = someMap();
const ones = new Float32Array(PIXELS).fill(1);
const blank = new Float32Array(PIXELS);
const reversed = map.map((value) => 1 - value);

/** Every metric has a place below; a new one without fails to compile. */
const identities: Readonly<Record<MetricName, Readonly<Record<string, () => Promise<void> | void>>>> = {
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
};

/** The pictures that a metric asks the network about, in their order. */
async function seenBy(
  name: MetricName,
  setup: Setup,
  options: Readonly<Record<string, number>>,
): Promise<Float32Array[]> {
  const seen: Float32Array[] = [];
  const probability = (values: Float32Array): number => (seen.push(values.slice()), linear(values));
  await measure(name, { ...setup, probability }, options);
  // trialOf asks for the picture itself before anything else.
  return seen.slice(1);
}

it("metrics are set as their sources have them, or as docs/metrics.md says", () => {
  const defaults = METRICS.map((name) => {
    const specs = Object.entries(metricCalled(name).options ?? {});
    return [name, Object.fromEntries(specs.map(([option, spec]) => [option, spec.default]))] as const;
  });
  expect(Object.fromEntries(defaults.filter(([, options]) => Object.keys(options).length > 0))).toEqual({
    deletion: { steps: 224 },
    insertion: { steps: 224 },
    road: { levels: 9, noise: 0.01 },
    "pointing-game": { tolerance: 15 },
    arcc: { noise: 0.01 },
    "sensitivity-max": { samples: 10, radius: 0.02 },
    infidelity: { squares: 100 },
    "parameter-randomisation": { stages: 8 },
  });
});

describe.each(METRICS)("%s", (name) => {
  it.each(Object.entries(identities[name]))("%s", async (_title, check) => {
    await check();
  });
});
