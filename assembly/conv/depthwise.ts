/**
 * Depthwise convolution, y and dx: y[…, c·mult + q] = clamp(b + Σ_taps x[pixel under tap, c]·w[tap, c, q]).
 * Activations NHWC, w row-major [kH][kW][inC][mult]; outC = inC·mult. Every pixel first lists what it touches —
 * one pair of addresses per tap inside the picture — so that the loop over channels knows no borders.
 */
import { clamp, clampScalar, madd, maddScalar } from "../lib/simd";
import { ConvGeometry } from "./geometry";

/** Scratch for depthwiseRows and depthwiseInputGradient: the tap list and a row of zeros. */
export function depthwiseBytes(g: ConvGeometry): usize {
  return <usize>(g.kH * g.kW) * 8 + (<usize>g.outC << 2);
}

/** Rows m = firstRow…lastRow−1 of the n·outH·outW outputs; bias f32[outC] or 0. Sums start at the bias, taps ascend. */
export function depthwiseRows(
  g: ConvGeometry,
  x: usize,
  w: usize,
  bias: usize,
  y: usize,
  low: f32,
  high: f32,
  firstRow: i32,
  lastRow: i32,
  scratch: usize,
): void {
  const pairs = scratch;
  const bytes = <usize>g.outC << 2;
  let from = bias;
  if (!bias) {
    from = pairs + <usize>(g.kH * g.kW) * 8;
    memory.fill(from, 0, bytes);
  }
  const multiplier = g.outC / g.inC;
  for (let m = firstRow; m < lastRow; m++) {
    const n = m / (g.outH * g.outW);
    const ih = ((m / g.outW) % g.outH) * g.strideH - g.padTop;
    const iw = (m % g.outW) * g.strideW - g.padLeft;
    const taps = listInputs(g, x, w, n, ih, iw, pairs);
    const to = y + <usize>m * bytes;
    if (multiplier == 1) sumTaps(pairs, taps, g.inC, from, to, low, high);
    else spreadTaps(pairs, taps, g.inC, multiplier, from, to, low, high);
  }
}

/** dx[pixel, c] += Σ over the taps and outputs above the pixel, Σ_q dy[output, c·mult + q]·w[tap, c, q]. */
export function depthwiseInputGradient(g: ConvGeometry, dy: usize, w: usize, dx: usize, scratch: usize): void {
  const bytes = <usize>g.inC << 2;
  const multiplier = g.outC / g.inC;
  for (let n = 0; n < g.batch; n++) {
    for (let ih = 0; ih < g.inH; ih++) {
      for (let iw = 0; iw < g.inW; iw++) {
        const taps = listOutputs(g, dy, w, n, ih, iw, scratch);
        if (multiplier == 1) sumTaps(scratch, taps, g.inC, dx, dx, -f32.POSITIVE_INFINITY, f32.POSITIVE_INFINITY);
        else gatherTaps(scratch, taps, g.inC, multiplier, dx);
        dx += bytes;
      }
    }
  }
}

/** Pairs (address in x, address in w) of the taps of one output that lie inside the picture; their number. */
function listInputs(g: ConvGeometry, x: usize, w: usize, n: i32, ih0: i32, iw0: i32, pairs: usize): i32 {
  const bytes = <usize>g.outC << 2;
  let count = 0;
  for (let kh = 0, ih = ih0; kh < g.kH; kh++, ih += g.dilationH) {
    for (let kw = 0, iw = iw0; kw < g.kW; kw++, iw += g.dilationW) {
      const pixel = g.pixel(x, n, ih, iw);
      if (pixel) putPair(pairs, count++, pixel, w);
      w += bytes;
    }
  }
  return count;
}

/** Pairs (address in dy, address in w) of the outputs that saw pixel (ih, iw) of x, one per tap; their number. */
function listOutputs(g: ConvGeometry, dy: usize, w: usize, n: i32, ih: i32, iw: i32, pairs: usize): i32 {
  const bytes = <usize>g.outC << 2;
  let count = 0;
  for (let kh = 0; kh < g.kH; kh++) {
    for (let kw = 0; kw < g.kW; kw++) {
      const top = ih + g.padTop - kh * g.dilationH;
      const left = iw + g.padLeft - kw * g.dilationW;
      const oh = top / g.strideH;
      const ow = left / g.strideW;
      const hit = top >= 0 && left >= 0 && oh < g.outH && ow < g.outW && oh * g.strideH == top && ow * g.strideW == left;
      if (hit) putPair(pairs, count++, dy + <usize>((n * g.outH + oh) * g.outW + ow) * bytes, w);
      w += bytes;
    }
  }
  return count;
}

// @ts-ignore: decorator
@inline
function putPair(pairs: usize, index: i32, x: usize, w: usize): void {
  store<u32>(pairs + (<usize>index << 3), <u32>x);
  store<u32>(pairs + (<usize>index << 3), <u32>w, 4);
}

/** to[c] = clamp(from[c] + Σ_t x_t[c]·w_t[c]) for n channels and the `taps` pairs of addresses (x_t, w_t). */
export function sumTaps(pairs: usize, taps: i32, n: i32, from: usize, to: usize, low: f32, high: f32): void {
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  const last = pairs + (<usize>taps << 3);
  let at: usize = 0;
  for (const end = <usize>(n & ~15) << 2; at < end; at += 64) {
    let a = v128.load(from + at);
    let b = v128.load(from + at, 16);
    let c = v128.load(from + at, 32);
    let d = v128.load(from + at, 48);
    for (let pair = pairs; pair < last; pair += 8) {
      const x = <usize>load<u32>(pair) + at;
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
  for (const end = <usize>(n & ~3) << 2; at < end; at += 16) {
    let a = v128.load(from + at);
    for (let pair = pairs; pair < last; pair += 8) {
      a = madd(v128.load(<usize>load<u32>(pair) + at), v128.load(<usize>load<u32>(pair, 4) + at), a);
    }
    v128.store(to + at, clamp(a, lows, highs));
  }
  for (const end = <usize>n << 2; at < end; at += 4) {
    let a = load<f32>(from + at);
    for (let pair = pairs; pair < last; pair += 8) {
      a = maddScalar(load<f32>(<usize>load<u32>(pair) + at), load<f32>(<usize>load<u32>(pair, 4) + at), a);
    }
    store<f32>(to + at, clampScalar(a, low, high));
  }
}

/** to[c·mult + q] = clamp(from[…] + Σ_t x_t[c]·w_t[c·mult + q]). */
function spreadTaps(
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

/** to[c] += Σ_t Σ_q dy_t[c·mult + q]·w_t[c·mult + q]. */
function gatherTaps(pairs: usize, taps: i32, n: i32, multiplier: i32, to: usize): void {
  const last = pairs + (<usize>taps << 3);
  const bytes = <usize>multiplier << 2;
  for (let channel: usize = 0; channel < <usize>n; channel++) {
    let sum: f32 = 0;
    const first = channel * bytes;
    for (let pair = pairs; pair < last; pair += 8) {
      const dy = <usize>load<u32>(pair);
      const w = <usize>load<u32>(pair, 4);
      for (let at = first; at < first + bytes; at += 4) sum = maddScalar(load<f32>(dy + at), load<f32>(w + at), sum);
    }
    store<f32>(to + (channel << 2), load<f32>(to + (channel << 2)) + sum);
  }
}
