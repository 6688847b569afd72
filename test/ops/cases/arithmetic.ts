/** Operators of two operands: equal shapes, every kind of broadcasting, and both operands broadcast at once. */
import type { Shape } from "../../../src/shape.ts";
import type { NDArray } from "../../reference/ndarray.ts";
import type { Random } from "../../support/random.ts";
import { channelsFor, type OpCase, opCase } from "../op-case.ts";

type ShapePair = readonly [a: Shape, b: Shape];

/** One pair of each kind, in turn. */
function shapes(random: Random, trial: number): ShapePair {
  const [n, h, w] = [random.int(1, 2), random.int(1, 4), random.int(1, 4)];
  const c = channelsFor(trial + Math.floor(trial / 3));
  const full = [n, h, w, c];
  const pairs: readonly ShapePair[] = [
    [full, full],
    [full, [c]],
    [full, [n, 1, 1, c]],
    [[n, h, w, 1], full],
    [full, []],
    [
      [h, 1, c],
      [n, 1, w, 1],
    ],
    [
      [2, 1, 3, 1, c],
      [3, 2, 1],
    ],
    [[1], full],
    [
      [n, c],
      [n, 1],
    ],
    [[1, 1], [1]],
    [
      [n, 70, c],
      [1, 1, c],
    ],
    [
      [n, h, c],
      [n, 1, c],
    ],
  ];
  return pairs[trial % pairs.length]!;
}

interface Operands {
  about?: string;
  /** Values of the two operands; normal when left out. */
  draw?: (random: Random, a: Shape, b: Shape) => readonly [NDArray, NDArray];
}

const binary = (op: "add" | "sub" | "mul" | "div" | "maximum" | "minimum", operands: Operands = {}): OpCase =>
  opCase({
    op,
    trials: 36,
    sample(random, trial) {
      const [a, b] = shapes(random, trial);
      const draw = operands.draw ?? (() => [random.array(a), random.array(b)] as const);
      return { inputs: draw(random, a, b), attrs: {} };
    },
  });

/** Away from zero, where a quotient has no slope. */
const nonZero = (random: Random, shape: Shape): NDArray => {
  const b = random.array(shape);
  return { shape, data: b.data.map((value) => Math.fround(value + Math.sign(value) * 0.5)) };
};

/** No element of a lies near any of b, so that a small step changes no winner. */
const apart = (random: Random, a: Shape, b: Shape): readonly [NDArray, NDArray] => {
  const [left, right] = [random.distinct(a), random.distinct(b)];
  return [left, { shape: b, data: right.data.map((value) => value + 1 / 256) }];
};

export const arithmeticCases: readonly OpCase[] = [
  binary("add"),
  binary("sub"),
  binary("mul"),
  binary("div", { draw: (random, a, b) => [random.array(a), nonZero(random, b)] }),
  binary("maximum", { draw: apart }),
  binary("minimum", { draw: apart }),
];
