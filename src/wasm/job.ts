/**
 * Work that may be done in pieces: one kernel, and how its arguments follow from the piece. A job has `units` (rows,
 * tiles, channels, elements, …) that are independent of each other; a piece is a range first…last−1 of them.
 * Outputs are split, never a sum, so the result is the same bits in however many pieces.
 */
import type { Kernels } from "./kernels.ts";

/** Elements to a cache line: pieces of a long list begin with one, so that no line is written by two threads. */
export const LINE = 16;

/** base + perFirst·first + perLast·last + perThread·thread. All four are always there: V8 then knows one kind of object. */
interface Moving {
  readonly base: number;
  readonly perFirst: number;
  readonly perLast: number;
  readonly perThread: number;
}

export type Argument = number | Moving;

/** An address that is `bytes` further for every unit. */
export const along = (base: number, bytes: number): Argument => ({ base, perFirst: bytes, perLast: 0, perThread: 0 });

/** The first unit of the piece, or how far `perUnit` brings it. */
export const firstOf = (perUnit = 1, base = 0): Argument => ({ base, perFirst: perUnit, perLast: 0, perThread: 0 });

/** The end of the piece. */
export const lastOf = (perUnit = 1, base = 0): Argument => ({ base, perFirst: 0, perLast: perUnit, perThread: 0 });

/** How many units there are in the piece, times `perUnit`. */
export const countOf = (perUnit = 1): Argument => ({ base: 0, perFirst: -perUnit, perLast: perUnit, perThread: 0 });

/** An address of its own for every thread. */
export const ofThread = (base: number, bytes: number): Argument => ({
  base,
  perFirst: 0,
  perLast: 0,
  perThread: bytes,
});

export type KernelName = keyof Kernels;

/** An argument for each parameter of the kernel. */
type Arguments<P extends readonly number[]> = { readonly [I in keyof P]: Argument };

export interface Job<K extends KernelName = KernelName> {
  readonly kernel: K;
  readonly args: Arguments<Parameters<Kernels[K]>>;
  readonly units: number;
  /** Multiply-adds of one unit, or what takes as long. Jobs that are too short to share are not shared. */
  readonly cost: number;
  /** Pieces begin at multiples of this: whole register tiles, whole cache lines. Default: 1. */
  readonly step?: number;
  /** Units that make a good piece: what the kernel itself takes at a time. Default: some pieces for each thread. */
  readonly piece?: number;
}

/** The four numbers of an argument, in the order of the control block. */
export const numbersOf = (argument: Argument): readonly [number, number, number, number] =>
  typeof argument === "number"
    ? [argument, 0, 0, 0]
    : [argument.base, argument.perFirst, argument.perLast, argument.perThread];

/** The arguments when one thread does all of it at once. */
export function wholeOf(args: readonly Argument[], units: number): number[] {
  const whole: number[] = [];
  for (const argument of args) {
    whole.push(typeof argument === "number" ? argument : argument.base + argument.perLast * units);
  }
  return whole;
}
