import { describe, expect, it } from "vitest";
import { curvatureOf } from "../src/probe/curvature-of-scores.ts";
import { differentiate, type Link, probabilitiesOf, type Score, softmax } from "../src/score.ts";

const LOGITS = [0.3, -1.2, 2.5, 0.9, -0.4, 1.1];

const scores: Record<string, Score> = {
  "a logit": (o) => o.logit(2),
  "a difference of logits": (o) => o.logit(2).sub(o.logit(1)),
  "a probability": (o) => o.probability(1),
  "a log-probability": (o) => o.logProbability(0),
  "one logit against the mean": (o) => o.logit(1).sub(o.mean().mul(0.6)),
  "a ratio of probabilities": (o) => o.probability(2).div(o.probability(0).add(0.1)),
  "an entropy term": (o) => o.probability(2).mul(o.logProbability(2)).neg(),
};

describe("score expressions", () => {
  it.each(Object.entries(scores))("differentiates %s like central differences do", (_, score) => {
    const { gradient } = differentiate(score, LOGITS, LOGITS.length);
    LOGITS.forEach((_value, i) => {
      const moved = (h: number): number =>
        differentiate(
          score,
          LOGITS.map((v, j) => (i === j ? v + h : v)),
          LOGITS.length,
        ).value;
      expect(gradient[i]).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 8);
    });
  });

  it("reads one sample of a batch and leaves the others without gradient", () => {
    const { value, gradient } = differentiate((o) => o.logProbability(1, 1), LOGITS, 3);
    expect(value).toBeCloseTo(Math.log(softmax(LOGITS.slice(3))[1]!), 12);
    expect([...gradient.slice(0, 3)]).toEqual([0, 0, 0]);
    expect(gradient[4]).toBeGreaterThan(0);
  });

  it("stays finite for logits that would overflow exp", () => {
    const { value, gradient } = differentiate((o) => o.probability(0), [1000, 0], 2);
    expect(value).toBe(1);
    expect([...gradient]).toEqual([0, 0]);
  });

  it("makes probabilities of every class by itself behind a sigmoid", () => {
    for (const index of LOGITS.keys()) {
      const { value, gradient } = differentiate((o) => o.probability(index), LOGITS, LOGITS.length, "sigmoid");
      const p = 1 / (1 + Math.exp(-LOGITS[index]!));
      expect(value).toBeCloseTo(p, 12);
      expect(probabilitiesOf(LOGITS, "sigmoid")[index]).toBeCloseTo(p, 12);
      gradient.forEach((slope, i) => {
        expect(slope).toBeCloseTo(i === index ? p * (1 - p) : 0, 12);
      });
    }
    const { value, gradient } = differentiate((o) => o.logProbability(0), [-800], 1, "sigmoid");
    expect([value, gradient[0]]).toEqual([-800, 1]);
    expect([...probabilitiesOf([-800, 800], "sigmoid")]).toEqual([0, 1]);
  });

  it("refuses a class that does not exist, naming the range", () => {
    expect(() => differentiate((o) => o.logit(6), LOGITS, 6)).toThrow("expected an integer from 0 to 5, got 6");
  });

  it("refuses a score that is not one number", () => {
    expect(() => differentiate((o) => o, LOGITS, 6)).toThrow("expected one number, got 6 numbers");
  });
});

describe("second derivatives of score expressions", () => {
  const DIRECTION = [0.7, -0.2, 1.3, -2.1, 0.4, 0.05];
  const alongOf = (score: Score, link: Link = "softmax", direction = DIRECTION): Float64Array =>
    curvatureOf(score, { logits: LOGITS, classes: LOGITS.length, link }, direction);
  const more: Record<string, Score> = {
    "powers of a logit": (o) =>
      o
        .logit(0)
        .mul(o.logit(0))
        .div(o.logit(2).mul(o.logit(2))),
    "the logarithm of a sum": (o) => o.exp().sum().log(),
    "a sum of products": (o) => o.mul(o.exp()).sub(o.mean()).sum(),
    "a number over all logits": (o) => o.mul(0.5).exp().div(o.at(3)).add(2).mean().neg(),
    "a soft threshold": (o) => o.sub(0.3).logSigmoid().mul(o.logit(1)).sum(),
  };

  it.each(Object.entries({ ...scores, ...more }))(
    "of %s are what central differences of the gradient show",
    (_, score) => {
      for (const link of ["softmax", "sigmoid"] as const) {
        const [ahead, behind] = [1e-5, -1e-5].map((h) => {
          const moved = LOGITS.map((value, i) => value + h * DIRECTION[i]!);
          return differentiate(score, moved, moved.length, link).gradient;
        });
        alongOf(score, link).forEach((value, i) => {
          expect(value).toBeCloseTo((ahead![i]! - behind![i]!) / 2e-5, 7);
        });
      }
    },
  );

  it("are 0 of logits and their differences, exactly", () => {
    for (const name of ["a logit", "a difference of logits", "one logit against the mean"]) {
      expect(alongOf(scores[name]!).every((value) => value === 0)).toBe(true);
    }
  });

  it("have the closed forms of log-softmax, softmax and sigmoid", () => {
    const p = softmax(LOGITS);
    const mean = DIRECTION.reduce((sum, d, i) => sum + p[i]! * d, 0);
    const ofLog = DIRECTION.map((d, i) => -p[i]! * (d - mean));
    alongOf((o) => o.logProbability(0)).forEach((value, i) => {
      expect(value).toBeCloseTo(ofLog[i]!, 14);
    });
    // p″ = p·(log p)″ + p·(log p)′·(log p)′ᵀ
    alongOf((o) => o.probability(0)).forEach((value, i) => {
      const slope = (i === 0 ? 1 : 0) - p[i]!;
      expect(value).toBeCloseTo(p[0]! * (ofLog[i]! + slope * (DIRECTION[0]! - mean)), 14);
    });
    const s = probabilitiesOf(LOGITS, "sigmoid")[2]!;
    const bent = alongOf((o) => o.probability(2), "sigmoid");
    expect(bent[2]).toBeCloseTo(s * (1 - s) * (1 - 2 * s) * DIRECTION[2]!, 14);
  });

  it("stay exact where the direction is a thousand times as long, and far from 0", () => {
    const short = alongOf((o) => o.logProbability(1));
    const long = alongOf(
      (o) => o.logProbability(1),
      "softmax",
      DIRECTION.map((d) => d * 1000),
    );
    long.forEach((value, i) => {
      expect(value).toBeCloseTo(short[i]! * 1000, 10);
    });
    const far = { logits: [1000, 999], classes: 2, link: "softmax" } as const;
    const [a, b] = curvatureOf((o) => o.logProbability(1), far, [1, 0]);
    const p = 1 / (1 + Math.exp(-1));
    expect(a).toBeCloseTo(-p * (1 - p), 12);
    expect(b).toBeCloseTo(p * (1 - p), 12);
  });

  it("take numbers that were taken out of expressions for constants, as gradients do", () => {
    const detached: Score = (o) => o.logit(1).mul(o.logit(1)).mul(o.logit(0).value);
    const [first, second, ...rest] = alongOf(detached);
    expect([first, ...rest]).toEqual([0, 0, 0, 0, 0]);
    expect(second).toBeCloseTo(2 * 0.3 * -0.2, 12);
  });
});
