/** The one loop of all activations; what differs is a class with two methods that the compiler inlines. */
import { loadUpTo4, storeUpTo4 } from "../lib/tail";

/** A function of one variable and its gradient. Never instantiated: methods are reached through a null pointer. */
export interface Activation {
  /** f(x) */
  value(x: v128, alpha: v128, beta: v128): v128;
  /** dy·f′, from v = x or v = y, whichever src/ops/activation.ts says that this activation reads. */
  gradient(v: v128, dy: v128, alpha: v128, beta: v128): v128;
}

/** y = f(x), n elements; x and y may be the same. */
// @ts-ignore: decorator
@inline
export function forward<F extends Activation>(x: usize, y: usize, n: i32, alpha: f32, beta: f32): void {
  const f = changetype<F>(0);
  const a = f32x4.splat(alpha);
  const b = f32x4.splat(beta);
  for (let left = n; left > 0; left -= 4) {
    storeUpTo4(y, f.value(loadUpTo4(x, left), a, b), left);
    x += 16;
    y += 16;
  }
}

/** dx += dy·f′(v), n elements. */
// @ts-ignore: decorator
@inline
export function backward<F extends Activation>(v: usize, dy: usize, dx: usize, n: i32, alpha: f32, beta: f32): void {
  const f = changetype<F>(0);
  const a = f32x4.splat(alpha);
  const b = f32x4.splat(beta);
  for (let left = n; left > 0; left -= 4) {
    const step = f.gradient(loadUpTo4(v, left), loadUpTo4(dy, left), a, b);
    storeUpTo4(dx, f32x4.add(loadUpTo4(dx, left), step), left);
    v += 16;
    dy += 16;
    dx += 16;
  }
}
