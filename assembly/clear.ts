/** Zeros, where gradients begin. */
export function clear(to: usize, bytes: usize): void {
  memory.fill(to, 0, bytes);
}
