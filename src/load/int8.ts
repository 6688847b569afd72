/**
 * Weights stored as int8: w = s·q, symmetric, one scale s for all or one for every output channel. The scales are another
 * tensor, called as in one of the habits below. Keras-like names have output channels last, PyTorch's `weight` has them first.
 */
import { GradCamError } from "../errors.ts";
import type { Parameter } from "../graph/parameter.ts";
import { elements, type Shape, showShape } from "../shape.ts";
import { once } from "../once.ts";
import type { StoredTensor, StoredTensors } from "../zoo/weights.ts";

/** What a scale is called beside "x", and what it has to be divided by: ours, compressed-tensors', bitsandbytes'. */
const HABITS = [
  { suffix: ".scale", divisor: 1 },
  { suffix: "_scale", divisor: 1 },
  { suffix: ".SCB", divisor: 127 },
] as const;

/** bitsandbytes calls the scale of "layer.weight" "layer.SCB". */
const base = (name: string, suffix: string): string => (suffix === ".SCB" ? name.replace(/\.weight$/, "") : name);

/**
 * The same tensors with every int8 one that has a scale as the floats that it stands for, and without the scales.
 * Throws E_QUANT_INVALID for weights that are not symmetric.
 */
export function withInt8Weights(tensors: StoredTensors, file: string): StoredTensors {
  if (![...tensors.values()].some(({ dtype }) => dtype === "I8")) return tensors;
  const result = new Map(tensors);
  for (const [name, tensor] of tensors) {
    if (tensor.dtype !== "I8") continue;
    const habit = HABITS.find(({ suffix }) => tensors.has(base(name, suffix) + suffix));
    if (!habit) continue;
    const scale = base(name, habit.suffix) + habit.suffix;
    const outputs = /(^|\.)weight$/.test(name) ? "first" : "last";
    const where = `${file}: tensor "${name}"`;
    // compressed-tensors writes it only where it is not 0.
    const zero = tensors.get(`${name}_zero_point`);
    if (zero) {
      throw new GradCamError("E_QUANT_INVALID", { where, expected: "no zero point", got: `"${zero.name}"` });
    }
    result.set(name, dequantised(tensor, tensors.get(scale)!, { divisor: habit.divisor, outputs }, where));
    result.delete(scale);
  }
  return result;
}

export interface Habit {
  /** What scales have to be divided by. */
  readonly divisor: number;
  /** Where the output channels are; "last" may be the last two axes. */
  readonly outputs: "first" | "last";
}

/** The floats that an int8 tensor stands for. Reading them throws E_QUANT_INVALID. */
export function dequantised(
  tensor: StoredTensor,
  scale: StoredTensor,
  { divisor, outputs }: Habit,
  where: string,
): StoredTensor {
  const { name, shape } = tensor;
  const parameter = (): Parameter => {
    const spread = spreadOf(shape, scale, outputs, where);
    const factors = once(async () => checkScales(await readAll(scale.parameter()), divisor, where));
    return {
      stored: shape,
      source: {
        length: elements(shape),
        async read(start, end) {
          const [numbers, scales] = await Promise.all([tensor.integers!(start, end), factors()]);
          return multiply(numbers, scales, start, spread);
        },
      },
    };
  };
  return { name, shape, dtype: "I8", parameter };
}

interface Spread {
  /** Scales there are. */
  readonly count: number;
  /** Elements in a row that share one. */
  readonly run: number;
}

/** Number i of those that begin at `start`, times the scale that it has. */
function multiply(numbers: Int8Array, scales: Float32Array, start: number, { count, run }: Spread): Float32Array {
  const values = new Float32Array(numbers.length);
  const { length } = numbers;
  // Two ways to walk, since a loop over runs of one number takes twice the time.
  if (run === 1) {
    for (let i = 0; i < length;) {
      const shift = ((start + i) % count) - i;
      for (const end = Math.min(length, count - shift); i < end; i++) values[i] = numbers[i]! * scales[shift + i]!;
    }
    return values;
  }
  for (let i = 0; i < length;) {
    const row = Math.floor((start + i) / run);
    const scale = scales[row % count]!;
    for (const end = Math.min(length, (row + 1) * run - start); i < end; i++) values[i] = numbers[i]! * scale;
  }
  return values;
}

function spreadOf(shape: Shape, scale: StoredTensor, outputs: Habit["outputs"], where: string): Spread {
  const count = elements(scale.shape);
  if (count === 1) return { count, run: elements(shape) };
  if (outputs === "first" && count === shape[0]) return { count, run: elements(shape.slice(1)) };
  const channels = [shape.slice(-1), shape.slice(-2)].map(elements);
  if (outputs === "last" && channels.includes(count)) return { count, run: 1 };
  throw new GradCamError("E_QUANT_INVALID", {
    where,
    expected: `one scale, or one for each of ${(outputs === "first" ? shape[0] : shape.at(-1)) ?? 1} output channels`,
    got: `"${scale.name}" ${showShape(scale.shape)}`,
  });
}

function checkScales(scales: Float32Array, divisor: number, where: string): Float32Array {
  const bad = scales.find((value) => !Number.isFinite(value) || value < 0);
  if (bad === undefined) return scales.map((value) => value / divisor);
  throw new GradCamError("E_QUANT_INVALID", { where, expected: "finite scales ≥ 0", got: String(bad) });
}

const readAll = async ({ source }: Parameter): Promise<Float32Array> => source.read(0, source.length);
