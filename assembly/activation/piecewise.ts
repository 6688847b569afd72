/** Activations made of straight pieces (and softsign). Gradients at a corner take the flat side: strict comparisons. */
import { madd } from "../lib/simd";
import { splat } from "../lib/math";

/** pmax with x first: a NaN in x stays. */
// @ts-ignore: decorator
@inline
function atLeast(x: v128, limit: v128): v128 {
  return f32x4.pmax(x, limit);
}

// @ts-ignore: decorator
@inline
function atMost(x: v128, limit: v128): v128 {
  return f32x4.pmin(x, limit);
}

/** dy where low < v < high, else 0. */
// @ts-ignore: decorator
@inline
function inside(v: v128, low: v128, high: v128, dy: v128): v128 {
  return v128.and(dy, v128.and(f32x4.gt(v, low), f32x4.lt(v, high)));
}

/** max(x, 0). Gradient from y. */
@unmanaged
export class Relu {
  @inline
  value(x: v128, _alpha: v128, _beta: v128): v128 {
    return atLeast(x, splat(0));
  }
  @inline
  gradient(y: v128, dy: v128, _alpha: v128, _beta: v128): v128 {
    return v128.and(dy, f32x4.gt(y, splat(0)));
  }
}

/** min(max(x, 0), alpha). Gradient from y, 0 at both ends. */
@unmanaged
export class ClippedRelu {
  @inline
  value(x: v128, alpha: v128, _beta: v128): v128 {
    return atMost(atLeast(x, splat(0)), alpha);
  }
  @inline
  gradient(y: v128, dy: v128, alpha: v128, _beta: v128): v128 {
    return inside(y, splat(0), alpha, dy);
  }
}

/** x > 0 ? x : alpha·x, alpha ≥ 0. Gradient from y, which then has the sign of x. */
@unmanaged
export class LeakyRelu {
  @inline
  value(x: v128, alpha: v128, _beta: v128): v128 {
    return v128.bitselect(x, f32x4.mul(x, alpha), f32x4.gt(x, splat(0)));
  }
  @inline
  gradient(y: v128, dy: v128, alpha: v128, _beta: v128): v128 {
    return v128.bitselect(dy, f32x4.mul(dy, alpha), f32x4.gt(y, splat(0)));
  }
}

/** clip(alpha·x + beta, 0, 1). Gradient from y. */
@unmanaged
export class HardSigmoid {
  @inline
  value(x: v128, alpha: v128, beta: v128): v128 {
    return atMost(atLeast(madd(x, alpha, beta), splat(0)), splat(1));
  }
  @inline
  gradient(y: v128, dy: v128, alpha: v128, _beta: v128): v128 {
    return inside(y, splat(0), splat(1), f32x4.mul(dy, alpha));
  }
}

/** x·clip(x + 3, 0, 6) / 6. Gradient from x: 0 below −3, 1 above 3, (2x + 3) / 6 between. */
@unmanaged
export class HardSwish {
  @inline
  value(x: v128, _alpha: v128, _beta: v128): v128 {
    const gate = atMost(atLeast(f32x4.add(x, splat(3)), splat(0)), splat(6));
    return f32x4.mul(f32x4.mul(x, gate), splat(1.0 / 6.0));
  }
  @inline
  gradient(x: v128, dy: v128, _alpha: v128, _beta: v128): v128 {
    const middle = f32x4.mul(dy, madd(x, splat(1.0 / 3.0), splat(0.5)));
    const above = v128.and(dy, f32x4.ge(x, splat(3)));
    return f32x4.add(above, inside(x, splat(-3), splat(3), middle));
  }
}

/** x / (1 + |x|). Gradient from x: 1 / (1 + |x|)². */
@unmanaged
export class Softsign {
  @inline
  value(x: v128, _alpha: v128, _beta: v128): v128 {
    return f32x4.div(x, f32x4.add(splat(1), f32x4.abs(x)));
  }
  @inline
  gradient(x: v128, dy: v128, _alpha: v128, _beta: v128): v128 {
    const d = f32x4.add(splat(1), f32x4.abs(x));
    return f32x4.div(dy, f32x4.mul(d, d));
  }
}
