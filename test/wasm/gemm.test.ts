import { describe, expect, it } from "vitest";
import { matmul } from "../reference/gemm.ts";
import { type NDArray, ndarray, relativeL2 } from "../reference/ndarray.ts";
import { CORES, bench, testEngine } from "../support/engine.ts";
import { seeded } from "../support/random.ts";

/** Sizes that leave every tail of the register tile and cross every block of the loops around it. */
const SIZES: readonly (readonly [m: number, n: number, k: number])[] = [
  [1, 1, 1],
  [2, 7, 3],
  [3, 9, 5],
  [4, 8, 4],
  [5, 16, 385],
  [6, 3, 770],
  [7, 21, 31],
  [49, 24, 64],
  [130, 12, 17],
  [9, 530, 11],
];

function transposed({ shape, data }: NDArray): NDArray {
  const [rows, columns] = shape as [number, number];
  return ndarray(
    [columns, rows],
    data.map((_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!),
  );
}

describe.each(CORES)("matrix products in the %s build", (build) => {
  it.each(SIZES)("%d×%d×%d equal their f64 twin, either operand transposed", async (m, n, k) => {
    const engine = await testEngine(build);
    const random = seeded(m * 1000 + n);
    const [a, b] = [random.array([m, k]), random.array([k, n], { scale: 1 / Math.sqrt(k) })];
    const [bias, residual] = [random.array([n]), random.array([m, n])];
    const sum = matmul(a, b).data.map((value, i) => value + bias.data[i % n]! + residual.data[i]!);
    const want = sum.map((value) => Math.min(Math.max(value, -1), 2));
    for (const [flipA, flipB] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ]) {
      const table = bench(engine);
      const at = table.tensor(a.shape, (flipA ? transposed(a) : a).data).ptr;
      const bt = table.tensor(b.shape, (flipB ? transposed(b) : b).data).ptr;
      const c = table.tensor([m, n], residual.data);
      const work = table.scratch(engine.kernels.gemmBytes(m, n, k));
      const [aRow, aColumn] = flipA ? [4, m * 4] : [k * 4, 4];
      const [bRow, bColumn] = flipB ? [4, k * 4] : [n * 4, 4];
      const biasAt = table.tensor([n], bias.data).ptr;
      const out = c.ptr;
      engine.kernels.gemm(m, n, k, at, aRow, aColumn, bt, bRow, bColumn, biasAt, out, out, n * 4, -1, 2, work);
      expect(relativeL2(table.read(c), want)).toBeLessThanOrEqual(1e-6);
      table.release();
    }
  });

  it("give the same bits however their rows are cut", async () => {
    const engine = await testEngine(build);
    const [m, n, k] = [23, 17, 801];
    const random = seeded(5);
    const table = bench(engine);
    const a = table.tensor([m, k], random.array([m, k]).data).ptr;
    const b = table.tensor([k, n], random.array([k, n]).data).ptr;
    const panels = table.scratch(k * 24 * 4);
    engine.kernels.packPanels(b, k, n, n * 4, 4, panels);
    const work = table.scratch(engine.kernels.multiplyPanelsBytes());
    const multiply = (first: number, rows: number, c: number): void => {
      const out = c + first * n * 4;
      const from = a + first * k * 4;
      engine.kernels.multiplyPanels(rows, n, k, from, k * 4, panels, 0, 0, out, n * 4, -Infinity, Infinity, work);
    };
    const whole = table.tensor([m, n]);
    multiply(0, m, whole.ptr);
    for (const step of [1, 2, 3, 4, 5, 6, 7, 9, 10, 11]) {
      const parts = table.tensor([m, n]);
      for (let row = 0; row < m; row += step) multiply(row, Math.min(step, m - row), parts.ptr);
      expect(table.read(parts)).toEqual(table.read(whole));
    }
    table.release();
  });
});
