/** From numbers per position and channel to a number per position. Sums in f64, one rounding. */

export type Reduction = "sum" | "sum-of-absolutes" | "largest-absolute" | "none";

export function reduced(data: Float32Array, how: Reduction, channels: number): Float32Array {
  switch (how) {
    case "none":
      return data;
    case "sum":
      return sums(data, channels);
    case "sum-of-absolutes":
      return sums(data.map(Math.abs), channels);
    case "largest-absolute":
      return largest(data.map(Math.abs), channels);
  }
}

function sums(data: Float32Array, channels: number): Float32Array {
  const result = new Float32Array(data.length / channels);
  for (let i = 0, at = 0; i < result.length; i++) {
    let sum = 0;
    for (const end = at + channels; at < end; at++) sum += data[at]!;
    result[i] = sum;
  }
  return result;
}

function largest(data: Float32Array, channels: number): Float32Array {
  const result = new Float32Array(data.length / channels);
  for (let i = 0, at = 0; i < result.length; i++) {
    let most = 0;
    for (const end = at + channels; at < end; at++) most = Math.max(most, data[at]!);
    result[i] = most;
  }
  return result;
}
