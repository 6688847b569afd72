/** Rows added up in registers before they go to memory: short chains round less. */
const BLOCK = 64;

/** out[j] += Σ_i x[i, j]: m rows of n floats, `bytes` apart. The gradient of a bias. */
export function columnSums(x: usize, m: i32, n: i32, bytes: usize, out: usize): void {
  const n16 = <usize>(n & ~15) << 2;
  const end = <usize>n << 2;
  for (let row = 0; row < m; row += BLOCK) {
    const rows = min(BLOCK, m - row);
    for (let at: usize = 0; at < n16; at += 64) addSixteen(x + at, rows, bytes, out + at);
    for (let at = n16; at < end; at += 4) addOne(x + at, rows, bytes, out + at);
    x += <usize>rows * bytes;
  }
}

function addSixteen(x: usize, rows: i32, bytes: usize, out: usize): void {
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  do {
    a = f32x4.add(a, v128.load(x));
    b = f32x4.add(b, v128.load(x, 16));
    c = f32x4.add(c, v128.load(x, 32));
    d = f32x4.add(d, v128.load(x, 48));
    x += bytes;
  } while (--rows > 0);
  v128.store(out, f32x4.add(v128.load(out), a));
  v128.store(out, f32x4.add(v128.load(out, 16), b), 16);
  v128.store(out, f32x4.add(v128.load(out, 32), c), 32);
  v128.store(out, f32x4.add(v128.load(out, 48), d), 48);
}

function addOne(x: usize, rows: i32, bytes: usize, out: usize): void {
  let sum: f32 = 0;
  do {
    sum += load<f32>(x);
    x += bytes;
  } while (--rows > 0);
  store<f32>(out, load<f32>(out) + sum);
}
