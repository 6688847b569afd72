/** matplotlib's jet before it is rounded to bytes: lines between these points, for keras.io's overlay, which stretches them. */
const JET: readonly (readonly (readonly [at: number, value: number])[])[] = [
  [
    [0, 0],
    [0.35, 0],
    [0.66, 1],
    [0.89, 1],
    [1, 0.5],
  ],
  [
    [0, 0],
    [0.125, 0],
    [0.375, 1],
    [0.64, 1],
    [0.91, 0],
    [1, 0],
  ],
  [
    [0, 0.5],
    [0.11, 1],
    [0.34, 1],
    [0.65, 0],
    [1, 0],
  ],
];

/** 256 × 3 numbers in [0, 1], as f32. */
export function jetValues(): Float32Array {
  const values = new Float32Array(256 * 3);
  JET.forEach((points, channel) => {
    let end = 1;
    for (let row = 0; row < 256; row++) {
      while (points[end]![0] * 255 < row) end++;
      const [[from, low], [to, high]] = [points[end - 1]!, points[end]!];
      values[row * 3 + channel] = ((row - from * 255) / (to * 255 - from * 255)) * (high - low) + low;
    }
  });
  return values;
}
