/** Stored numbers → f32. F16 and BF16 widen exactly; F64 rounds to nearest even. All formats here are little-endian. */

/** Element types a graph can use, and how many bytes one takes. */
export const FLOAT_BYTES = { F32: 4, F16: 2, BF16: 2, F64: 8 } as const;
export type FloatType = keyof typeof FLOAT_BYTES;

export const isFloatType = (dtype: string): dtype is FloatType => Object.hasOwn(FLOAT_BYTES, dtype);

/** Reads `bytes` as numbers of type `dtype`. The result never shares memory with `bytes`. */
export function decodeFloats(bytes: Uint8Array, dtype: FloatType): Float32Array {
  // Not bytes.slice(): a Node Buffer answers that with a view.
  const { buffer } = new Uint8Array(bytes);
  switch (dtype) {
    case "F32":
      return new Float32Array(buffer);
    case "F64":
      return Float32Array.from(new Float64Array(buffer));
    case "F16":
      return widenHalf(new Uint16Array(buffer));
    case "BF16":
      return widenBrain(new Uint16Array(buffer));
  }
}

/** 2^(127−15): the difference of the two exponent biases. */
const REBIAS = 2 ** 112;
/** The first number beyond the largest half: exponents of all ones arrive here. */
const HALF_END = 2 ** 16;

/**
 * IEEE half → single. Exponent and fraction move to their places in a single, which is then too small by the difference
 * of the biases; the multiplication is exact and brings subnormals to their normal form on the way.
 */
export function widenHalf(halves: Uint16Array): Float32Array {
  const floats = new Float32Array(halves.length);
  const bits = new Uint32Array(floats.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]!;
    bits[i] = ((half & 0x8000) << 16) | ((half & 0x7fff) << 13);
    const value = floats[i]! * REBIAS;
    floats[i] = value;
    if (value >= HALF_END || value <= -HALF_END) {
      bits[i] = ((half & 0x8000) << 16) | 0x7f800000 | ((half & 0x3ff) << 13);
    }
  }
  return floats;
}

/** A bfloat16 is the upper half of a single. */
export function widenBrain(brains: Uint16Array): Float32Array {
  const bits = new Uint32Array(brains.length);
  for (let i = 0; i < brains.length; i++) bits[i] = brains[i]! << 16;
  return new Float32Array(bits.buffer);
}
