/** Gaussian blur of planes: rows, then columns; borders are means of the pixels that are there, so that no edge appears. */
import type { Planes } from "../cam/method.ts";

/** Weights beyond so many standard deviations are left out. */
const REACH = 4;

/** [height, width, channels] as the input. @param sigma in pixels; 0 gives a copy */
export function gaussianBlur({ data, width, height, channels }: Planes, sigma: number): Float32Array {
  if (sigma === 0) return data.slice();
  const across = new Float32Array(data.length);
  for (let row = 0; row < data.length; row += width * channels) {
    blurLines(data, across, { start: row, count: channels, length: width, step: channels }, sigma);
  }
  const result = new Float32Array(data.length);
  const line = width * channels;
  blurLines(across, result, { start: 0, count: line, length: height, step: line }, sigma);
  return result;
}

/** `count` lines side by side, each `length` numbers `step` apart. */
interface Lines {
  readonly start: number;
  readonly count: number;
  readonly length: number;
  readonly step: number;
}

function blurLines(from: Float32Array, to: Float32Array, lines: Lines, sigma: number): void {
  const { start, count, length, step } = lines;
  const reach = Math.ceil(REACH * sigma);
  const sums = new Float64Array(count);
  for (let i = 0; i < length; i++) {
    const [first, last] = [Math.max(0, i - reach), Math.min(length - 1, i + reach)];
    let total = 0;
    sums.fill(0);
    for (let j = first; j <= last; j++) {
      const weight = Math.exp(-0.5 * ((j - i) / sigma) ** 2);
      total += weight;
      addLine(sums, from, start + j * step, weight);
    }
    for (let k = 0; k < count; k++) to[start + i * step + k] = sums[k]! / total;
  }
}

function addLine(sums: Float64Array, from: Float32Array, at: number, weight: number): void {
  for (let k = 0; k < sums.length; k++) sums[k] = sums[k]! + weight * from[at + k]!;
}
