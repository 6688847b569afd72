/**
 * How B becomes panels: f32[⌈n/8⌉][k][8], the last one padded with zeros, so that a register tile streams it.
 * B[k, n] is read at b + k·rs + n·cs (bytes): swapping rs and cs packs the transpose.
 */
import { storeTransposed } from "../lib/simd";

/** Panels of a k×n matrix at `to`; one of the strides should be 4. */
export function packPanels(b: usize, k: i32, n: i32, rs: usize, cs: usize, to: usize): void {
  const full = n & ~7;
  for (let column = 0; column < full; column += 8) {
    const from = b + <usize>column * cs;
    if (cs == 4) packRows(from, k, rs, to);
    else packColumns(from, k, rs, cs, to);
    to += <usize>k << 5;
  }
  if (n > full) packNarrow(b + <usize>full * cs, k, n - full, rs, cs, to);
}

/** One full panel whose eight columns are neighbours in memory. */
function packRows(from: usize, k: i32, rs: usize, to: usize): void {
  for (const end = to + (<usize>k << 5); to < end; to += 32) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    from += rs;
  }
}

/** One full panel whose columns are cs bytes apart: four by four transposes. */
function packColumns(from: usize, k: i32, rs: usize, cs: usize, to: usize): void {
  const end = to + (<usize>k << 5);
  if (rs == 4) {
    for (const last = to + (<usize>(k & ~3) << 5); to < last; to += 128) {
      packFour(from, cs, to);
      packFour(from + 4 * cs, cs, to + 16);
      from += 16;
    }
  }
  for (; to < end; to += 32) {
    for (let column: usize = 0; column < 8; column++) {
      store<f32>(to + (column << 2), load<f32>(from + column * cs));
    }
    from += rs;
  }
}

/** Four steps of four columns, cs bytes apart. */
// @ts-ignore: decorator
@inline
function packFour(from: usize, cs: usize, to: usize): void {
  const a = v128.load(from);
  const b = v128.load(from + cs);
  const c = v128.load(from + 2 * cs);
  storeTransposed(a, b, c, v128.load(from + 3 * cs), to, 32);
}

/** The last panel: n < 8 columns and zeros. */
function packNarrow(from: usize, k: i32, n: i32, rs: usize, cs: usize, to: usize): void {
  for (const end = to + (<usize>k << 5); to < end; to += 32) {
    for (let column: usize = 0; column < 8; column++) {
      store<f32>(to + (column << 2), column < <usize>n ? load<f32>(from + column * cs) : 0);
    }
    from += rs;
  }
}
