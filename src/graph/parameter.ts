/**
 * Where the numbers of a parameter come from. A file is read piece by piece, when the engine asks for it,
 * so that a 528 MB file is never held twice.
 */
import { GradCamError } from "../errors.ts";
import { elements, type Shape, showShape, strides } from "../shape.ts";

/** Row-major numbers in storage order. Ranges are in elements; `read` may be called in any order, more than once. */
export interface ParameterSource {
  readonly length: number;
  /** The numbers from `start` to before `end`. */
  read(start: number, end: number): Float32Array | Promise<Float32Array>;
  /** The numbers from `start` on straight into `target`, without waiting and without a copy on the way. */
  readInto?(start: number, target: Float32Array): void;
  /** The same numbers as IEEE halves, where that is how they are stored: the core widens them faster. */
  readHalves?(start: number, end: number): Uint16Array | Promise<Uint16Array>;
}

/** A parameter as the graph wants it, taken from `source` through an optional transposition. */
export interface Parameter {
  readonly source: ParameterSource;
  /** The shape in the file, before `permutation`; same number of elements as the value's shape. */
  readonly stored: Shape;
  /** Axis k of the result is axis permutation[k] of the stored tensor; then it is reshaped to the value's shape. */
  readonly permutation?: readonly number[];
  /** Element i of the result is multiplied by scale[i mod scale.length], in f64: a batch norm folded into a kernel. */
  readonly scale?: () => Promise<Float64Array>;
  /** A number of the architecture, not of the file: no weight that was learnt, and not counted as one. */
  readonly constant?: true;
}

/** Numbers already in memory. Throws E_SHAPE_MISMATCH. */
export function parameterOf(values: Float32Array, shape: Shape): Parameter {
  if (values.length !== elements(shape)) {
    throw new GradCamError("E_SHAPE_MISMATCH", {
      where: "parameter",
      expected: `${String(elements(shape))} numbers for ${showShape(shape)}`,
      got: String(values.length),
    });
  }
  return { source: { length: values.length, read: (start, end) => values.subarray(start, end) }, stored: shape };
}

/** Numbers per read while streaming: 4 MiB. */
const CHUNK = 1 << 20;

/** Writes the parameter into `target()`, which is asked anew after every read: linear memory may have moved. */
export async function fillParameter(parameter: Parameter, target: () => Float32Array): Promise<void> {
  const { source, permutation, stored } = parameter;
  for (let start = 0; start < source.length; start += CHUNK) {
    const values = await source.read(start, Math.min(source.length, start + CHUNK));
    if (permutation) scatter(values, start, stored, permutation, target());
    else target().set(values, start);
  }
  if (parameter.scale) applyScale(await parameter.scale(), target());
}

/** values[i] *= scale[i mod scale.length]. */
export function applyScale(scale: Float64Array, values: Float32Array): void {
  for (let start = 0; start < values.length; start += scale.length) {
    for (let c = 0; c < scale.length; c++) values[start + c] = values[start + c]! * scale[c]!;
  }
}

/** The whole parameter, row-major, in the graph's order. */
export async function readParameter(parameter: Parameter): Promise<Float32Array> {
  const result = new Float32Array(parameter.source.length);
  await fillParameter(parameter, () => result);
  return result;
}

/** Columns of all rows are brought over together that are so many: lines of cache that are written to stay until they are full. */
const STRIPE = 64;

/** Puts stored elements start… at their permuted places; runs along the last stored axis are contiguous reads. */
function scatter(
  values: Float32Array,
  start: number,
  stored: Shape,
  permutation: readonly number[],
  out: Float32Array,
): void {
  const permutedStrides = strides(permutation.map((axis) => stored[axis]!));
  const step = stored.map((_, axis) => permutedStrides[permutation.indexOf(axis)]!);
  const run = stored.at(-1) ?? 1;
  const runStep = step.at(-1) ?? 1;
  const stripe = runStep > 1 && run < values.length ? STRIPE : run;
  const end = start + values.length;
  for (let left = 0; left < run; left += stripe) {
    for (let row = Math.floor(start / run); row * run < end; row++) {
      const first = row * run;
      const last = Math.min(end, first + Math.min(left + stripe, run));
      let i = Math.max(start, first + left);
      let position = (i - first) * runStep + rowPosition(row, stored, step);
      for (; i < last; i++, position += runStep) out[position] = values[i - start]!;
    }
  }
}

/** Permuted offset of the `row`-th run: the mixed-radix digits of `row` over all axes but the last. */
function rowPosition(row: number, stored: Shape, step: readonly number[]): number {
  let rest = row;
  let position = 0;
  for (let axis = stored.length - 2; axis >= 0; axis--) {
    position += (rest % stored[axis]!) * step[axis]!;
    rest = Math.floor(rest / stored[axis]!);
  }
  return position;
}
