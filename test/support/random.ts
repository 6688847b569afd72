/** A seeded source of everything random in the tests: the same seed gives the same shapes and values everywhere. */
import { elements, type Shape } from "../../src/shape.ts";
import { type NDArray, ndarray } from "../reference/ndarray.ts";

interface ValueOptions {
  /** Standard deviation; 1 when left out. */
  scale?: number;
  mean?: number;
  /** Points where the operator has no derivative: no value lies closer to one than `MARGIN`. */
  kinks?: readonly number[];
}

/** Far more than the step of the central differences, far less than the spread of the values. */
const MARGIN = 0.01;

export interface Random {
  /** Uniform in [low, high). */
  uniform(low?: number, high?: number): number;
  /** Uniform among the integers low…high, both included. */
  int(low: number, high: number): number;
  pick<T>(choices: readonly T[]): T;
  /** Standard normal. */
  normal(): number;
  /** Normally distributed values that f32 holds exactly. */
  array(shape: Shape, options?: ValueOptions): NDArray;
  /** Like `array`, but any two values differ by at least 2⁻⁷: no ties, no winner changed by a small step. */
  distinct(shape: Shape): NDArray;
}

export function seeded(seed: number): Random {
  const next = mulberry32(seed);
  const uniform = (low = 0, high = 1): number => low + (high - low) * next();
  const int = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const value = ({ scale = 1, mean = 0, kinks = [] }: ValueOptions): number => {
    for (;;) {
      const candidate = Math.fround(mean + scale * normal());
      if (kinks.every((kink) => Math.abs(candidate - kink) > MARGIN)) return candidate;
    }
  };
  return {
    uniform,
    int,
    normal,
    pick: (choices) => choices[int(0, choices.length - 1)]!,
    array: (shape, options = {}) =>
      ndarray(
        shape,
        Float64Array.from({ length: elements(shape) }, () => value(options)),
      ),
    distinct: (shape) => ndarray(shape, shuffledLadder(elements(shape), int)),
  };
}

/** n multiples of 2⁻⁷ around zero in random order. */
function shuffledLadder(n: number, int: Random["int"]): Float64Array {
  const ladder = Float64Array.from({ length: n }, (_, i) => (i - (n >> 1)) / 128);
  for (let i = n - 1; i > 0; i--) {
    const j = int(0, i);
    [ladder[i], ladder[j]] = [ladder[j]!, ladder[i]!];
  }
  return ladder;
}

/** Tommy Ettinger's Mulberry32: 32 bits of state, full period, good enough to draw test cases. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), bits | 61)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
