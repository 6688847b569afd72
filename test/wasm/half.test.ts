import { describe, expect, it } from "vitest";
import { BUILDS, bench, testEngine } from "../support/engine.ts";
import { seeded } from "../support/random.ts";

/** The value of an f16, from its definition. */
function valueOf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 0x3ff;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24);
}

/** The f16 nearest to a finite f32, ties to even: all differences are exact in f64. */
function nearestHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  let low = 0;
  let high = 0x7c00;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (valueOf(middle) <= Math.abs(value)) low = middle;
    else high = middle;
  }
  const above = high === 0x7c00 ? 65536 : valueOf(high);
  const [down, up] = [Math.abs(value) - valueOf(low), above - Math.abs(value)];
  return sign | (down < up || (down === up && low % 2 === 0) ? low : high);
}

const ALL_HALVES = Uint16Array.from({ length: 65536 }, (_, i) => i);

describe.each(BUILDS)("binary16 in the %s build", (build) => {
  it("widens all 65536 of them exactly", async () => {
    const { kernels, heap } = await testEngine(build);
    const src = heap.alloc(ALL_HALVES.length * 2);
    const dst = heap.alloc(ALL_HALVES.length * 4);
    heap.u16(src, ALL_HALVES.length).set(ALL_HALVES);
    kernels.widenF16(src, dst, ALL_HALVES.length);
    expect(heap.f32(dst, ALL_HALVES.length)).toEqual(Float32Array.from(ALL_HALVES, valueOf));
    kernels.narrowF16(dst, src, ALL_HALVES.length);
    const back = heap.u16(src, ALL_HALVES.length).map((half) => (Number.isNaN(valueOf(half)) ? 0x7e00 : half));
    expect(back).toEqual(ALL_HALVES.map((half) => (Number.isNaN(valueOf(half)) ? 0x7e00 : half)));
    heap.free(src);
    heap.free(dst);
  });

  it("narrows to the nearest, ties to even, at every scale", async () => {
    const engine = await testEngine(build);
    const random = seeded(7);
    const ties = Array.from({ length: 2000 }, (_, i) => (valueOf(i * 15) + valueOf(i * 15 + 1)) / 2);
    const drawn = Array.from({ length: 4001 }, () => random.uniform(-2, 2) * 2 ** random.int(-28, 17));
    const values = Float32Array.from([...ties, ...drawn, 65504, 65519.99, 65520, -65536, 2 ** -25, 2 ** -26, -0]);
    const table = bench(engine);
    const src = table.tensor([values.length], values);
    const dst = table.scratch(values.length * 2);
    engine.kernels.narrowF16(src.ptr, dst, values.length);
    expect(engine.heap.u16(dst, values.length)).toEqual(Uint16Array.from(values, nearestHalf));
    table.release();
  });

  it("keeps infinities, and NaN as NaN, with every tail length", async () => {
    const engine = await testEngine(build);
    for (let n = 1; n <= 9; n++) {
      const table = bench(engine);
      const values = Float32Array.from({ length: n }, (_, i) => [NaN, Infinity, -Infinity][i % 3]!);
      const src = table.tensor([n], values);
      engine.kernels.narrowF16(src.ptr, src.ptr, n);
      const wide = table.tensor([n]);
      engine.kernels.widenF16(src.ptr, wide.ptr, n);
      expect(table.read(wide)).toEqual(values);
      table.release();
    }
  });
});
