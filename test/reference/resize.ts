/** f64 twin of resize: over a picture that goes on for ever, or ends where it ends, two filters at right angles. */
import type { ResizeAttrs } from "../../src/ops/files/resize.ts";
import { eachIndex, ndarray, offsetOf, required, type Twin } from "./ndarray.ts";

export const resize: Twin<ResizeAttrs> = (inputs, attrs) => {
  const x = required(inputs, 0);
  const [n, height, width, channels] = x.shape as [number, number, number, number];
  const [rows, cols] = [weights(attrs, 0, height), weights(attrs, 1, width)];
  const y = ndarray([n, ...attrs.size, channels]);
  eachIndex(y.shape, ([i, h, w, c], offset) => {
    for (const [ih, a] of rows[h!]!.entries()) {
      for (const [iw, b] of cols[w!]!.entries()) {
        if (a !== 0 && b !== 0) y.data[offset]! += a * b * x.data[offsetOf(x.shape, [i!, ih, iw, c!])]!;
      }
    }
  });
  return y;
};

/** Dense: for every output all inputs. */
function weights(attrs: ResizeAttrs, axis: 0 | 1, input: number): number[][] {
  const output = attrs.size[axis];
  const scale = attrs.scales?.[axis] ?? output / input;
  return Array.from({ length: output }, (_, i) => {
    const place = placeOf(attrs.coordinates, i, input, output, scale);
    const row = new Array<number>(input).fill(0);
    const stretch = attrs.antialias && scale < 1 ? 1 / scale : 1;
    const far = 4 * Math.ceil(stretch);
    let sum = 0;
    for (let j = Math.floor(place) - far; j <= Math.floor(place) + far; j++) {
      const weight = filterAt(attrs, place, j, stretch);
      if (attrs.excludeOutside && (j < 0 || j >= input) && attrs.mode !== "nearest") continue;
      row[Math.min(Math.max(j, 0), input - 1)]! += weight;
      sum += weight;
    }
    return row.map((weight) => (Math.abs(weight) < 1e-9 ? 0 : weight / sum));
  });
}

function placeOf(coordinates: string, i: number, input: number, output: number, scale: number): number {
  const half = (i + 0.5) / scale - 0.5;
  if (coordinates === "asymmetric") return i / scale;
  if (coordinates === "align-corners") return i === 0 ? 0 : (i * (input - 1)) / (scale * input - 1);
  if (coordinates === "pytorch-half-pixel" && output === 1) return 0;
  return coordinates === "half-pixel-symmetric" ? half + input / 2 - output / scale / 2 : half;
}

function filterAt(
  { mode, rounding, cubic: a = -0.75 }: ResizeAttrs,
  place: number,
  j: number,
  stretch: number,
): number {
  const t = Math.abs(place - j) / stretch;
  if (mode === "linear") return t < 1 ? 1 - t : 0;
  if (mode === "cubic") {
    if (t < 1) return (a + 2) * t ** 3 - (a + 3) * t ** 2 + 1;
    return t < 2 ? a * t ** 3 - 5 * a * t ** 2 + 8 * a * t - 4 * a : 0;
  }
  // Quotients of whole numbers lie on a place or far from it.
  const near = Math.abs(place - Math.round(2 * place) / 2) < 1e-9 ? Math.round(2 * place) / 2 : place;
  const chosen = { floor: Math.floor(near), ceil: Math.ceil(near), "prefer-ceil": Math.floor(near + 0.5) };
  return Number(j === (rounding && rounding !== "prefer-floor" ? chosen[rounding] : Math.ceil(near - 0.5)));
}
