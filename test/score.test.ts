import { describe, expect, it } from "vitest";
import { differentiate, probabilitiesOf, type Score, softmax } from "../src/score.ts";

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
