/** Scratch for work in steps: what one step has held, the next may hold. */
import type { OpContext } from "./op.ts";

interface Block {
  readonly ptr: number;
  readonly bytes: number;
}

/** Every call begins a step: a context whose scratch reuses the blocks of the steps before, the closest fit first. */
export function stepsOf(ctx: OpContext): () => OpContext {
  const blocks: Block[] = [];
  return () => {
    const free = blocks.toSorted((a, b) => a.bytes - b.bytes);
    const scratch = (bytes: number): number => {
      const fit = free.findIndex((block) => block.bytes >= bytes);
      if (fit >= 0) return free.splice(fit, 1)[0]!.ptr;
      const block = { ptr: ctx.scratch(bytes), bytes };
      blocks.push(block);
      return block.ptr;
    };
    return { ...ctx, scratch };
  };
}
