/**
 * Σ_t x_t[c]·w_t[c], channel by channel, over a list of taps: pairs of addresses (x_t, w_t) as u32.
 * What was near a border is simply not in the list, so no loop here knows borders, strides or dilations.
 */
import { clamp, clampScalar, madd, maddScalar, TURBO } from "../lib/simd";
import { sumTapRows } from "./tap-row-sums";

/**
 * to_i[c] = clamp(from_i[c] + Σ_t x_t,i[c]·w_t[c]) for n channels of `count` neighbouring pixels i, whose x_t,i lie
 * xBytes apart, from_i fromBytes apart (0: one bias for all), to_i toBytes apart. Taps in the order of the list.
 */
export function sumTaps(
  pairs: usize,
  taps: i32,
  n: i32,
  count: i32,
  xBytes: usize,
  from: usize,
  fromBytes: usize,
  to: usize,
  toBytes: usize,
  low: f32,
  high: f32,
): void {
  const bytes = <usize>n << 2;
  const wide = <usize>(n & ~7) << 2;
  let shift: usize = 0;
  for (; count >= 4; count -= 4) {
    sumFourPixels(pairs, taps, wide, shift, xBytes, from, fromBytes, to, toBytes, low, high);
    for (let i: usize = 0; i < 4; i++) {
      sumPixel(pairs, taps, wide, bytes, shift + i * xBytes, from + i * fromBytes, to + i * toBytes, low, high);
    }
    shift += 4 * xBytes;
    from += 4 * fromBytes;
    to += 4 * toBytes;
  }
  for (; count > 0; count--) {
    sumPixel(pairs, taps, 0, bytes, shift, from, to, low, high);
    shift += xBytes;
    from += fromBytes;
    to += toBytes;
  }
}

/** The same for a kernel that has tap rows (tap-row-sums.ts), with a bias, on a multiple of four pixels. */
export function sumTapsByRows(
  pairs: usize,
  taps: i32,
  kW: i32,
  n: i32,
  count: i32,
  bias: usize,
  to: usize,
  low: f32,
  high: f32,
): void {
  const bytes = <usize>n << 2;
  const wide = <usize>(n & ~3) << 2;
  for (let shift: usize = 0, end = <usize>count * bytes; shift < end; shift += 4 * bytes) {
    sumTapRows(pairs, taps, kW, n, shift, bias, to + shift, low, high);
    for (let at = shift; at < shift + 4 * bytes; at += bytes) {
      sumPixel(pairs, taps, wide, bytes, at, bias, to + at, low, high);
    }
  }
}

/** Four pixels, eight channels at a time up to byte `end`: each weight is loaded once for all four. */
function sumFourPixels(
  pairs: usize,
  taps: i32,
  end: usize,
  shift: usize,
  xBytes: usize,
  from: usize,
  fromBytes: usize,
  to: usize,
  toBytes: usize,
  low: f32,
  high: f32,
): void {
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  const last = pairs + (<usize>taps << 3);
  for (let at: usize = 0; at < end; at += 32) {
    let f = from + at;
    let a0 = v128.load(f);
    let b0 = v128.load(f, 16);
    f += fromBytes;
    let a1 = v128.load(f);
    let b1 = v128.load(f, 16);
    f += fromBytes;
    let a2 = v128.load(f);
    let b2 = v128.load(f, 16);
    f += fromBytes;
    let a3 = v128.load(f);
    let b3 = v128.load(f, 16);
    for (let pair = pairs; pair < last; pair += 8) {
      const x0 = <usize>load<u32>(pair) + shift + at;
      const w = <usize>load<u32>(pair, 4) + at;
      const x1 = x0 + xBytes;
      const x2 = x1 + xBytes;
      const x3 = x2 + xBytes;
      const w0 = v128.load(w);
      a0 = madd(v128.load(x0), w0, a0);
      a1 = madd(v128.load(x1), w0, a1);
      a2 = madd(v128.load(x2), w0, a2);
      a3 = madd(v128.load(x3), w0, a3);
      if (!TURBO && !pair) break; // never taken: see gemm/kernel.ts; what V8 fuses must stay in one block
      const w1 = v128.load(w, 16);
      b0 = madd(v128.load(x0, 16), w1, b0);
      b1 = madd(v128.load(x1, 16), w1, b1);
      b2 = madd(v128.load(x2, 16), w1, b2);
      b3 = madd(v128.load(x3, 16), w1, b3);
    }
    let t = to + at;
    v128.store(t, clamp(a0, lows, highs));
    v128.store(t, clamp(b0, lows, highs), 16);
    t += toBytes;
    v128.store(t, clamp(a1, lows, highs));
    v128.store(t, clamp(b1, lows, highs), 16);
    t += toBytes;
    v128.store(t, clamp(a2, lows, highs));
    v128.store(t, clamp(b2, lows, highs), 16);
    t += toBytes;
    v128.store(t, clamp(a3, lows, highs));
    v128.store(t, clamp(b3, lows, highs), 16);
  }
}

