import { showShape } from "../../shape.ts";
import { checkAttr, inputShape, isCount } from "../check.ts";
import { OUTSIDE, rearrangement } from "./take.ts";

export interface ExtendAttrs {
  /** How much is added before the first and after the last element, along every axis but the batch axis. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly mode: ExtendMode;
  /** What is added in mode "constant". */
  readonly value: number;
}

/** How abcd goes on: constant "00|abcd|00", edge "aa|abcd|dd", reflect "cb|abcd|cb", symmetric "ba|abcd|dc", wrap "cd|abcd|ab". */
type ExtendMode = "constant" | "edge" | "reflect" | "symmetric" | "wrap";

/** The index in 0…size−1 that stands at `i`, which may be anywhere. */
const CONTINUED: Readonly<Record<ExtendMode, (i: number, size: number) => number>> = {
  constant: (i, size) => (i >= 0 && i < size ? i : OUTSIDE),
  edge: (i, size) => Math.min(Math.max(i, 0), size - 1),
  reflect: (i, size) => (size === 1 ? 0 : mirrored(modulo(i, 2 * size - 2), 2 * size - 2)),
  symmetric: (i, size) => mirrored(modulo(i, 2 * size), 2 * size - 1),
  wrap: (i, size) => modulo(i, size),
};

const modulo = (i: number, size: number): number => ((i % size) + size) % size;

/** The way there or the way back, on which `end − i` stands for i. */
const mirrored = (i: number, end: number): number => Math.min(i, end - i);

/** x with a frame around it along any axis but the batch axis, of a number or of its own elements. */
export const extend = rearrangement<ExtendAttrs>({
  shape(inputs, { before, after, mode, value }, where) {
    const [batch, ...rest] = inputShape(inputs, 0, "x", where);
    for (const [name, list] of [
      ["before", before],
      ["after", after],
    ] as const) {
      const fits = list.length === rest.length && list.every(isCount);
      checkAttr(fits, where, name, `of an integer ≥ 0 for each axis of ${showShape(rest)}`, list);
    }
    checkAttr(Object.hasOwn(CONTINUED, mode), where, "mode", Object.keys(CONTINUED).join(", "), mode);
    checkAttr(!Number.isNaN(value), where, "value", "that is a number", value);
    return [batch!, ...rest.map((size, axis) => before[axis]! + size + after[axis]!)];
  },
  sources: ([, ...rest], { before, after, mode }) => [
    undefined,
    ...rest.map((size, axis) => {
      const [first, count] = [-before[axis]!, before[axis]! + size + after[axis]!];
      return count === size ? undefined : { length: count, of: (i: number) => CONTINUED[mode](first + i, size) };
    }),
  ],
  outside: ({ mode, value }) => (mode === "constant" ? value : undefined),
});
