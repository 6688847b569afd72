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

/** Filters of a group that a convolution computes together: fewer take as long. */
const FULL_SPEED = 32;
/** For each multiply-add of a dense layer, which reads its weights from memory, and of a depthwise convolution. */
const SLOWLY = new Map([
  ["dense", 16],
  ["depthwiseConv2d", 8],
]);
/** For each element of a pooling's window, where 16 channels or more lie side by side; fewer are no faster. */
const FOR_A_TAP = 4;

/** The operator's own estimate, or its multiply-adds and a kernel's way through its inputs and its answer. */
export function workOf<Attrs>(name: string, op: Op<Attrs>, inputs: Inputs, y: Shape, attrs: Attrs): number {
  const { kernel, groups } = attrs as { kernel?: readonly [number, number]; groups?: number };
  const macs = op.macs?.(inputs, y, attrs) ?? 0;
  const way = IN_A_KERNEL * visited(inputs, y);
  if (kernel && name.endsWith("Pool")) {
    return elements(y.slice(0, 3)) * Math.max(16, y[3]!) * kernel[0] * kernel[1] * FOR_A_TAP + way;
  }
  const filters = name === "conv2d" ? y[3]! / groups! : FULL_SPEED;
  return (
    op.work?.(inputs, y, attrs) ?? (macs * Math.max(FULL_SPEED, filters) * (SLOWLY.get(name) ?? 1)) / filters + way
  );
}

/** Of operators whose loops are in JavaScript. */
export const workInJavaScript = (inputs: Inputs, y: Shape): number => IN_JAVASCRIPT * visited(inputs, y);

const visited = (inputs: Inputs, y: Shape): number =>
  inputs.reduce((sum, shape) => sum + (shape ? elements(shape) : 0), elements(y));
