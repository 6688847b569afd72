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

const SIGN = 0x8000;
const EXPONENT = 0x7c00;
const FRACTION = 0x3ff;
/** 127 − 15, the difference of the exponents' biases, at a single's exponent; an exponent of all ones stays one. */
const REBIAS = 112 << 23;
const REBIAS_SPECIAL = 224 << 23;
/** The unit of a subnormal half. */
const SUBNORMAL = 2 ** -24;

/** IEEE half → single, exactly: sign, exponent and fraction move to their places; subnormals become normal numbers. */
export function widenHalf(halves: Uint16Array): Float32Array {
  const floats = new Float32Array(halves.length);
  const bits = new Int32Array(floats.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]!;
    const sign = (half & SIGN) << 16;
    const exponent = half & EXPONENT;
    if (exponent === 0) {
      floats[i] = (half & FRACTION) * SUBNORMAL;
      bits[i]! |= sign;
    } else {
      bits[i] = sign | (((half & ~SIGN) << 13) + (exponent === EXPONENT ? REBIAS_SPECIAL : REBIAS));
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

/** The sum ½ + |v| has the last place 2⁻²⁴: adding rounds to the unit of subnormal halves, ties to even. */
const HALF = 0.5;
const BITS_OF_HALF = 0x3f000000;

/** Single → IEEE half, to nearest, ties to even; what is too large becomes infinite. */
export function narrowHalf(floats: Float32Array): Uint16Array {
  const halves = new Uint16Array(floats.length);
  const bits = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  const sum = new Float32Array(1);
  const sumBits = new Uint32Array(sum.buffer);
  for (let i = 0; i < bits.length; i++) {
    const sign = (bits[i]! >>> 16) & SIGN;
    const magnitude = bits[i]! & 0x7fffffff;
    if (magnitude < 0x38800000) {
      sum[0] = Math.abs(floats[i]!) + HALF;
      halves[i] = sign | (sumBits[0]! - BITS_OF_HALF);
    } else if (magnitude < 0x477ff000) {
      const odd = (magnitude >>> 13) & 1;
      halves[i] = sign | ((magnitude - REBIAS + FRACTION_LOST + odd) >>> 13);
    } else halves[i] = sign | (magnitude > 0x7f800000 ? EXPONENT | 0x200 : EXPONENT);
  }
  return halves;
}

/** Half of the last place of a half, less one: what is added to round. */
const FRACTION_LOST = 0xfff;
