/** y[i] += x[i] for n f32 elements: where gradients of a value with several readers meet. */
export function accumulate(x: usize, y: usize, n: i32): void {
  const end = x + (<usize>n << 2);
  const last4 = x + ((<usize>n & ~3) << 2);
  while (x < last4) {
    v128.store(y, f32x4.add(v128.load(y), v128.load(x)));
    x += 16;
    y += 16;
  }
  while (x < end) {
    store<f32>(y, load<f32>(y) + load<f32>(x));
    x += 4;
    y += 4;
  }
}
