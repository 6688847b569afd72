/** The fast path reads rows straight from x; the readable one writes cols = im2col(x) first. Both must agree. */
import { describe, expect, it } from "vitest";
import type { Engine } from "../../src/wasm/instantiate.ts";
import {
  convGeometry,
  type ConvGeometry,
  GEOMETRY_BYTES,
  type Window,
  writeGeometry,
} from "../../src/wasm/conv-geometry.ts";
import { windowShape } from "../../src/ops/conv-shape.ts";
import { dot, norm, relativeL2 } from "../reference/ndarray.ts";
import { CORES, bench, type Bench, testEngine } from "../support/engine.ts";
import { seeded } from "../support/random.ts";

interface Layer extends Window {
  readonly x: readonly [number, number, number, number];
  readonly kernel: readonly [number, number];
  readonly filters: number;
}

const plain = { strides: [1, 1], dilations: [1, 1], padding: [1, 1, 1, 1] } as const;
const LAYERS: readonly (readonly [title: string, layer: Layer])[] = [
  ["a first layer", { ...plain, x: [1, 9, 11, 3], kernel: [3, 3], filters: 10 }],
  [
    "a strided first layer narrower than its kernel",
    { x: [2, 15, 4, 3], kernel: [7, 7], filters: 9, strides: [2, 2], dilations: [1, 1], padding: [3, 2, 3, 4] },
  ],
  [
    "a first layer with lines apart",
    { x: [1, 14, 33, 4], kernel: [3, 5], filters: 16, strides: [2, 1], dilations: [2, 1], padding: [4, 0, 1, 3] },
  ],
  ["a 3×3 layer", { ...plain, x: [2, 7, 5, 20], kernel: [3, 3], filters: 16 }],
  ["long sums", { ...plain, x: [1, 5, 5, 130], kernel: [3, 3], filters: 9 }],
  ["very deep taps", { ...plain, x: [1, 3, 4, 800], kernel: [2, 2], filters: 8, padding: [1, 0, 0, 1] }],
  ["many pixels", { ...plain, x: [1, 21, 20, 13], kernel: [2, 3], filters: 5, padding: [0, 1, 2, 0] }],
  [
    "strides and dilation",
    { x: [2, 12, 9, 17], kernel: [3, 2], filters: 11, strides: [2, 3], dilations: [2, 3], padding: [3, 0, 1, 2] },
  ],
];

/** A layer in linear memory with everything both paths need. */
function place(engine: Engine, table: Bench, layer: Layer) {
  const random = seeded(layer.filters);
  const y = [layer.x[0], ...windowShape(layer.x, layer.kernel, layer, "test"), layer.filters];
  const g = convGeometry(layer.x, layer.kernel, y, layer);
  const k = g.kH * g.kW * g.inC;
  const rows = g.batch * g.outH * g.outW;
  const geometry = table.scratch(GEOMETRY_BYTES);
  writeGeometry(engine.heap, geometry, g);
  const w = table.tensor([k, g.outC], random.array([k, g.outC], { scale: 1 / Math.sqrt(k) }).data);
  const panels = table.scratch(k * Math.ceil(g.outC / 8) * 32);
  engine.kernels.packPanels(w.ptr, k, g.outC, g.outC * 4, 4, panels);
  const x = table.tensor(layer.x, random.array(layer.x).data);
  const bias = table.tensor([g.outC], random.array([g.outC]).data);
  return { g, k, rows, geometry, panels, x, bias, y };
}

type Placed = ReturnType<typeof place>;

function direct(engine: Engine, table: Bench, placed: Placed, rowStep: number, columnStep: number): Float32Array {
  const { g, k, rows, geometry, panels, x, bias } = placed;
  const y = table.tensor(placed.y);
  const work = table.scratch(engine.kernels.convRowsBytes(geometry, g.inC));
  for (let row = 0; row < rows; row += rowStep) {
    for (let column = 0; column < g.outC; column += columnStep) {
      const range = [row, Math.min(rows, row + rowStep)] as const;
      const part = panels + column * k * 4;
      const columns = Math.min(columnStep, g.outC - column);
      const [b, out] = [bias.ptr + column * 4, y.ptr + column * 4];
      engine.kernels.convRows(geometry, x.ptr, g.inC, part, columns, b, 0, out, 0, 3, ...range, work);
    }
  }
  return table.read(y);
}

function explicit(engine: Engine, table: Bench, placed: Placed): Float32Array {
  const { g, k, rows, geometry, panels, x, bias } = placed;
  const y = table.tensor(placed.y);
  const cols = table.tensor([rows, k]);
  engine.kernels.im2col(geometry, x.ptr, g.inC, 0, g.kH * g.kW, 0, rows, cols.ptr);
  const work = table.scratch(engine.kernels.multiplyPanelsBytes());
  const bytes = g.outC * 4;
  engine.kernels.multiplyPanels(rows, g.outC, k, cols.ptr, k * 4, panels, bias.ptr, 0, y.ptr, bytes, 0, 3, work);
  return table.read(y);
}

const isOneBlock = ({ g }: { g: ConvGeometry }): boolean => g.kH * g.kW * g.inC <= 256;

describe.each(CORES)("convolution in the %s build", (build) => {
  it.each(LAYERS)("equals im2col and a matrix product: %s", async (_, layer) => {
    const engine = await testEngine(build);
    const table = bench(engine);
    const placed = place(engine, table, layer);
    const got = direct(engine, table, placed, Infinity, 8 * placed.g.outC);
    const want = explicit(engine, table, placed);
    // Sums of one block ascend alike; longer ones are cut between taps here and anywhere there.
    if (isOneBlock(placed)) expect(got).toEqual(want);
    expect(relativeL2(got, want)).toBeLessThanOrEqual(5e-7);
    table.release();
  });

  it.each(LAYERS)("gives the same bits however rows and columns are cut: %s", async (_, layer) => {
    const engine = await testEngine(build);
    const table = bench(engine);
    const placed = place(engine, table, layer);
    const whole = direct(engine, table, placed, Infinity, 8 * placed.g.outC);
    for (const step of [1, 2, 3, 5, 6, 7, 50]) {
      expect(direct(engine, table, placed, step, 8 * Math.ceil(step / 4))).toEqual(whole);
    }
    table.release();
  });

  it.each(LAYERS)("im2col and col2im are adjoint, in parts too: %s", async (_, layer) => {
    const engine = await testEngine(build);
    const table = bench(engine);
    const { g, k, rows, geometry, x } = place(engine, table, layer);
    const taps = g.kH * g.kW;
    const cols = table.tensor([rows, k]);
    engine.kernels.im2col(geometry, x.ptr, g.inC, 0, taps, 0, rows, cols.ptr);
    const dcols = table.tensor([rows, k], seeded(3).array([rows, k]).data);
    const dx = table.tensor(layer.x);
    engine.kernels.col2im(geometry, dcols.ptr, g.inC, 0, taps, 0, rows, dx.ptr);
    const [left, right] = [table.read(cols), table.read(dcols)];
    const error = dot(left, right) - dot(table.read(x), table.read(dx));
    expect(Math.abs(error)).toBeLessThanOrEqual(1e-6 * norm(left) * norm(right));

    const part = table.tensor([rows - 1, taps - 1, g.inC]);
    engine.kernels.im2col(geometry, x.ptr, g.inC, 1, taps, 1, rows, part.ptr);
    const wanted = left.filter((_value, i) => i >= k && i % k >= g.inC);
    expect(table.read(part)).toEqual(wanted);
    table.release();
  });
});
