/**
 * Enlarging x[N, H, W, C] by whole factors. Output pixel o looks at (o + ½)/factor − ½ in the input, clamped to it,
 * the half-pixel convention of Keras' UpSampling2D. Weights come from integers, so they round once.
 */
import { splat } from "../lib/math";
import { madd } from "../lib/simd";
import { loadUpTo4, storeUpTo4 } from "../lib/tail";

/** y = bilinear mean of the four pixels of x around each place. */
export function upsampleBilinear(
  x: usize, y: usize, batch: i32, inH: i32, inW: i32, channels: i32, factorH: i32, factorW: i32,
): void {
  eachPlace<Blend>(x, y, batch, inH, inW, channels, factorH, factorW);
}

/** Each dy is added to the four pixels of dx around its place, with the weights of the mean. */
export function upsampleBilinearGradient(
  dy: usize, dx: usize, batch: i32, inH: i32, inW: i32, channels: i32, factorH: i32, factorW: i32,
): void {
  eachPlace<Scatter>(dx, dy, batch, inH, inW, channels, factorH, factorW);
}

/** What is done with each output pixel. Never instantiated: the method is reached through a null pointer. */
interface Visitor {
  /** p00 p01 / p10 p11 are the input pixels around the place; `low` and `right` weigh the lower and the right ones. */
  visit(
    p00: usize, p01: usize, p10: usize, p11: usize, out: usize, channels: i32, low: v128, right: v128,
  ): void;
}

// @ts-ignore: decorator
@inline
function eachPlace<V extends Visitor>(
  input: usize, out: usize, batch: i32, inH: i32, inW: i32, channels: i32, factorH: i32, factorW: i32,
): void {
  const pixel = <usize>channels << 2;
  const stepsH = 2 * factorH;
  const stepsW = 2 * factorW;
  for (let n = 0; n < batch; n++) {
    for (let oh = 0; oh < inH * factorH; oh++) {
      const h = place(oh, factorH, inH);
      const h0 = h / stepsH;
      const restH = h - h0 * stepsH;
      const top = input + <usize>(h0 * inW) * pixel;
      const bottom = restH ? top + <usize>inW * pixel : top;
      const low = splat(<f32>restH / <f32>stepsH);
      for (let ow = 0; ow < inW * factorW; ow++) {
        const w = place(ow, factorW, inW);
        const w0 = w / stepsW;
        const restW = w - w0 * stepsW;
        const at = <usize>w0 * pixel;
        const next = restW ? at + pixel : at;
        const right = splat(<f32>restW / <f32>stepsW);
        changetype<V>(0).visit(top + at, top + next, bottom + at, bottom + next, out, channels, low, right);
        out += pixel;
      }
    }
    input += <usize>(inH * inW) * pixel;
  }
}

/** 2·factor times the place in the input that output index `o` looks at. */
// @ts-ignore: decorator
@inline
function place(o: i32, factor: i32, size: i32): i32 {
  return min(max(2 * o + 1 - factor, 0), 2 * factor * (size - 1));
}

@unmanaged
class Blend {
  visit(p00: usize, p01: usize, p10: usize, p11: usize, y: usize, channels: i32, low: v128, right: v128): void {
    for (let at: usize = 0, left = channels; left > 0; left -= 4, at += 16) {
      const above = between(loadUpTo4(p00 + at, left), loadUpTo4(p01 + at, left), right);
      const below = between(loadUpTo4(p10 + at, left), loadUpTo4(p11 + at, left), right);
      storeUpTo4(y + at, between(above, below, low), left);
    }
  }
}

/** a + (b − a)·t */
// @ts-ignore: decorator
@inline
function between(a: v128, b: v128, t: v128): v128 {
  return madd(f32x4.sub(b, a), t, a);
}

@unmanaged
class Scatter {
  visit(p00: usize, p01: usize, p10: usize, p11: usize, dy: usize, channels: i32, low: v128, right: v128): void {
    for (let at: usize = 0, left = channels; left > 0; left -= 4, at += 16) {
      const d = loadUpTo4(dy + at, left);
      const below = f32x4.mul(d, low);
      const above = f32x4.sub(d, below);
      const belowRight = f32x4.mul(below, right);
      const aboveRight = f32x4.mul(above, right);
      addTo(p00 + at, f32x4.sub(above, aboveRight), left);
      addTo(p01 + at, aboveRight, left);
      addTo(p10 + at, f32x4.sub(below, belowRight), left);
      addTo(p11 + at, belowRight, left);
    }
  }
}

// @ts-ignore: decorator
@inline
function addTo(x: usize, value: v128, left: i32): void {
  storeUpTo4(x, f32x4.add(loadUpTo4(x, left), value), left);
}
