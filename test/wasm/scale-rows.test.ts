/** The core's folding of scales into kernels has the bits of its twin in JavaScript. */
import { describe, expect, it } from "vitest";
import { applyScale } from "../../src/graph/parameter.ts";
import { BUILDS, bench, testEngine } from "../support/engine.ts";
import { seeded } from "../support/random.ts";

describe.each(BUILDS)("scaling rows in the %s build", (build) => {
  it.each([
    [1, 1],
    [9, 3],
    [5, 4],
    [7, 13],
    [3, 64],
  ])("multiplies %i × %i numbers in f64 and rounds once", async (rows, columns) => {
    const random = seeded(rows * 100 + columns);
    const b = bench(await testEngine(build));
    const values = Float32Array.from({ length: rows * columns }, () => random.uniform(-1, 1));
    const scale = Float64Array.from({ length: columns }, () => random.uniform(-1, 2));
    const x = b.tensor([rows, columns], values);
    const factors = b.scratch(scale.byteLength);
    new Float64Array(b.heap.memory.buffer, factors, columns).set(scale);
    b.kernels.scaleRows(x.ptr, factors, rows, columns);
    applyScale(scale, values);
    expect(b.read(x)).toEqual(values);
    b.release();
  });
});
