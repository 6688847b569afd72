/** Activations that are one exponential away from a line. */
import { madd } from "../lib/simd";
import { exp, expm1OfNegative, sigmoid, splat, tanh } from "../lib/math";

/** min(x, 0) and NaN for NaN. */
// @ts-ignore: decorator
@inline
function negativePart(x: v128): v128 {
  return f32x4.pmin(x, splat(0));
}

/** eˣ. Gradient from y: y. */
@unmanaged
export class Exponential {
  @inline
  value(x: v128, _alpha: v128, _beta: v128): v128 {
    return exp(x);
  }
  @inline
  gradient(y: v128, dy: v128, _alpha: v128, _beta: v128): v128 {
    return f32x4.mul(dy, y);
  }
}

/**
 * x > 0 ? beta·x : alpha·(eˣ − 1) with alpha, beta ≥ 0: elu has beta = 1, selu alpha = 1.7581, beta = 1.0507.
 * Gradient from y: y > 0 ? beta : y + alpha.
 */
@unmanaged
export class Elu {
  @inline
  value(x: v128, alpha: v128, beta: v128): v128 {
    const below = f32x4.mul(alpha, expm1OfNegative(negativePart(x)));
    return v128.bitselect(f32x4.mul(x, beta), below, f32x4.gt(x, splat(0)));
  }
  @inline
  gradient(y: v128, dy: v128, alpha: v128, beta: v128): v128 {
    return f32x4.mul(dy, v128.bitselect(beta, f32x4.add(y, alpha), f32x4.gt(y, splat(0))));
  }
}

/** 1 / (1 + e⁻ˣ). Gradient from y: y·(1 − y). */
@unmanaged
export class Sigmoid {
  @inline
  value(x: v128, _alpha: v128, _beta: v128): v128 {
    return sigmoid(x);
  }
  @inline
  gradient(y: v128, dy: v128, _alpha: v128, _beta: v128): v128 {
    return f32x4.mul(dy, f32x4.mul(y, f32x4.sub(splat(1), y)));
  }
}

/** x·σ(x), also called silu. Gradient from x: σ·(1 + x·(1 − σ)). */
@unmanaged
export class Swish {
  @inline
  value(x: v128, _alpha: v128, _beta: v128): v128 {
    return f32x4.mul(x, sigmoid(x));
  }
  @inline
  gradient(x: v128, dy: v128, _alpha: v128, _beta: v128): v128 {
    const s = sigmoid(x);
    return f32x4.mul(dy, f32x4.mul(s, madd(x, f32x4.sub(splat(1), s), splat(1))));
  }
}

/** tanh x. Gradient from y: (1 − y)(1 + y). */
@unmanaged
export class Tanh {
  @inline
  value(x: v128, _alpha: v128, _beta: v128): v128 {
    return tanh(x);
  }
  @inline
  gradient(y: v128, dy: v128, _alpha: v128, _beta: v128): v128 {
    return f32x4.mul(dy, f32x4.mul(f32x4.sub(splat(1), y), f32x4.add(splat(1), y)));
  }
}
