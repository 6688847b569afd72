/**
 * to[i] = dy[i] where y[i] lies inside (low, high), else 0: the gradient through a clamp, from its result alone.
 * A bound that is NaN does not exist; where y is NaN dy passes, so that nothing hides it.
 */
export function maskGradient(dy: usize, y: usize, to: usize, n: i32, low: f32, high: f32): void {
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  const end = to + (<usize>n << 2);
  for (const last = to + (<usize>(n & ~3) << 2); to < last; to += 16) {
    const value = v128.load(y);
    const outside = v128.or(f32x4.le(value, lows), f32x4.ge(value, highs));
    v128.store(to, v128.andnot(v128.load(dy), outside));
    dy += 16;
    y += 16;
  }
  for (; to < end; to += 4) {
    const value = load<f32>(y);
    store<f32>(to, value <= low || value >= high ? 0 : load<f32>(dy));
    dy += 4;
    y += 4;
  }
}
