import { madd, maddScalar } from "../lib/simd";
import { ConvGeometry } from "./geometry";

/**
 * dw[tap, c, q] += Σ over outputs of x[pixel under tap, c]·dy[output, c·mult + q]; layouts as in depthwise.ts.
 * Output channels firstChannel…lastChannel−1, the first a multiple of 16. Each row of outputs is summed in registers and then added: chains are as long as a picture is wide.
 */
export function depthwiseWeightGradient(
  g: ConvGeometry,
  x: usize,
  dy: usize,
  dw: usize,
  firstChannel: i32,
  lastChannel: i32,
): void {
  const bytes = <usize>g.outC << 2;
  const multiplier = g.outC / g.inC;
  for (let row = 0; row < g.batch * g.outH; row++) {
    const n = row / g.outH;
    const ih0 = (row % g.outH) * g.strideH - g.padTop;
    const dyRow = dy + <usize>(row * g.outW) * bytes;
    for (let kh = 0; kh < g.kH; kh++) {
      const ih = ih0 + kh * g.dilationH;
      if (<u32>ih >= <u32>g.inH) continue;
      for (let kw = 0; kw < g.kW; kw++) {
        const shift = kw * g.dilationW - g.padLeft;
        const first = shift < 0 ? (-shift + g.strideW - 1) / g.strideW : 0;
        const last = min(g.outW - 1, (g.inW - 1 - shift) / g.strideW);
        if (g.inW - 1 < shift || first > last) continue;
        const pixel = g.pixel(x, n, ih, first * g.strideW + shift);
        const target = dw + <usize>(kh * g.kW + kw) * bytes;
        addRow(g, pixel, dyRow + <usize>first * bytes, last - first + 1, multiplier, target, firstChannel, lastChannel);
      }
    }
  }
}

/** dw[c·mult + q] += Σ_i x[i·strideW, c]·dy[i, c·mult + q] over `count` ≥ 1 outputs of one row. */
function addRow(
  g: ConvGeometry,
  x: usize,
  dy: usize,
  count: i32,
  multiplier: i32,
  dw: usize,
  firstChannel: i32,
  lastChannel: i32,
): void {
  const xBytes = <usize>(g.inC * g.strideW) << 2;
  const dyBytes = <usize>g.outC << 2;
  const end = <usize>lastChannel << 2;
  let at = <usize>firstChannel << 2;
  if (multiplier == 1) {
    for (; at + 64 <= end; at += 64) addSixteen(x + at, xBytes, dy + at, dyBytes, count, dw + at);
  }
  for (; at < end; at += 4) {
    const channel = (at >> 2) / <usize>multiplier;
    addOne(x + (channel << 2), xBytes, dy + at, dyBytes, count, dw + at);
  }
}

function addSixteen(x: usize, xBytes: usize, dy: usize, dyBytes: usize, count: i32, dw: usize): void {
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  do {
    a = madd(v128.load(x), v128.load(dy), a);
    b = madd(v128.load(x, 16), v128.load(dy, 16), b);
    c = madd(v128.load(x, 32), v128.load(dy, 32), c);
    d = madd(v128.load(x, 48), v128.load(dy, 48), d);
    x += xBytes;
    dy += dyBytes;
  } while (--count > 0);
  v128.store(dw, f32x4.add(v128.load(dw), a));
  v128.store(dw, f32x4.add(v128.load(dw, 16), b), 16);
  v128.store(dw, f32x4.add(v128.load(dw, 32), c), 32);
  v128.store(dw, f32x4.add(v128.load(dw, 48), d), 48);
}

function addOne(x: usize, xBytes: usize, dy: usize, dyBytes: usize, count: i32, dw: usize): void {
  let sum: f32 = 0;
  do {
    sum = maddScalar(load<f32>(x), load<f32>(dy), sum);
    x += xBytes;
    dy += dyBytes;
  } while (--count > 0);
  store<f32>(dw, load<f32>(dw) + sum);
}
