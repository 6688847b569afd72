/** Pixels in the order of their importance. */

/** Indices of the values, largest first; equal ones in row order. */
export const mostImportantFirst = (values: Float32Array): Uint32Array =>
  Uint32Array.from(values.keys()).sort((a, b) => values[b]! - values[a]! || a - b);