/** One pixel, its channels from byte `at` to byte `end`: sixteen, four, then one at a time. */
function sumPixel(
  pairs: usize,
  taps: i32,
  at: usize,
  end: usize,
  shift: usize,
  from: usize,
  to: usize,
  low: f32,
  high: f32,
): void {
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  const last = pairs + (<usize>taps << 3);
  for (; at + 64 <= end; at += 64) {
    let a = v128.load(from + at);
    let b = v128.load(from + at, 16);
    let c = v128.load(from + at, 32);
    let d = v128.load(from + at, 48);
    for (let pair = pairs; pair < last; pair += 8) {
      const x = <usize>load<u32>(pair) + shift + at;
      const w = <usize>load<u32>(pair, 4) + at;
      a = madd(v128.load(x), v128.load(w), a);
      b = madd(v128.load(x, 16), v128.load(w, 16), b);
      c = madd(v128.load(x, 32), v128.load(w, 32), c);
      d = madd(v128.load(x, 48), v128.load(w, 48), d);
    }
    v128.store(to + at, clamp(a, lows, highs));
    v128.store(to + at, clamp(b, lows, highs), 16);
    v128.store(to + at, clamp(c, lows, highs), 32);
    v128.store(to + at, clamp(d, lows, highs), 48);
  }
  for (; at + 16 <= end; at += 16) {
    let a = v128.load(from + at);
    for (let pair = pairs; pair < last; pair += 8) {
      const x = v128.load(<usize>load<u32>(pair) + shift + at);
      a = madd(x, v128.load(<usize>load<u32>(pair, 4) + at), a);
    }
    v128.store(to + at, clamp(a, lows, highs));
  }
  for (; at < end; at += 4) {
    let a = load<f32>(from + at);
    for (let pair = pairs; pair < last; pair += 8) {
      const x = load<f32>(<usize>load<u32>(pair) + shift + at);
      a = maddScalar(x, load<f32>(<usize>load<u32>(pair, 4) + at), a);
    }
    store<f32>(to + at, clampScalar(a, low, high));
  }
}

/** One pixel with a multiplier: to[c·M + q] = clamp(from[…] + Σ_t x_t[c]·w_t[c·M + q]). */
export function spreadTaps(
  pairs: usize,
  taps: i32,
  n: i32,
  multiplier: i32,
  from: usize,
  to: usize,
  low: f32,
  high: f32,
): void {
  const last = pairs + (<usize>taps << 3);
  const bytes = <usize>multiplier << 2;
  let out: usize = 0;
  for (let channel: usize = 0; channel < <usize>n << 2; channel += 4) {
    for (const end = out + bytes; out < end; out += 4) {
      let sum = load<f32>(from + out);
      for (let pair = pairs; pair < last; pair += 8) {
        const x = load<f32>(<usize>load<u32>(pair) + channel);
        sum = maddScalar(x, load<f32>(<usize>load<u32>(pair, 4) + out), sum);
      }
      store<f32>(to + out, clampScalar(sum, low, high));
    }
  }
}

/** The adjoint of spreadTaps: to[c] += Σ_t Σ_q dy_t[c·M + q]·w_t[c·M + q]. */
export function gatherTaps(pairs: usize, taps: i32, n: i32, multiplier: i32, to: usize): void {
  const last = pairs + (<usize>taps << 3);
  const bytes = <usize>multiplier << 2;
  let first: usize = 0;
  for (const end = to + (<usize>n << 2); to < end; to += 4) {
    let sum: f32 = 0;
    for (let pair = pairs; pair < last; pair += 8) {
      const dy = <usize>load<u32>(pair);
      const w = <usize>load<u32>(pair, 4);
      for (let at = first; at < first + bytes; at += 4) sum = maddScalar(load<f32>(dy + at), load<f32>(w + at), sum);
    }
    store<f32>(to, load<f32>(to) + sum);
    first += bytes;
  }
}
