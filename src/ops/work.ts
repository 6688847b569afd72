/**
 * What one forward call takes, in multiply-adds of a large convolution, of which one thread makes some 30 in a nanosecond. Rough, by
 * measurement: it keeps files from asking for hours, and need not tell one second from three.
 */
import { elements, type Shape } from "../shape.ts";
import type { Op } from "./op.ts";

/** For each element that a kernel reads or writes: half a nanosecond. */
const IN_A_KERNEL = 16;
/** … that a loop of JavaScript visits, most with a function of its own: 5 to 60 ns. */
const IN_JAVASCRIPT = 1024;

type Inputs = readonly (Shape | undefined)[];

/** The operator's own estimate, or its multiply-adds and a kernel's way through its inputs and its answer. */
export function workOf<Attrs>(op: Op<Attrs>, inputs: Inputs, y: Shape, attrs: Attrs): number {
  return op.work?.(inputs, y, attrs) ?? (op.macs?.(inputs, y, attrs) ?? 0) + IN_A_KERNEL * visited(inputs, y);
}

/** Of operators whose loops are in JavaScript. */
export const workInJavaScript = (inputs: Inputs, y: Shape): number => IN_JAVASCRIPT * visited(inputs, y);

const visited = (inputs: Inputs, y: Shape): number =>
  inputs.reduce((sum, shape) => sum + (shape ? elements(shape) : 0), elements(y));
