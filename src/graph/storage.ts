/** Lifetimes → byte offsets: buffers that are never alive together may share memory. */

export interface Buffer {
  readonly bytes: number;
  /** First and last step at which the contents matter, both included. */
  first: number;
  last: number;
}

const ALIGNMENT = 64;

/**
 * Greedy by size: the largest buffer first, each at the lowest offset that no living neighbour covers.
 * After Pisarchyk & Lee 2020, arXiv:2001.03288. Returns offsets in the order of `buffers` and the total size.
 */
export function placeBuffers(buffers: readonly Buffer[]): { offsets: number[]; bytes: number } {
  const offsets = new Array<number>(buffers.length).fill(0);
  const placed: number[] = [];
  const bySize = buffers.map((_, index) => index).sort((a, b) => buffers[b]!.bytes - buffers[a]!.bytes || a - b);
  let total = 0;
  for (const index of bySize) {
    const buffer = buffers[index]!;
    const neighbours = placed
      .filter((other) => buffers[other]!.first <= buffer.last && buffer.first <= buffers[other]!.last)
      .sort((a, b) => offsets[a]! - offsets[b]!);
    let offset = 0;
    for (const other of neighbours) {
      if (offset + buffer.bytes <= offsets[other]!) break;
      offset = Math.max(offset, offsets[other]! + align(buffers[other]!.bytes));
    }
    offsets[index] = offset;
    placed.push(index);
    total = Math.max(total, offset + align(buffer.bytes));
  }
  return { offsets, bytes: total };
}

const align = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
