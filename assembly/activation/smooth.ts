/** The smooth relatives of relu: softplus, mish and the two forms of gelu. All gradients are computed from x. */
import { madd } from "../lib/simd";
import { exp, gaussian, log1pOfUnit, normalCdf, sigmoid, splat } from "../lib/math";

/** ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|). Gradient: σ(x). */
@unmanaged
export class Softplus {
  @inline
  value(x: v128, _alpha: v128, _beta: v128): v128 {
    const rest = log1pOfUnit(exp(f32x4.neg(f32x4.abs(x))));
    return f32x4.add(f32x4.pmax(x, splat(0)), rest);
  }
  @inline
  gradient(x: v128, dy: v128, _alpha: v128, _beta: v128): v128 {
    return f32x4.mul(dy, sigmoid(x));
  }
}

/**
 * x·tanh(softplus(x)) = x·n / (n + 2) with n = eˣ·(eˣ + 2).
 * Gradient: n / (n + 2) + x·eˣ·(eˣ + 1)·4 / (n + 2)². Above 20 both fractions are 1 and 0 in f32.
 */
@unmanaged
export class Mish {
  @inline
  value(x: v128, _alpha: v128, _beta: v128): v128 {
    const e = exp(f32x4.pmin(x, splat(20)));
    const n = f32x4.mul(e, f32x4.add(e, splat(2)));
    return f32x4.mul(x, f32x4.div(n, f32x4.add(n, splat(2))));
  }
  @inline
  gradient(x: v128, dy: v128, _alpha: v128, _beta: v128): v128 {
    const low = f32x4.pmin(x, splat(20));
    const e = exp(low);
    const n = f32x4.mul(e, f32x4.add(e, splat(2)));
    const inverse = f32x4.div(splat(1), f32x4.add(n, splat(2)));
    const sech = f32x4.mul(f32x4.mul(f32x4.mul(e, inverse), f32x4.mul(f32x4.add(e, splat(1)), inverse)), splat(4));
    return f32x4.mul(dy, madd(low, sech, f32x4.mul(n, inverse)));
  }
}

/** x·Φ(x). Gradient: Φ(x) + x·φ(x), φ(x) = exp(−x²/2) / √(2π). Hendrycks & Gimpel, arXiv 1606.08415. */
@unmanaged
export class Gelu {
  @inline
  value(x: v128, _alpha: v128, _beta: v128): v128 {
    return f32x4.mul(x, normalCdf(x, gaussian(x)));
  }
  @inline
  gradient(x: v128, dy: v128, _alpha: v128, _beta: v128): v128 {
    const g = gaussian(x);
    return f32x4.mul(dy, madd(f32x4.mul(x, g), splat(0.398942280), normalCdf(x, g)));
  }
}

/**
 * ½·x·(1 + tanh u), u = √(2/π)·(x + 0.044715·x³), which is x·σ(2u).
 * Gradient: s + x·s·(1 − s)·(2u)′, s = σ(2u). Hendrycks & Gimpel, arXiv 1606.08415.
 */
@unmanaged
export class GeluTanh {
  @inline
  value(x: v128, _alpha: v128, _beta: v128): v128 {
    return f32x4.mul(x, sigmoid(this.twoU(x)));
  }
  @inline
  gradient(x: v128, dy: v128, _alpha: v128, _beta: v128): v128 {
    const s = sigmoid(this.twoU(x));
    const slope = madd(f32x4.mul(x, x), splat(3.0 * 0.0713548163), splat(1.59576912));
    const bend = f32x4.mul(f32x4.mul(x, slope), f32x4.sub(splat(1), s));
    return f32x4.mul(dy, madd(s, bend, s));
  }
  /** 2·√(2/π) = 1.59576912, and 0.044715 times that is 0.0713548163. */
  @inline
  private twoU(x: v128): v128 {
    return f32x4.mul(x, madd(f32x4.mul(x, x), splat(0.0713548163), splat(1.59576912)));
  }
}
