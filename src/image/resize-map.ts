/** Resizing of float maps, by the rules of OpenCV and torch. Sums in f64, one rounding to f32 per value. */
import { checkChoice } from "./choice.ts";
import { checkMap, checkSize, type Map2D } from "./image.ts";
import { antialiased, cubic, linear, linearCorners, nearestSample, type Sampling } from "./sampling.ts";

const MAP_RULES = {
  /** OpenCV INTER_LINEAR, torch bilinear align_corners=False. */
  bilinear: (input: number, output: number) => linear(input, output),
  /** torch bilinear align_corners=True. */
  "bilinear-corners": linearCorners,
  /** OpenCV INTER_CUBIC, torch bicubic align_corners=False; may overshoot. */
  bicubic: cubic,
  /** Pillow BICUBIC; may overshoot, antialiases. Pillow rounds to f32 between columns and rows. */
  "pillow-bicubic": (input: number, output: number) => antialiased(input, output, "bicubic"),
  /** OpenCV INTER_NEAREST, torch nearest: floor(i·in/out). */
  nearest: (input: number, output: number) => nearestSample(input, output, 0),
  /** Half-pixel: torch nearest-exact. */
  "nearest-exact": (input: number, output: number) => nearestSample(input, output, 0.5),
} as const satisfies Record<string, (input: number, output: number) => Sampling>;

export type MapResize = keyof typeof MAP_RULES;

const MAP_RESIZES = Object.keys(MAP_RULES) as readonly MapResize[];

/** A map at another size. Shrinking does not antialias, as in OpenCV. */
export function resizeMap(map: Map2D, width: number, height: number, rule: MapResize = "bilinear"): Map2D {
  checkMap(map, "resizeMap");
  checkSize(width, height, "resizeMap");
  checkChoice(rule, MAP_RESIZES, "resizeMap");
  const plan = MAP_RULES[rule];
  return resample(map, plan(map.width, width), plan(map.height, height));
}

/** out[y, x] = Σⱼ wy[y, j] · Σᵢ wx[x, i] · map[j, i]; columns first. */
export function resample(map: Map2D, columns: Sampling, rows: Sampling): Map2D {
  const { data, width } = map;
  const across = new Float64Array(map.height * columns.size);
  for (let y = 0; y < map.height; y++) {
    for (let x = 0; x < columns.size; x++) {
      let sum = 0;
      for (let t = 0; t < columns.count[x]!; t++) {
        sum += columns.weights[x * columns.taps + t]! * data[y * width + columns.first[x]! + t]!;
      }
      across[y * columns.size + x] = sum;
    }
  }
  const result = new Float32Array(rows.size * columns.size);
  if (rows.taps <= 2) {
    blendRows(across, columns.size, rows, result);
    return { data: result, width: columns.size, height: rows.size };
  }
  const line = new Float64Array(columns.size);
  for (let y = 0; y < rows.size; y++) {
    line.fill(0);
    for (let t = 0; t < rows.count[y]!; t++) {
      const weight = rows.weights[y * rows.taps + t]!;
      const from = (rows.first[y]! + t) * columns.size;
      for (let x = 0; x < columns.size; x++) line[x]! += weight * across[from + x]!;
    }
    result.set(line, y * columns.size);
  }
  return { data: result, width: columns.size, height: rows.size };
}

/** The second half of resample for linear rules: every row is a mixture of two, or one of them alone. */
function blendRows(across: Float64Array, width: number, rows: Sampling, result: Float32Array): void {
  for (let y = 0; y < rows.size; y++) {
    const count = rows.count[y]!;
    const upper = rows.weights[y * rows.taps]! * Number(count > 0);
    const lower = count > 1 ? rows.weights[y * rows.taps + 1]! : 0;
    const from = rows.first[y]! * width;
    const below = from + Number(count > 1) * width;
    for (let x = 0; x < width; x++) {
      result[y * width + x] = upper * across[from + x]! + lower * across[below + x]!;
    }
  }
}
