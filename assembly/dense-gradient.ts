/** Rows back through a dense layer: dx = W·dy, with W row-major [in][out] in f32 or f16, streamed once for all rows. */
import { isSpecial, load1, mayBeSpecial, stored4, value4 } from "./half";
import { hsum, madd, maddScalar } from "./lib/simd";

/**
 * dx[r, i] += Σ_j W[i, j]·dy[r, j] for `rows` rows of dx, dxBytes apart; each sum in sixteen interleaved parts, added
 * pairwise, so that a row's result does not depend on its company. A row of W is read from memory once and meets all rows of
 * dy in the L1 cache. Where gate[r, i], rows as far apart, is 0, dx may stay as it was, and if it is 0 for all r that row of W
 * is not read; gate may be 0 (none).
 * The gradient of a single logit has one dy[j] that is not 0: then column j is all that is read, and the other weights
 * may be NaN or infinite unseen.
 */
export function denseRowsGradient(
  dy: usize,
  w: usize,
  wBytes: i32,
  dx: usize,
  gate: usize,
  dxBytes: usize,
  rows: i32,
  inputs: i32,
  outputs: i32,
): void {
  const dyBytes = <usize>outputs << 2;
  const wRow = <usize>outputs * <usize>wBytes;
  let first = 0;
  for (let row = 0; row < rows; row++) {
    const only = onlyNonzero(dy + <usize>row * dyBytes, outputs);
    if (only < 0) continue;
    const at = <usize>first * dxBytes;
    addDots(dy + <usize>first * dyBytes, w, wBytes, dx + at, gate && gate + at, dxBytes, row - first, inputs, outputs);
    const factor = load<f32>(dy + <usize>row * dyBytes + (<usize>only << 2));
    addColumn(factor, w + <usize>(only * wBytes), wBytes, wRow, dx + <usize>row * dxBytes, inputs);
    first = row + 1;
  }
  const at = <usize>first * dxBytes;
  addDots(dy + <usize>first * dyBytes, w, wBytes, dx + at, gate && gate + at, dxBytes, rows - first, inputs, outputs);
}

/** dx[r, i] += Σ_j W[i, j]·dy[r, j] where the gate is not 0, row of W by row of W. */
function addDots(
  dy: usize,
  w: usize,
  wBytes: i32,
  dx: usize,
  gate: usize,
  dxBytes: usize,
  rows: i32,
  inputs: i32,
  outputs: i32,
): void {
  if (rows == 0) return;
  const step: usize = gate ? 4 : 0;
  const wRow = <usize>outputs * <usize>wBytes;
  for (const end = dx + (<usize>inputs << 2); dx < end; dx += 4) {
    let from = dy;
    let to = dx;
    let open = gate;
    for (let row = 0; row < rows; row++) {
      if (gate == 0 || load<f32>(open) != 0) {
        const sum = wBytes == 4 ? dot<f32>(w, from, outputs) : dot<u16>(w, from, outputs);
        store<f32>(to, load<f32>(to) + sum);
      }
      from += <usize>outputs << 2;
      to += dxBytes;
      open += dxBytes;
    }
    w += wRow;
    gate += step;
  }
}

/** The index of the only element that is not 0 (NaN is not), or −1 when there are none or several. */
function onlyNonzero(x: usize, n: i32): i32 {
  let found = -1;
  for (let i = 0; i < n; i++) {
    if (load<f32>(x + (<usize>i << 2)) == 0) continue;
    if (found >= 0) return -1;
    found = i;
  }
  return found;
}

/** dx[i] += factor·W[i, j] with `w` at W[0, j]. */
function addColumn(factor: f32, w: usize, wBytes: i32, rowBytes: usize, dx: usize, inputs: i32): void {
  for (const end = dx + (<usize>inputs << 2); dx < end; dx += 4) {
    const weight = wBytes == 4 ? load<f32>(w) : load1<u16>(w);
    store<f32>(dx, load<f32>(dx) + factor * weight);
    w += rowBytes;
  }
}

/** Σ_j w[j]·dy[j]. */
function dot<T>(w: usize, dy: usize, n: i32): f32 {
  const sixteens = n & ~15;
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  let seen = i32x4.splat(0);
  let at = w;
  for (const last = dy + (<usize>sixteens << 2); dy < last; dy += 64) {
    const w0 = stored4<T>(at);
    const w1 = stored4<T>(at + 4 * sizeof<T>());
    const w2 = stored4<T>(at + 8 * sizeof<T>());
    const w3 = stored4<T>(at + 12 * sizeof<T>());
    if (sizeof<T>() == 2) seen = v128.or(seen, v128.or(v128.or(w0, w1), v128.or(w2, w3)));
    a = madd(value4<T>(w0), v128.load(dy), a);
    b = madd(value4<T>(w1), v128.load(dy, 16), b);
    c = madd(value4<T>(w2), v128.load(dy, 32), c);
    d = madd(value4<T>(w3), v128.load(dy, 48), d);
    at += 16 * sizeof<T>();
  }
  let sum = hsum(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
  if (sizeof<T>() == 2 && mayBeSpecial(seen)) sum += dotSpecials(w, dy - (<usize>sixteens << 2), sixteens);
  for (let left = n - sixteens; left > 0; left--) {
    sum = maddScalar(load1<T>(at), load<f32>(dy), sum);
    at += sizeof<T>();
    dy += 4;
  }
  return sum;
}

/** Σ_j w[j]·dy[j] over those f16 w[j] that are infinite or NaN. */
function dotSpecials(w: usize, dy: usize, n: i32): f32 {
  let sum: f32 = 0;
  for (const end = dy + (<usize>n << 2); dy < end; dy += 4) {
    if (isSpecial(load<u16>(w))) sum += load1<u16>(w) * load<f32>(dy);
    w += 2;
  }
  return sum;
}
