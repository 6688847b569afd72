/** The error bounds that assembly/lib/math.ts states, on dense grids, through the activations that are those functions. */
import { beforeAll, describe, expect, it } from "vitest";
import type { ActivationName } from "../../src/wasm/activation-kernels.ts";
import type { Engine } from "../../src/wasm/instantiate.ts";
import { normalCdf } from "../reference/special.ts";
import { bench, BUILDS, testEngine } from "../support/engine.ts";

/** The smallest normal f32: below it numbers have fewer digits. */
const TINY = 2 ** -126;

/** `count` f32 values from `low` to `high`, none on a round number. */
const grid = (low: number, high: number, count = 100_003): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));

/** ±2⁻¹⁴⁰ … ±2¹²⁷ in steps of 2^¼: every magnitude that f32 has. */
const magnitudes = Float32Array.from({ length: 2 * 1069 }, (_, i) => (i % 2 ? -1 : 1) * 2 ** ((i >> 1) / 4 - 140));

describe.each(BUILDS)("in the %s build", (build) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await testEngine(build);
  });

  function run(name: ActivationName, x: Float32Array, alpha = 0, beta = 0): Float32Array {
    const table = bench(engine);
    try {
      const [from, to] = [table.tensor([x.length], x), table.tensor([x.length])];
      engine.kernels[name](from.ptr, to.ptr, x.length, alpha, beta);
      return table.read(to);
    } finally {
      table.release();
    }
  }

  /** The largest |got − want| / max(|want|, TINY), where want is finite in f32. */
  function worstError(got: Float32Array, x: Float32Array, f: (x: number) => number): number {
    return x.reduce((worst, value, i) => {
      const want = f(value);
      if (!Number.isFinite(Math.fround(want))) return worst;
      return Math.max(worst, Math.abs(got[i]! - want) / Math.max(Math.abs(want), TINY));
    }, 0);
  }

  it("computes exp within 1e-7", () => {
    for (const x of [grid(-87, 88.7), grid(-1, 1), magnitudes.filter((value) => value > -87)]) {
      expect(worstError(run("exponential", x), x, Math.exp)).toBeLessThanOrEqual(1e-7);
    }
  });

  it("computes denormal results of exp within one unit in their last place, and 0 below", () => {
    const x = grid(-110, -87, 10_007);
    const got = run("exponential", x);
    x.forEach((value, i) => {
      expect(Math.abs(got[i]! - Math.exp(value))).toBeLessThanOrEqual(2 ** -149 + 2e-7 * Math.exp(value));
    });
    expect([...run("exponential", Float32Array.of(-104.5, -1e30, -Infinity))]).toEqual([0, 0, 0]);
  });

  it("lets exp overflow to infinity and no sooner than f32 does", () => {
    const edge = Math.fround(88.7228);
    expect([...run("exponential", Float32Array.of(88.8, 1e30, Infinity))]).toEqual([Infinity, Infinity, Infinity]);
    expect(run("exponential", Float32Array.of(edge))[0]! / Math.exp(edge)).toBeCloseTo(1, 6);
  });

  it("computes exp(x) − 1 for negative x within 1e-7, also where it is tiny", () => {
    for (const x of [grid(-100, 0), magnitudes.filter((value) => value < 0)]) {
      expect(worstError(run("elu", x, 1, 1), x, Math.expm1)).toBeLessThanOrEqual(1e-7);
    }
  });

  it("computes the sigmoid within 1.5e-7", () => {
    const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
    for (const x of [grid(-87, 60), magnitudes.filter((value) => value > -87)]) {
      expect(worstError(run("sigmoid", x), x, logistic)).toBeLessThanOrEqual(1.5e-7);
    }
  });

  it("computes tanh within 2e-7, also where it is tiny", () => {
    for (const x of [grid(-10, 10), magnitudes]) {
      expect(worstError(run("tanh", x), x, Math.tanh)).toBeLessThanOrEqual(2e-7);
    }
  });

  it("computes softplus within 2e-7, also where it is tiny", () => {
    const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    for (const x of [grid(-87, 87), magnitudes.filter((value) => value > -87)]) {
      expect(worstError(run("softplus", x), x, softplus)).toBeLessThanOrEqual(2e-7);
    }
  });

  it("computes x·Φ(x) within 4e-7 down to x = −13, where Φ is 10⁻³⁸", () => {
    for (const x of [grid(-13, 13), magnitudes.filter((value) => value > -13)]) {
      expect(worstError(run("gelu", x), x, (value) => value * normalCdf(value))).toBeLessThanOrEqual(4e-7);
    }
  });

  it("computes mish within 3e-7", () => {
    const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    const mish = (x: number): number => x * Math.tanh(softplus(x));
    for (const x of [grid(-80, 80), magnitudes.filter((value) => value > -80)]) {
      expect(worstError(run("mish", x), x, mish)).toBeLessThanOrEqual(3e-7);
    }
  });

  it("answers infinities with limits and NaN with NaN", () => {
    const x = Float32Array.of(-Infinity, Infinity, NaN);
    const limits = { sigmoid: [0, 1], tanh: [-1, 1], exponential: [0, Infinity], softplus: [0, Infinity] } as const;
    for (const [name, ends] of Object.entries(limits)) {
      expect([...run(name as ActivationName, x)], name).toEqual([...ends, NaN]);
    }
    expect([...run("elu", x, 1.5, 1)]).toEqual([-1.5, Infinity, NaN]);
  });
});
