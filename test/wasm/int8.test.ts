/** int8 weights: the core widens them exactly; quantising keeps zeros and the largest of every column. */
import { describe, expect, it } from "vitest";
import { quantize } from "../../src/graph/quantize.ts";
import { BUILDS, bench, testEngine } from "../support/engine.ts";
import { seeded } from "../support/random.ts";

describe.each(BUILDS)("int8 in the %s build", (build) => {
  it.each([
    [1, 1, 1],
    [3, 7, 7],
    [4, 8, 8],
    [2, 13, 20],
    [5, 24, 24],
  ])("widens %i × %i numbers, rows %i bytes apart", async (rows, columns, stride) => {
    const random = seeded(rows + columns);
    const b = bench(await testEngine(build));
    const q = Int8Array.from({ length: rows * stride }, () => random.int(-127, 127));
    const scales = Float32Array.from({ length: columns }, () => random.uniform(0, 2));
    const from = b.scratch(q.length);
    b.heap.u8(from, q.length).set(new Uint8Array(q.buffer));
    const factors = b.tensor([columns], scales);
    const to = b.tensor([rows, columns]);
    b.kernels.widenI8(from, stride, rows, columns, factors.ptr, to.ptr);
    const expected = Array.from({ length: rows * columns }, (_, i) =>
      Math.fround(q[Math.floor(i / columns) * stride + (i % columns)]! * scales[i % columns]!),
    );
    expect(Array.from(b.read(to))).toEqual(expected);
    b.release();
  });
});

describe("quantising", () => {
  it("has one scale per column of every block, exact at its largest, and keeps zeros", () => {
    // Two blocks of two rows and three columns; the last column of the second is all zeros.
    const values = Float32Array.from([1, -2, 0, 0.5, 1, 3, 127, 10, 0, -64, -20, 0]);
    const scales = new Float32Array(6);
    const q = new Int8Array(12);
    quantize(values, { rows: 2, columns: 3 }, scales, q);
    expect(Array.from(scales)).toEqual([1 / 127, 2 / 127, 3 / 127, 1, 20 / 127, 0].map(Math.fround));
    expect(Array.from(q)).toEqual([127, -127, 0, 64, 64, 127, 127, 64, 0, -64, -127, 0]);
  });

  it("is within half a step everywhere, and finds what it made again", () => {
    const random = seeded(3);
    const values = Float32Array.from({ length: 64 * 24 }, () => random.uniform(-1, 1) ** 3);
    const columns = { rows: 64, columns: 24 };
    const [scales, again] = [new Float32Array(24), new Float32Array(24)];
    const [q, same] = [new Int8Array(values.length), new Int8Array(values.length)];
    quantize(values, columns, scales, q);
    values.forEach((value, i) => {
      expect(Math.abs(q[i]! * scales[i % 24]! - value)).toBeLessThanOrEqual(0.5001 * scales[i % 24]!);
    });
    quantize(
      Float32Array.from(q, (integer, i) => integer * scales[i % 24]!),
      columns,
      again,
      same,
    );
    expect(same).toEqual(q);
  });
});
