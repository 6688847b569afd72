import { madd } from "./lib/simd";

/** x[0]·x[0] + c through the build's own multiply-add, so that TypeScript can see how it rounds. */
export function multiplyAdd(x: usize, c: f32): f32 {
  const a = v128.load(x);
  return f32x4.extract_lane(madd(a, a, f32x4.splat(c)), 0);
}
