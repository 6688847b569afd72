/**
 * Every gradient, in both builds, against central differences *of the f64 twin*: no f32 noise in the yardstick.
 * Linear operators also keep ⟨f(x) − f(0), dy⟩ = ⟨x, fᵀ(dy)⟩, and every backward adds to what is there.
 */
import { describe, expect, it } from "vitest";
import type { Op } from "../../src/ops/op.ts";
import { dot, mapValues, type NDArray, ndarray, norm, relativeL2, type Twin } from "../reference/ndarray.ts";
import { twins } from "../reference/index.ts";
import { BUILDS, testEngine } from "../support/engine.ts";
import { type Random, seeded } from "../support/random.ts";
import { cases } from "./cases/index.ts";
import { inputNames, outputShape, runBackward, runForward } from "./laboratory.ts";
import { caseTitle, gradientTrials, type Sample } from "./op-case.ts";
import { allOps } from "../support/all-ops.ts";

const TOLERANCE = 2e-6;
/** Central differences: error h²/6·f‴ + 10⁻¹⁶·|f|/h, about 10⁻⁹ of either. */
const STEP = 1e-4;
/** Elements of each input whose derivative is taken one by one; all others enter one directional derivative. */
const PROBES = 20;

/** (f(x + h·v) − f(x − h·v)) / 2h for f = ⟨twin(…, x, …), dy⟩ and input `at`. */
function centralDifference(twin: Twin, sample: Sample<unknown>, at: number, dy: NDArray, v: Float64Array): number {
  const moved = (h: number): number => {
    const x = sample.inputs[at]!;
    const inputs = sample.inputs.with(
      at,
      ndarray(
        x.shape,
        x.data.map((value, i) => value + h * v[i]!),
      ),
    );
    return dot(twin(inputs, sample.attrs).data, dy.data);
  };
  return (moved(STEP) - moved(-STEP)) / (2 * STEP);
}

/** Directions to differentiate along: unit vectors of some elements, then one that moves all of them. */
function directions(size: number, random: Random): Float64Array[] {
  const all = [...Array(size).keys()];
  const chosen = size <= PROBES ? all : Array.from({ length: PROBES }, () => random.int(0, size - 1));
  const units = chosen.map((i) => new Float64Array(size).fill(1, i, i + 1));
  return [...units, Float64Array.from(all, () => random.uniform(-1, 1))];
}

function expectSameSlopes(
  gradient: NDArray,
  twin: Twin,
  sample: Sample<unknown>,
  at: number,
  dy: NDArray,
  random: Random,
  tolerance: number,
) {
  const size = gradient.data.length;
  const scale = norm(gradient.data);
  for (const v of directions(size, random)) {
    const want = centralDifference(twin, sample, at, dy, v);
    const error = Math.abs(dot(gradient.data, v) - want);
    expect(error, `${want} along ${describeDirection(v)}`).toBeLessThanOrEqual(tolerance * scale * norm(v) + 1e-12);
  }
}

const describeDirection = (v: Float64Array): string => {
  const moved = [...v.keys()].filter((i) => v[i] !== 0);
  return moved.length === 1 ? `element ${moved[0]!}` : "all elements";
};

/** Positions of the inputs that are there and have a gradient. */
const differentiable = (op: Op, { inputs, attrs }: Sample<unknown>): number[] => {
  const names = inputNames(op, inputs.length);
  const reads = new Set(Object.keys(op.reads(attrs)));
  return [...inputs.keys()].filter((i) => inputs[i] && reads.has(names[i]!));
};

const only = (at: number, count: number): boolean[] => Array.from({ length: count }, (_, i) => i === at);

describe.each(BUILDS)("in the %s build", (build) => {
  for (const testCase of cases) {
    const op = allOps[testCase.op] as Op;
    const twin = twins[testCase.op] as Twin;
    const tolerance = testCase.tolerance ?? TOLERANCE;

    it(`every gradient of ${caseTitle(testCase)} is the slope of its f64 twin`, async () => {
      const engine = await testEngine(build);
      for (const trial of gradientTrials(testCase)) {
        const random = seeded(trial);
        const sample = testCase.sample(random, trial);
        const y = runForward(engine, op, sample);
        const dy = random.array(y.shape);
        for (const at of differentiable(op, sample)) {
          const wanted = only(at, sample.inputs.length);
          const gradient = runBackward(engine, op, sample, { y, dy, wanted })[at]!;
          expectSameSlopes(gradient, twin, sample, at, dy, random, tolerance);
        }
      }
    });

    it(`the backward of ${caseTitle(testCase)} adds, whichever gradients are wanted together`, async () => {
      const engine = await testEngine(build);
      const random = seeded(1);
      const sample = testCase.sample(random, 1);
      const y = runForward(engine, op, sample);
      const dy = random.array(y.shape);
      const at = differentiable(op, sample);
      const wanted = sample.inputs.map((_, i) => at.includes(i));
      const initial = sample.inputs.map((input) => input && random.array(input.shape));
      const together = runBackward(engine, op, sample, { y, dy, wanted, initial });
      for (const i of at) {
        const alone = runBackward(engine, op, sample, { y, dy, wanted: only(i, wanted.length) })[i]!;
        const want = alone.data.map((value, k) => value + initial[i]!.data[k]!);
        expect(relativeL2(together[i]!.data, want)).toBeLessThanOrEqual(TOLERANCE);
      }
    });

    if (op.linear) {
      it(`${caseTitle(testCase)} and its backward are adjoint`, async () => {
        const engine = await testEngine(build);
        for (const trial of gradientTrials(testCase)) {
          const random = seeded(500 + trial);
          const sample = testCase.sample(random, trial + 1);
          const x = sample.inputs[0]!;
          const at0 = runForward(engine, op, {
            ...sample,
            inputs: sample.inputs.with(
              0,
              mapValues(x, () => 0),
            ),
          });
          const fx = runForward(engine, op, sample).data.map((value, i) => value - at0.data[i]!);
          const dy = random.array(outputShape(op, sample));
          const wanted = only(0, sample.inputs.length);
          const dx = runBackward(engine, op, sample, { y: at0, dy, wanted })[0]!;
          const error = Math.abs(dot(fx, dy.data) - dot(x.data, dx.data));
          expect(error).toBeLessThanOrEqual(TOLERANCE * norm(fx) * norm(dy.data));
        }
      });
    }
  }
});
