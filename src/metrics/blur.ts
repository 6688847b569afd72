/** The blur of RISE's insertion: a Gaussian of σ = 5 in a window of 11×11, zeros around the picture. */
import type { Planes } from "../cam/method.ts";

const SIDE = 11;
const SIGMA = 5;
/** Where the reference implementation cuts the Gaussian: at 4σ. */
const REACH = 4 * SIGMA;

/**
 * Along one axis. The reference makes its kernel by filtering a single 1 in a window of 11 whose borders mirror (the first
 * sample is repeated), so that what a longer Gaussian would have outside of the window lies folded within it.
 */
export function blurKernel(): Float64Array {
  const kernel = new Float64Array(SIDE);
  let sum = 0;
  for (let offset = -REACH; offset <= REACH; offset++) {
    const weight = Math.exp(-(offset ** 2) / (2 * SIGMA ** 2));
    sum += weight;
    for (let at = 0; at < SIDE; at++) if (mirrored(at + offset) === (SIDE - 1) / 2) kernel[at]! += weight;
  }
  return kernel.map((value) => value / sum);
}

/** … c b a | a b c … k | k j … */
function mirrored(at: number): number {
  const turn = ((at % (2 * SIDE)) + 2 * SIDE) % (2 * SIDE);
  return turn < SIDE ? turn : 2 * SIDE - 1 - turn;
}

/** Rows, then columns: the window is the product of both. Sums in f64. */
export function blurred({ data, height, width, channels }: Planes): Float32Array {
  const kernel = blurKernel();
  const row = width * channels;
  const across = convolved(Float64Array.from(data), kernel, { length: width, step: channels, lines: row });
  return Float32Array.from(convolved(across, kernel, { length: height, step: row, lines: data.length }));
}

interface Axis {
  /** Samples of a line … */
  readonly length: number;
  /** … this far from each other; lines lie one behind the other in blocks of `lines` numbers. */
  readonly step: number;
  readonly lines: number;
}

function convolved(values: Float64Array, kernel: Float64Array, { length, step, lines }: Axis): Float64Array {
  const result = new Float64Array(values.length);
  const half = (kernel.length - 1) / 2;
  for (let block = 0; block < values.length; block += lines) {
    for (let i = 0; i < length; i++) {
      for (let k = Math.max(0, half - i); k < kernel.length && i + k - half < length; k++) {
        const [to, from] = [block + i * step, block + (i + k - half) * step];
        for (let s = 0; s < step; s++) result[to + s]! += kernel[k]! * values[from + s]!;
      }
    }
  }
  return result;
}
