/** Where backward passes begin: d(score)/d(logits), one row for each sample of a batch. */

/** d(score)/d(logits); a number stands for the logit of that class as the score. */
export type Seed = Float32Array | number;

/** scale·seed, row by row; further rows are zero. */
export function writeSeeds(seeds: readonly Seed[], classes: number, scale: number, rows: Float32Array): void {
  rows.fill(0);
  seeds.forEach((seed, row) => {
    const start = row * classes;
    if (typeof seed === "number") rows[start + seed] = scale;
    else seed.forEach((value, i) => (rows[start + i] = value * scale));
  });
}

/** Equal parts of a list, as views. */
export function split(data: Float32Array, length: number): Float32Array[] {
  return Array.from({ length: data.length / length }, (_, i) => data.subarray(i * length, (i + 1) * length));
}
