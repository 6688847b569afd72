/** dst[r, c] = src[r·srcRow + c·srcCol], dst without gaps, steps in elements. A plain transpose has srcRow = 1. */
export function gather(src: usize, dst: usize, rows: i32, cols: i32, srcRow: i32, srcCol: i32): void {
  const tiled = srcRow == 1 ? cols & ~3 : 0;
  const tiledRows = rows & ~3;
  for (let r = 0; r < tiledRows; r += 4) {
    for (let c = 0; c < tiled; c += 4) {
      transpose4x4(src + ((<usize>(r + c * srcCol)) << 2), dst + ((<usize>(r * cols + c)) << 2), srcCol, cols);
    }
  }
  for (let r = 0; r < rows; r++) {
    for (let c = r < tiledRows ? tiled : 0; c < cols; c++) {
      const value = load<f32>(src + ((<usize>(r * srcRow + c * srcCol)) << 2));
      store<f32>(dst + ((<usize>(r * cols + c)) << 2), value);
    }
  }
}

/** dst[i, j] = src[j, i] for i, j < 4, rows srcRow and dstRow elements apart. */
// @ts-ignore: decorator
@inline
function transpose4x4(src: usize, dst: usize, srcRow: i32, dstRow: i32): void {
  const srcBytes = <usize>srcRow << 2;
  const dstBytes = <usize>dstRow << 2;
  const a = v128.load(src);
  const b = v128.load(src + srcBytes);
  const c = v128.load(src + 2 * srcBytes);
  const d = v128.load(src + 3 * srcBytes);
  const ab01 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const ab23 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd01 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cd23 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(dst, v128.shuffle<f32>(ab01, cd01, 0, 1, 4, 5));
  v128.store(dst + dstBytes, v128.shuffle<f32>(ab01, cd01, 2, 3, 6, 7));
  v128.store(dst + 2 * dstBytes, v128.shuffle<f32>(ab23, cd23, 0, 1, 4, 5));
  v128.store(dst + 3 * dstBytes, v128.shuffle<f32>(ab23, cd23, 2, 3, 6, 7));
}
