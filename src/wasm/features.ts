/** What this JavaScript engine can compile, found by asking it to validate a few bytes. */

/** (module (func (result v128) i32.const 0 i8x16.splat)) */
const SIMD_PROBE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11,
];

/** (module (func (param v128 v128 v128) (result v128) local.get 0..2 f32x4.relaxed_madd)) */
const RELAXED_PROBE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2,
  253, 133, 2, 11,
];

const validates = (bytes: number[]): boolean => WebAssembly.validate(new Uint8Array(bytes));

export const hasSimd = (): boolean => validates(SIMD_PROBE);

/** Relaxed SIMD; on Node 20 true only after the runtime flag was set (see node.ts). */
export const hasRelaxedSimd = (): boolean => validates(RELAXED_PROBE);
