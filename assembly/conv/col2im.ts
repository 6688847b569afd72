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
    const line = m / g.outW;
    const n = line / g.outH;
    const ih0 = (line % g.outH) * g.strideH - g.padTop;
    const iw0 = (m - line * g.outW) * g.strideW - g.padLeft;
    for (let tap = firstTap; tap < lastTap; tap++) {
      const kh = tap / g.kW;
      const kw = tap - kh * g.kW;
      const pixel = g.pixel(dx, n, ih0 + kh * g.dilationH, iw0 + kw * g.dilationW);
      if (pixel) accumulate(dcols, pixel, channels);
      dcols += bytes;
    }
  }
}
