import { describe, expect, it } from "vitest";
import { probabilitiesOf } from "../src/score.ts";
import { rank, resolveTarget, type Target } from "../src/target.ts";
import { seeded } from "./support/random.ts";

describe("ranking the classes", () => {
  const order = (logits: readonly number[], top: number): number[] =>
    rank(logits, undefined, top, probabilitiesOf(logits, "softmax")).map(({ index }) => index);

  it("gives the best classes first and equal ones in class order", () => {
    expect(order([1, 3, 2, 3, 0], 3)).toEqual([1, 3, 2]);
    expect(order([5, 5, 5], 2)).toEqual([0, 1]);
  });

  it("is the head of a full sort, however many are asked for", () => {
    const random = seeded(11);
    const logits = Array.from({ length: 1000 }, () => Math.round(random.uniform(-40, 40)) / 4);
    const sorted = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]! || a - b);
    for (const top of [1, 5, 999, 1000, 2000]) expect(order(logits, top)).toEqual(sorted.slice(0, top));
    expect(order(logits, 0)).toEqual([]);
  });

  it("names classes and gives probabilities that add up to 1", () => {
    const logits = [0, Math.log(3)];
    const ranked = rank(logits, [{ name: "cat", wnid: "n1" }, { name: "cup" }], 2, probabilitiesOf(logits, "softmax"));
    expect(ranked.map(({ label }) => label)).toEqual(["cup", "cat"]);
    expect(ranked[1]).toMatchObject({ wnid: "n1", logit: 0 });
    expect(ranked[0]!.probability).toBeCloseTo(0.75, 12);
  });
});

describe("a target", () => {
  it.each([null, {}, { for: null }, { for: [1] }, true, { for: 0, against: [null] }, { for: 0, against: {} }])(
    "that no type would allow is refused by name: %j",
    (target) => {
      expect(() => resolveTarget(target as Target, "logit", [1, 2, 3], undefined)).toThrow(
        expect.objectContaining({ code: "E_TARGET_CLASS" }),
      );
    },
  );
});
