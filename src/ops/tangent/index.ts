/**
 * Operators that no network has: how others change along a direction. graph/tangent.ts makes graphs of them, whose nodes carry them. Adding
 * one = one file + one line here + a case in test/ops/cases.
 */
import { atMaximum } from "./at-maximum.ts";
import { derivative } from "./derivative.ts";

export const tangentOps = { atMaximum, derivative } as const;
