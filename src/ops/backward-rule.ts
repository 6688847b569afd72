/**
 * What passes back through a ReLU in place of the derivative: "guided" dX = dY·[X > 0]·[dY > 0] (Springenberg et al.,
 * arXiv 1412.6806), "deconvnet" dX = dY·[dY > 0] (Zeiler & Fergus, arXiv 1311.2901).
 */
import { elements } from "../shape.ts";
import { along, countOf } from "../wasm/job.ts";
import type { Tensor } from "../wasm/memory.ts";
import type { OpContext } from "./op.ts";

export type BackwardRule = "guided" | "deconvnet";

/** max(dy, 0) in scratch. */
export function positivePart({ team, scratch }: OpContext, dy: Tensor): number {
  const units = elements(dy.shape);
  const ptr = scratch(units * 4);
  const args = [along(dy.ptr, 4), along(ptr, 4), countOf(), 0, 0] as const;
  team.run({ kernel: "relu", args, units, cost: 1, step: 16 });
  return ptr;
}
