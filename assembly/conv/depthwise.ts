/**
 * Depthwise convolution, y and dx: y[…, c·M + q] = clamp(b + Σ_taps x[pixel under tap, c]·w[tap, c, q]).
 * Activations NHWC, w row-major [kH][kW][inC][M]; outC = inC·M. Each pixel lists the taps that meet it
 * (tap-sums.ts); neighbours that meet the same ones, which is all but a few at the borders, share their list.
 * The relaxed build has a faster way for wide kernels: depthwise-quads.ts.
 */
import { ConvGeometry } from "./geometry";
import { fitsQuads, quadBytes, quadRows } from "./depthwise-quads";
import { QUADS } from "./depthwise-tiles";
import { hasTapRows } from "./tap-row-sums";
import { gatherTaps, spreadTaps, sumTaps, sumTapsByRows } from "./tap-sums";

/** Scratch for depthwiseRows and depthwiseInputGradient: the tap list and a row of zeros, or tables for four pixels. */
export function depthwiseBytes(g: ConvGeometry): usize {
  return max(<usize>(g.kH * g.kW) * 8 + (<usize>g.outC << 2), quadBytes(g));
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
  if (QUADS && fitsQuads(g)) {
    quadRows(g, x, w, bias, y, low, high, firstRow, lastRow, scratch);
    return;
  }
  const multiplier = g.outC / g.inC;
  const byRows = hasTapRows(g.kW) && g.strideW == 1 && g.dilationW == 1;
  const bytes = <usize>g.outC << 2;
  const from = bias ? bias : scratch + <usize>(g.kH * g.kW) * 8;
  if (!bias) memory.fill(from, 0, bytes);
  for (let m = firstRow; m < lastRow; ) {
    const line = m / g.outW;
    const ow = m - line * g.outW;
    const iw = ow * g.strideW - g.padLeft;
    const taps = listInputs(g, x, w, line / g.outH, (line % g.outH) * g.strideH - g.padTop, iw, scratch);
    const to = y + <usize>m * bytes;
    let count = 1;
    if (multiplier > 1) {
      spreadTaps(scratch, taps, g.inC, multiplier, from, to, low, high);
    } else {
      const alike = (g.inW - 1 - iw - (g.kW - 1) * g.dilationW) / g.strideW + 1;
      if (iw >= 0) count = max(1, min(alike, min(g.outW - ow, lastRow - m)));
      if (count >= 4 && byRows) {
        count &= ~3;
        sumTapsByRows(scratch, taps, g.kW, g.inC, count, from, to, low, high);
      } else {
        sumTaps(scratch, taps, g.inC, count, <usize>g.strideW * bytes, from, 0, to, bytes, low, high);
      }
    }
    m += count;
  }
}

/**
 * Lines firstLine…lastLine−1 of the n·inH lines of dx: dx[pixel, c] += Σ over the taps and outputs above the pixel, Σ_q dy[output, c·M + q]·w[tap, c, q].
 * Pixels strideW apart meet the same taps, so each line is walked once for every remainder.
 */
export function depthwiseInputGradient(
  g: ConvGeometry,
  dy: usize,
  w: usize,
  dx: usize,
  firstLine: i32,
  lastLine: i32,
  scratch: usize,
): void {
  const bytes = <usize>g.inC << 2;
  dx += <usize>(firstLine * g.inW) * bytes;
  for (let line = firstLine; line < lastLine; line++) {
    for (let phase = 0; phase < g.strideW; phase++) {
      for (let iw = phase; iw < g.inW; ) {
        const taps = listOutputs(g, dy, w, line / g.inH, line % g.inH, iw, scratch);
        iw += g.strideW * addTaps(g, taps, iw, dx + <usize>iw * bytes, scratch);
      }
    }
    dx += <usize>g.inW * bytes;
  }
}

/** Adds the listed taps to column iw of dx, and to the columns strideW apart that meet the same; their number. */
function addTaps(g: ConvGeometry, taps: i32, iw: i32, dx: usize, pairs: usize): i32 {
  const infinity = f32.POSITIVE_INFINITY;
  const bytes = <usize>g.inC << 2;
  if (g.outC > g.inC) {
    gatherTaps(pairs, taps, g.inC, g.outC / g.inC, dx);
    return 1;
  }
  const left = iw + g.padLeft;
  const alike = min(g.outW - left / g.strideW, (g.inW - iw + g.strideW - 1) / g.strideW);
  const count = left >= (g.kW - 1) * g.dilationW ? max(1, alike) : 1;
  const step = <usize>g.strideW * bytes;
  sumTaps(pairs, taps, g.inC, count, bytes, dx, step, dx, step, -infinity, infinity);
  return count;
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
  for (let kh = 0, top = ih + g.padTop; kh < g.kH; kh++, top -= g.dilationH) {
    const oh = top / g.strideH;
    const hit = top >= 0 && oh < g.outH && oh * g.strideH == top;
    for (let kw = 0, left = iw + g.padLeft; kw < g.kW; kw++, left -= g.dilationW) {
      const ow = left / g.strideW;
      if (hit && left >= 0 && ow < g.outW && ow * g.strideW == left) {
        putPair(pairs, count++, dy + <usize>((n * g.outH + oh) * g.outW + ow) * bytes, w);
      }
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
