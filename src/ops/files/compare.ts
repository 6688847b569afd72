import { broadcast } from "../../shape.ts";
import { checkAttr, inputShape } from "../check.ts";
import { mapBroadcast } from "./map-broadcast.ts";
import { defineOp } from "../op.ts";
import { workInJavaScript } from "../work.ts";

const COMPARISONS = {
  less: (a, b) => a < b,
  lessOrEqual: (a, b) => a <= b,
  greater: (a, b) => a > b,
  greaterOrEqual: (a, b) => a >= b,
  equal: (a, b) => a === b,
  notEqual: (a, b) => a !== b,
} as const satisfies Readonly<Record<string, (a: number, b: number) => boolean>>;

export interface CompareAttrs {
  readonly fn: keyof typeof COMPARISONS;
}

/**
 * y = 1 where a and b compare so, else 0, with NumPy broadcasting; no gradient passes. Of such zeros and ones `minimum` is "and",
 * `maximum` is "or", `notEqual` is "xor", and `equal` to 0 is "not".
 */
export const compare = defineOp<CompareAttrs>({
  inputs: ["a", "b"],
  reads: () => ({ a: [], b: [] }),
  shape(inputs, { fn }, where) {
    checkAttr(Object.hasOwn(COMPARISONS, fn), where, "fn", Object.keys(COMPARISONS).join(" or "), fn);
    return broadcast(inputShape(inputs, 0, "a", where), inputShape(inputs, 1, "b", where), where);
  },
  work: workInJavaScript,
  forward(ctx, [a, b], y, { fn }) {
    const holds: (a: number, b: number) => boolean = COMPARISONS[fn];
    mapBroadcast(ctx, (left, right) => (holds(left, right) ? 1 : 0), [a!, b!], y);
  },
  backward() {
    // Constant piece by piece.
  },
});
