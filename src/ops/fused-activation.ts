/** The activations that a product can apply while it stores: clamps, whose gradient is known from y alone. */
import { along, countOf } from "../wasm/job.ts";
import type { Tensor } from "../wasm/memory.ts";
import { checkAttr } from "./check.ts";
import type { OpContext } from "./op.ts";

/** max(v, 0), or min(max(v, 0), max). */
export type FusedActivation = { readonly kind: "relu" } | { readonly kind: "clipped-relu"; readonly max: number };

/** Bounds of a clamp that changes nothing. */
export const UNCLAMPED = [-Infinity, Infinity] as const;

/** [low, high] such that y = min(max(v, low), high). */
export function clampOf(activation: FusedActivation | undefined): readonly [low: number, high: number] {
  if (!activation) return UNCLAMPED;
  return [0, activation.kind === "relu" ? Infinity : activation.max];
}

/**
 * The bounds between which y lets a gradient through; one that is NaN does not exist. y = +∞ lies inside a ReLU
 * without an upper bound.
 */
export function gateOf(activation: FusedActivation | undefined): readonly [low: number, high: number] {
  if (!activation) return [NaN, NaN];
  return [0, activation.kind === "relu" ? NaN : activation.max];
}

/** Throws E_ATTR_INVALID. */
export function checkFusedActivation(activation: FusedActivation | undefined, where: string): void {
  if (activation?.kind !== "clipped-relu") return;
  checkAttr(activation.max > 0, where, "the activation's max", "> 0", activation.max);
}

/** What a gradient reads besides its own inputs: with an activation also y. */
export const readsOfClamp = (activation: FusedActivation | undefined): readonly string[] => (activation ? ["y"] : []);

/**
 * Gives rows first…first+count−1 of dz = dy·[low < y < high] as an address: dy itself without an activation,
 * else masked into scratch of `maxRows` rows, valid until the next call. Rows are the last axis.
 */
export function throughClamp(
  { team, scratch }: OpContext,
  activation: FusedActivation | undefined,
  y: Tensor | undefined,
  dy: Tensor,
  maxRows: number,
): (first: number, count: number) => number {
  const length = dy.shape.at(-1)!;
  if (!activation) return (first) => dy.ptr + first * length * 4;
  const block = scratch(maxRows * length * 4);
  const bounds = gateOf(activation);
  return (first, count) => {
    const offset = first * length * 4;
    const parts = [along(dy.ptr + offset, 4), along(y!.ptr + offset, 4), along(block, 4), countOf()] as const;
    team.run({ kernel: "maskGradient", args: [...parts, ...bounds], units: count * length, cost: 1, step: 16 });
    return block;
  };
}
