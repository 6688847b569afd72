import { accumulate } from "../accumulate";
import { ConvGeometry } from "./geometry";

/**
 * dx[pixel under tap t of output m, c] += dcols[m, (t, c)]: the adjoint of im2col.ts, same ranges and layout;
 * what fell into the padding is dropped. Adds in the order of m, then t.
 */
export function col2im(
  g: ConvGeometry,
  dcols: usize,
  channels: i32,
  firstTap: i32,
  lastTap: i32,
  firstRow: i32,
  lastRow: i32,
  dx: usize,
): void {
  const bytes = <usize>channels << 2;
  // All taps of a row of the kernel, where they and all channels lie side by side in dx as they do in dcols.
  const joined = channels == g.inC && g.dilationW == 1 && firstTap == 0 && lastTap == g.kH * g.kW;
  for (let m = firstRow; m < lastRow; m++) {
    const line = m / g.outW;
    const n = line / g.outH;
    const ih0 = (line % g.outH) * g.strideH - g.padTop;
    const iw0 = (m - line * g.outW) * g.strideW - g.padLeft;
    if (joined && iw0 >= 0 && iw0 + g.kW <= g.inW) {
      for (let kh = 0; kh < g.kH; kh++) {
        const pixel = g.pixel(dx, n, ih0 + kh * g.dilationH, iw0);
        if (pixel) accumulate(dcols, pixel, g.kW * channels);
        dcols += <usize>g.kW * bytes;
      }
      continue;
    }
    for (let tap = firstTap; tap < lastTap; tap++) {
      const kh = tap / g.kW;
      const kw = tap - kh * g.kW;
      const pixel = g.pixel(dx, n, ih0 + kh * g.dilationH, iw0 + kw * g.dilationW);
      if (pixel) accumulate(dcols, pixel, channels);
      dcols += bytes;
    }
  }
}
