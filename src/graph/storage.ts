/** Lifetimes → byte offsets: buffers that are never alive together may share memory. */

export interface Buffer {
  readonly bytes: number;
  /** First and last step at which the contents matter, both included. */
  first: number;
  last: number;
}

const ALIGNMENT = 64;

interface Placement {
  /** In the order of the buffers. */
  readonly offsets: number[];
  /** All together. */
  readonly bytes: number;
}

/**
 * Greedy by size: the largest buffer first, each at the lowest offset that no living neighbour covers.
 * After Pisarchyk & Lee 2020, arXiv:2001.03288.
 */
export function placeBuffers(buffers: readonly Buffer[]): Placement {
  const offsets = new Array<number>(buffers.length).fill(0);
  /** In the order of their offsets. */
  const placed: number[] = [];
  const bySize = buffers.map((_, index) => index).sort((a, b) => buffers[b]!.bytes - buffers[a]!.bytes || a - b);
  let total = 0;
  for (const index of bySize) {
    const buffer = buffers[index]!;
    let offset = 0;
    for (const other of placed) {
      const { first, last, bytes } = buffers[other]!;
      if (first > buffer.last || buffer.first > last) continue;
      if (offset + buffer.bytes <= offsets[other]!) break;
      offset = Math.max(offset, offsets[other]! + align(bytes));
    }
    offsets[index] = offset;
    placed.splice(firstBeyond(placed, offsets, offset), 0, index);
    total = Math.max(total, offset + align(buffer.bytes));
  }
  return { offsets, bytes: total };
}

/** Where in `placed` the offsets become larger than this one. */
function firstBeyond(placed: readonly number[], offsets: readonly number[], offset: number): number {
  let [low, high] = [0, placed.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (offsets[placed[middle]!]! <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

const align = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
