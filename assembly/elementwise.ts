/**
 * Two operands, one result, with NumPy broadcasting brought down to two axes by src/ops/broadcast.ts:
 * y[r, c] = f(a[r·aRow + c·aCol], b[r·bRow + c·bCol]), steps in elements, aCol and bCol 0 or 1, y without gaps.
 */
import { splat } from "./lib/math";
import { loadUpTo4, storeUpTo4 } from "./lib/tail";

/** A function of two variables. Never instantiated: the method is reached through a null pointer. */
interface Binary {
  value(a: v128, b: v128): v128;
}

@unmanaged
class Add {
  @inline
  value(a: v128, b: v128): v128 {
    return f32x4.add(a, b);
  }
}

@unmanaged
class Sub {
  @inline
  value(a: v128, b: v128): v128 {
    return f32x4.sub(a, b);
  }
}

@unmanaged
class Mul {
  @inline
  value(a: v128, b: v128): v128 {
    return f32x4.mul(a, b);
  }
}

@unmanaged
class Div {
  @inline
  value(a: v128, b: v128): v128 {
    return f32x4.div(a, b);
  }
}

/** NaN when either is NaN: not pmax. */
@unmanaged
class Maximum {
  @inline
  value(a: v128, b: v128): v128 {
    return f32x4.max(a, b);
  }
}

@unmanaged
class Minimum {
  @inline
  value(a: v128, b: v128): v128 {
    return f32x4.min(a, b);
  }
}

/** 1 where a ≥ b, else 0: the share of a in the gradient of their maximum, ties to the first input. */
@unmanaged
class GreaterEqual {
  @inline
  value(a: v128, b: v128): v128 {
    return v128.and(f32x4.ge(a, b), splat(1));
  }
}

/** 1 where a < b, else 0. */
@unmanaged
class Less {
  @inline
  value(a: v128, b: v128): v128 {
    return v128.and(f32x4.lt(a, b), splat(1));
  }
}

/** One row; a step of 0 repeats the first element. */
// @ts-ignore: decorator
@inline
function row<F extends Binary>(a: usize, b: usize, y: usize, cols: i32, aCol: i32, bCol: i32): void {
  const f = changetype<F>(0);
  const a0 = v128.load32_splat(a);
  const b0 = v128.load32_splat(b);
  for (let left = cols; left > 0; left -= 4) {
    const left4 = aCol ? loadUpTo4(a, left) : a0;
    const right4 = bCol ? loadUpTo4(b, left) : b0;
    storeUpTo4(y, f.value(left4, right4), left);
    a += 16;
    b += 16;
    y += 16;
  }
}

// @ts-ignore: decorator
@inline
function grid<F extends Binary>(
  a: usize, b: usize, y: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  for (let r = 0; r < rows; r++) {
    row<F>(a, b, y, cols, aCol, bCol);
    a += <usize>aRow << 2;
    b += <usize>bRow << 2;
    y += <usize>cols << 2;
  }
}

export function add(
  a: usize, b: usize, y: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  grid<Add>(a, b, y, rows, cols, aRow, aCol, bRow, bCol);
}

export function sub(
  a: usize, b: usize, y: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  grid<Sub>(a, b, y, rows, cols, aRow, aCol, bRow, bCol);
}

export function mul(
  a: usize, b: usize, y: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  grid<Mul>(a, b, y, rows, cols, aRow, aCol, bRow, bCol);
}

export function div(
  a: usize, b: usize, y: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  grid<Div>(a, b, y, rows, cols, aRow, aCol, bRow, bCol);
}

export function maximum(
  a: usize, b: usize, y: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  grid<Maximum>(a, b, y, rows, cols, aRow, aCol, bRow, bCol);
}

export function minimum(
  a: usize, b: usize, y: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  grid<Minimum>(a, b, y, rows, cols, aRow, aCol, bRow, bCol);
}

export function greaterEqual(
  a: usize, b: usize, y: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  grid<GreaterEqual>(a, b, y, rows, cols, aRow, aCol, bRow, bCol);
}

export function less(
  a: usize, b: usize, y: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  grid<Less>(a, b, y, rows, cols, aRow, aCol, bRow, bCol);
}
