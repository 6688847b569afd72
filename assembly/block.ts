/** Moving rectangles: dst[r, c] = or += src[r, c] for rows × cols elements, rows srcRow and dstRow elements apart. */
import { loadUpTo4, storeUpTo4 } from "./lib/tail";

/** Below this many elements a loop is faster than the call that memory.copy makes. */
// @ts-ignore: decorator
@inline
const LONG_ROW = 256;

export function copyBlock(src: usize, dst: usize, rows: i32, cols: i32, srcRow: i32, dstRow: i32): void {
  for (let r = 0; r < rows; r++) {
    if (cols >= LONG_ROW) memory.copy(dst, src, <usize>cols << 2);
    else {
      for (let at: usize = 0, left = cols; left > 0; left -= 4, at += 16) {
        storeUpTo4(dst + at, loadUpTo4(src + at, left), left);
      }
    }
    src += <usize>srcRow << 2;
    dst += <usize>dstRow << 2;
  }
}

export function addBlock(src: usize, dst: usize, rows: i32, cols: i32, srcRow: i32, dstRow: i32): void {
  for (let r = 0; r < rows; r++) {
    for (let at: usize = 0, left = cols; left > 0; left -= 4, at += 16) {
      storeUpTo4(dst + at, f32x4.add(loadUpTo4(dst + at, left), loadUpTo4(src + at, left)), left);
    }
    src += <usize>srcRow << 2;
    dst += <usize>dstRow << 2;
  }
}
