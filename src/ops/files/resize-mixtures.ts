/**
 * Which pixels of x a pixel of y is made of, along one axis: the place that it looks at, and a filter around that place.
 * Names and formulas of ONNX's Resize, which has those of TensorFlow and PyTorch:
 * https://onnx.ai/onnx/operators/onnx__Resize.html; the cubic filter is that of Keys, IEEE TASSP 29(6), 1981.
 */
import type { Mixture } from "./resample.ts";

export interface Filter {
  readonly mode: "nearest" | "linear" | "cubic";
  readonly coordinates: keyof typeof PLACES;
  /** Of nearest: which pixel a place between two takes; prefer-floor and prefer-ceil differ half way. Default: prefer-floor. */
  readonly rounding?: keyof typeof ROUNDINGS;
  /** Of cubic: the slope of the filter at 1. Default: −0.75, as in PyTorch; TensorFlow has −0.5. */
  readonly cubic?: number;
  /** A smaller y takes a filter that is wider by as much. */
  readonly antialias?: boolean;
  /** Pixels outside have no weight; the rest share it. Otherwise the outermost ones go on for ever. */
  readonly excludeOutside?: boolean;
}

/** One axis. `scale` is y's pixels per pixel of x, where it is not output / input. */
export interface Side {
  readonly input: number;
  readonly output: number;
  readonly scale?: number;
}

/** A distance in y as one in x. The scales of files are f32, and places are computed so there. */
const back = (distance: number, { input, output, scale }: Side): number =>
  scale === undefined ? (distance * input) / output : Math.fround(distance / scale);

const halfPixel = (i: number, side: Side): number => back(i + 0.5, side) - 0.5;

/** The place in x that pixel i of y looks at. */
const PLACES = {
  "half-pixel": halfPixel,
  /** Around the middle of x, where `scale` times x is no whole number of pixels. */
  "half-pixel-symmetric": (i: number, side: Side): number => {
    const { input, output, scale = output / input } = side;
    return (input / 2) * (1 - output / (scale * input)) + halfPixel(i, side);
  },
  "pytorch-half-pixel": (i: number, side: Side): number => (side.output > 1 ? halfPixel(i, side) : 0),
  /** With a scale as ONNX has it: by a size that need not be whole. */
  "align-corners": (i: number, { input, output, scale }: Side): number => {
    const length = scale === undefined ? output : scale * input;
    return length > 1 ? (i * (input - 1)) / (length - 1) : 0;
  },
  asymmetric: back,
} as const;

const ROUNDINGS = {
  floor: Math.floor,
  ceil: Math.ceil,
  "prefer-floor": (place: number): number => Math.ceil(place - 0.5),
  "prefer-ceil": (place: number): number => Math.floor(place + 0.5),
} as const;

export const COORDINATES: readonly string[] = Object.keys(PLACES);
export const ROUNDING_NAMES: readonly string[] = Object.keys(ROUNDINGS);

/** Less than this of a pixel is rounding. */
const NOTHING = 1e-9;

/** For each pixel of y. */
export const mixtures = (filter: Filter, side: Side): Mixture[] =>
  Array.from({ length: side.output }, (_, i) => mixture(filter, side, PLACES[filter.coordinates](i, side)));

function mixture(filter: Filter, side: Side, place: number): Mixture {
  const last = side.input - 1;
  const clamped = (j: number): number => Math.min(Math.max(j, 0), last);
  if (filter.mode === "nearest") return new Map([[clamped(ROUNDINGS[filter.rounding ?? "prefer-floor"](place)), 1]]);
  const [reach, weightAt] = filter.mode === "linear" ? ([1, linear] as const) : ([2, keys(filter.cubic)] as const);
  const width = filter.antialias ? Math.max(1, back(1, side)) : 1;
  const weights = new Map<number, number>();
  let sum = 0;
  for (let j = Math.ceil(place - reach * width); j <= place + reach * width; j++) {
    if (filter.excludeOutside && j !== clamped(j)) continue;
    const weight = weightAt(Math.abs(j - place) / width);
    weights.set(clamped(j), (weights.get(clamped(j)) ?? 0) + weight);
    sum += weight;
  }
  if (sum === 0) return new Map([[clamped(Math.round(place)), 1]]);
  return new Map([...weights].map(([j, w]) => [j, w / sum] as const).filter(([, w]) => Math.abs(w) > NOTHING));
}

const linear = (distance: number): number => Math.max(0, 1 - distance);

/** Piecewise cubic, 1 at 0 and 0 at 1 and 2. */
const keys =
  (a = -0.75) =>
  (t: number): number => {
    if (t >= 2) return 0;
    if (t <= 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
    return ((t - 5) * t + 8) * t * a - 4 * a;
  };
