/** Scratch for work in steps: what one step has held, the next may hold. */
import type { OpContext } from "./op.ts";

interface Block {
  readonly ptr: number;
  readonly bytes: number;
}

/** Whatever is carved from a block begins at a multiple of this, as scratch does. */
const ALIGNMENT = 64;

/** Every call begins a step: a context whose scratch is carved from the blocks of the steps before, the closest fit first. */
export function stepsOf(ctx: OpContext): () => OpContext {
  const blocks: Block[] = [];
  return () => {
    const free = [...blocks];
    const scratch = (bytes: number): number => {
      const fitting = free.filter((block) => block.bytes >= bytes);
      if (fitting.length > 0) return carve(free, fitting, bytes);
      const block = { ptr: ctx.scratch(bytes), bytes };
      blocks.push(block);
      return block.ptr;
    };
    return { ...ctx, scratch };
  };
}

/** Takes the beginning of the smallest fitting block and leaves the rest of it. */
function carve(free: Block[], fitting: readonly Block[], bytes: number): number {
  const block = fitting.reduce((best, other) => (other.bytes < best.bytes ? other : best));
  const taken = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
  free.splice(free.indexOf(block), 1, { ptr: block.ptr + taken, bytes: block.bytes - taken });
  return block.ptr;
}
