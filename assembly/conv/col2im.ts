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
  for (let m = firstRow; m < lastRow; m++) {
    const n = m / (g.outH * g.outW);
    const ih0 = ((m / g.outW) % g.outH) * g.strideH - g.padTop;
    const iw0 = (m % g.outW) * g.strideW - g.padLeft;
    for (let tap = firstTap; tap < lastTap; tap++) {
      const ih = ih0 + (tap / g.kW) * g.dilationH;
      const iw = iw0 + (tap % g.kW) * g.dilationW;
      const pixel = g.pixel(dx, n, ih, iw);
      if (pixel) accumulate(dcols, pixel, channels);
      dcols += bytes;
    }
  }
}
