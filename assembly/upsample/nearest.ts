/** Enlarging x[N, H, W, C] by whole factors: every pixel becomes factorH × factorW equal ones. */
import { loadUpTo4, storeUpTo4 } from "../lib/tail";

/** y[r·factorH + i, w·factorW + j] = x[r, w]; `rows` counts the rows of all pictures. */
export function upsampleNearest(x: usize, y: usize, rows: i32, inW: i32, channels: i32, factorH: i32, factorW: i32): void {
  const pixel = <usize>channels << 2;
  const outRow = <usize>(inW * factorW) * pixel;
  for (let r = 0; r < rows; r++) {
    for (let w = 0; w < inW; w++) {
      for (let j = 0; j < factorW; j++) {
        for (let at: usize = 0, left = channels; left > 0; left -= 4, at += 16) {
          storeUpTo4(y + at, loadUpTo4(x + at, left), left);
        }
        y += pixel;
      }
      x += pixel;
    }
    for (let i = 1; i < factorH; i++) {
      memory.copy(y, y - outRow, outRow);
      y += outRow;
    }
  }
}

/** dx[r, w] += Σᵢⱼ dy[r·factorH + i, w·factorW + j] */
export function upsampleNearestGradient(
  dy: usize, dx: usize, rows: i32, inW: i32, channels: i32, factorH: i32, factorW: i32,
): void {
  const pixel = <usize>channels << 2;
  const outRow = <usize>(inW * factorW) * pixel;
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < factorH; i++) {
      for (let w = 0; w < inW; w++) {
        const to = dx + <usize>w * pixel;
        for (let j = 0; j < factorW; j++) {
          for (let at: usize = 0, left = channels; left > 0; left -= 4, at += 16) {
            storeUpTo4(to + at, f32x4.add(loadUpTo4(to + at, left), loadUpTo4(dy + at, left)), left);
          }
          dy += pixel;
        }
      }
    }
    dx += outRow / <usize>factorW;
  }
}
