/** Convolution without an im2col matrix: the register tiles read the rows of cols straight from x. */
import { multiply } from "../gemm/multiply";
import { Product, PRODUCT_BYTES } from "../gemm/product";
import { ConvGeometry } from "./geometry";

/** Output pixels per pass: what one block of k (multiply.ts) needs of x, 256 KiB, stays in a 512 KiB L2 cache. */
const ROWS = 256;

/** With fewer channels under a tap the loop over k would be all beginning and end. */
const FEW_CHANNELS = 5;

/** Whether a kernel row, not a tap, is what is addressed: few channels, all of a row side by side in x. */
// @ts-ignore: decorator
@inline
function takesLines(g: ConvGeometry, channels: i32): bool {
  return channels < FEW_CHANNELS && channels == g.inC && g.dilationW == 1 && g.kH * g.kW > 1;
}

/** Scratch for convRows with `channels` input channels per group. */
export function convRowsBytes(g: ConvGeometry, channels: i32): usize {
  if (!takesLines(g, channels)) return PRODUCT_BYTES + zeroBytes(channels) + <usize>(g.kH * g.kW * ROWS) * 4;
  const depth = g.kW * channels;
  return PRODUCT_BYTES + zeroBytes(depth) + <usize>(g.kH * ROWS * (1 + depth)) * 4;
}

// @ts-ignore: decorator
@inline
function zeroBytes(channels: i32): usize {
  return ((<usize>channels << 2) + 63) & ~63;
}

/**
 * Rows m = firstRow…lastRow−1 of y[m, 0…columns−1] = clamp(residual + bias + cols·W) for one group, or some columns
 * of one: x, y, bias and residual point at its first channel. `channels` = input channels of the group,
 * panels = f32[⌈columns/8⌉][kH·kW·channels][8]; bias, residual as in gemm.ts.
 */
export function convRows(
  g: ConvGeometry,
  x: usize,
  channels: i32,
  panels: usize,
  columns: i32,
  bias: usize,
  residual: usize,
  y: usize,
  low: f32,
  high: f32,
  firstRow: i32,
  lastRow: i32,
  scratch: usize,
): void {
  const p = changetype<Product>(scratch);
  const lines = takesLines(g, channels);
  const yBytes = <usize>g.outC << 2;
  p.taps = lines ? g.kH : g.kH * g.kW;
  p.depth = lines ? g.kW * channels : channels;
  p.adjacent = 0;
  p.n = columns;
  p.panels = panels;
  p.bias = bias;
  p.residualBytes = residual ? yBytes : 0;
  p.cBytes = yBytes;
  p.low = low;
  p.high = high;
  for (let row = firstRow; row < lastRow; row += ROWS) {
    const end = min(row + ROWS, lastRow);
    p.m = end - row;
    p.c = y + <usize>row * yBytes;
    p.residual = residual ? residual + <usize>row * yBytes : 0;
    if (lines) addressLines(g, p, x, row, end);
    else addressRows(g, p, x, row, end);
    multiply(p);
  }
}

/**
 * For every kernel row and output row…end−1 the address of the first pixel below it: of zeros above and below the picture,
 * of a copy where the row reaches beyond a side.
 */
function addressLines(g: ConvGeometry, p: Product, x: usize, row: i32, end: i32): void {
  const zeros = changetype<usize>(p) + PRODUCT_BYTES;
  const bytes = <usize>p.depth << 2;
  memory.fill(zeros, 0, bytes);
  p.rows = zeros + zeroBytes(p.depth);
  p.tapBytes = <usize>p.m << 2;
  let copies = p.rows + <usize>g.kH * p.tapBytes;
  const lineBytes = <usize>(g.dilationH * g.inW * g.inC) << 2;
  for (let i = row; i < end; i++) {
    const line = i / g.outW;
    const ih0 = (line % g.outH) * g.strideH - g.padTop;
    const iw = (i - line * g.outW) * g.strideW - g.padLeft;
    const inside = iw >= 0 && iw + g.kW <= g.inW;
    let pixel = x + (<usize>(((line / g.outH) * g.inH + ih0) * g.inW + iw) * <usize>g.inC << 2);
    let at = p.rows + (<usize>(i - row) << 2);
    for (let kh = 0, ih = ih0; kh < g.kH; kh++, ih += g.dilationH) {
      let address = zeros;
      if (<u32>ih < <u32>g.inH) {
        address = pixel;
        if (!inside) {
          address = copies;
          copyInside(g, pixel, iw, copies);
          copies += bytes;
        }
      }
      store<u32>(at, <u32>address);
      at += p.tapBytes;
      pixel += lineBytes;
    }
  }
}

/** One kernel row from column iw on: what lies in the picture, zeros beside it. */
function copyInside(g: ConvGeometry, pixel: usize, iw: i32, to: usize): void {
  const first = max(0, -iw) * g.inC;
  const last = min(g.kW, g.inW - iw) * g.inC;
  for (let i = 0; i < g.kW * g.inC; i++) {
    const at = <usize>i << 2;
    store<f32>(to + at, i >= first && i < last ? load<f32>(pixel + at) : 0);
  }
}

/** For every tap and output row…end−1 the address of the pixel below it, or of a row of zeros in the padding. */
function addressRows(g: ConvGeometry, p: Product, x: usize, row: i32, end: i32): void {
  const zeros = changetype<usize>(p) + PRODUCT_BYTES;
  memory.fill(zeros, 0, <usize>p.depth << 2);
  p.rows = zeros + zeroBytes(p.depth);
  p.tapBytes = <usize>p.m << 2;
  let ow = row % g.outW;
  let oh = (row / g.outW) % g.outH;
  let n = row / (g.outW * g.outH);
  for (let at = p.rows, last = p.rows + p.tapBytes; at < last; at += 4) {
    addressTaps(g, x, n, oh * g.strideH - g.padTop, ow * g.strideW - g.padLeft, at, p.tapBytes, zeros);
    if (++ow < g.outW) continue;
    ow = 0;
    if (++oh < g.outH) continue;
    oh = 0;
    n++;
  }
}

/** The addresses of all taps of one output whose first tap lies over pixel (ih0, iw0). */
function addressTaps(
  g: ConvGeometry,
  x: usize,
  n: i32,
  ih0: i32,
  iw0: i32,
  at: usize,
  tapBytes: usize,
  zeros: usize,
): void {
  for (let kh = 0, ih = ih0; kh < g.kH; kh++, ih += g.dilationH) {
    for (let kw = 0, iw = iw0; kw < g.kW; kw++, iw += g.dilationW) {
      const pixel = g.pixel(x, n, ih, iw);
      store<u32>(at, <u32>(pixel ? pixel : zeros));
      at += tapBytes;
    }
  }
}
