import { ConvGeometry } from "./geometry";

/**
 * cols[m, (t, c)] = x[pixel under tap t of output m, c]: rows m = firstRow…lastRow−1 of the n·outH·outW outputs,
 * taps t = firstTap…lastTap−1 of the kH·kW, `channels` channels from x on; zeros in the padding.
 * With all taps, cols·W is the convolution (one group) and col2im.ts is the adjoint.
 */
export function im2col(
  g: ConvGeometry,
  x: usize,
  channels: i32,
  firstTap: i32,
  lastTap: i32,
  firstRow: i32,
  lastRow: i32,
  cols: usize,
): void {
  const bytes = <usize>channels << 2;
  // Neighbouring taps of one kernel row lie side by side in x: one copy for as many as are inside.
  const runs = channels == g.inC && g.dilationW == 1;
  const firstKH = firstTap / g.kW;
  const firstKW = firstTap % g.kW;
  for (let m = firstRow; m < lastRow; ) {
    const line = m / g.outW;
    const n = line / g.outH;
    const ih0 = (line % g.outH) * g.strideH - g.padTop;
    let iw0 = (m - line * g.outW) * g.strideW - g.padLeft;
    for (const end = min(lastRow, (line + 1) * g.outW); m < end; m++) {
      let kh = firstKH;
      let kw = firstKW;
      for (let left = lastTap - firstTap; left > 0; ) {
        const iw = iw0 + kw * g.dilationW;
        const pixel = g.pixel(x, n, ih0 + kh * g.dilationH, iw);
        const taps = runs && pixel ? min(min(g.kW - kw, left), g.inW - iw) : 1;
        const size = <usize>taps * bytes;
        if (pixel) copy(pixel, cols, size);
        else clear(cols, size);
        cols += size;
        left -= taps;
        kw += taps;
        if (kw == g.kW) {
          kw = 0;
          kh++;
        }
      }
      iw0 += g.strideW;
    }
  }
}

/** memory.copy is a call out of wasm here: too dear for a pixel of three channels. */
function copy(from: usize, to: usize, bytes: usize): void {
  const end = to + bytes;
  for (const last = to + (bytes & ~15); to < last; to += 16) {
    v128.store(to, v128.load(from));
    from += 16;
  }
  for (; to < end; to += 4) {
    store<f32>(to, load<f32>(from));
    from += 4;
  }
}

function clear(to: usize, bytes: usize): void {
  const end = to + bytes;
  for (const last = to + (bytes & ~15); to < last; to += 16) v128.store(to, f32x4.splat(0));
  for (; to < end; to += 4) store<f32>(to, 0);
}
