/** Winograd's convolution beside the direct one: the same numbers within its rounding, and the same bits however it is cut. */
import { describe, expect, it } from "vitest";
import { conv2d, type Conv2dAttrs } from "../../src/ops/conv2d.ts";
import { winograd8 } from "../../src/ops/conv2d-winograd.ts";
import { windowShape } from "../../src/ops/conv-shape.ts";
import {
  adjointGeometry,
  convGeometry,
  type ConvGeometry,
  GEOMETRY_BYTES,
  writeGeometry,
} from "../../src/wasm/conv-geometry.ts";
import type { Engine } from "../../src/wasm/instantiate.ts";
import { conv2d as twin } from "../reference/conv2d.ts";
import { ndarray, type NDArray, relativeL2 } from "../reference/ndarray.ts";
import { CORES, bench, type Bench, testEngine } from "../support/engine.ts";
import { seeded } from "../support/random.ts";
import { outputShape, runBackward, runForward } from "../ops/laboratory.ts";

const DIRECT: Conv2dAttrs = { strides: [1, 1], dilations: [1, 1], padding: [1, 1, 1, 1], groups: 1 };

type Shape4 = readonly [number, number, number, number];
interface Layer {
  readonly x: Shape4;
  readonly filters: number;
  readonly padding: Conv2dAttrs["padding"];
}

/** Several blocks of tiles, runs of channels and of filters, none of them whole. */
const LAYERS: readonly Layer[] = [
  { x: [1, 30, 29, 70], filters: 33, padding: [1, 1, 1, 1] },
  { x: [3, 9, 14, 131], filters: 70, padding: [0, 2, 1, 0] },
  { x: [2, 17, 8, 19], filters: 150, padding: [3, 0, 0, 3] },
  { x: [1, 14, 14, 600], filters: 24, padding: [1, 1, 1, 1] },
  { x: [1, 50, 49, 9], filters: 140, padding: [1, 1, 1, 1] },
];

const titleOf = ({ x, filters, padding }: Layer): string =>
  `[${x.join(",")}] → ${String(filters)}, padded [${padding.join(",")}]`;

/** x ≥ 0 as behind a ReLU, He's weights. */
function draw({ x, filters, padding }: Layer): { inputs: NDArray[]; attrs: Conv2dAttrs } {
  const random = seeded(filters);
  const positive = ndarray(
    x,
    random.array(x).data.map((value) => Math.max(value, 0)),
  );
  const w = random.array([3, 3, x[3], filters], { scale: Math.sqrt(2 / (9 * x[3])) });
  return { inputs: [positive, w, random.array([filters])], attrs: { ...DIRECT, padding } };
}

const asWinograd = (attrs: Conv2dAttrs): Conv2dAttrs => ({ ...attrs, algorithm: "winograd" });

/** y or dx in rows of tiles, `step` of them per call. */
function inRows(engine: Engine, table: Bench, layer: Layer, what: "y" | "dx", step: number): Float32Array {
  const { inputs, attrs } = draw(layer);
  const [x, w, b] = inputs.map(({ shape, data }) => table.tensor(shape, data));
  const y = [layer.x[0], ...windowShape(layer.x, [3, 3], attrs, "test"), layer.filters];
  const u = table.scratch(winograd8.elements(w!.shape, attrs) * 4);
  winograd8.pack(table, w!, u, attrs);
  const forward = convGeometry(layer.x, [3, 3], y, attrs);
  const g = what === "y" ? forward : adjointGeometry(forward);
  const { geometry, scratch } = placeGeometry(engine, table, g, what === "dx" ? 1 : 0);
  const dy = table.tensor(y, seeded(3).array(y).data);
  const gate = table.tensor(y, seeded(4).array(y).data);
  const result = table.tensor(what === "y" ? y : layer.x);
  const rows = g.batch * Math.ceil(g.outH / 4);
  for (let row = 0; row < rows; row += step) {
    const range = [0, g.outC, row, Math.min(rows, row + step)] as const;
    if (what === "y") {
      engine.kernels.winogradRows(geometry, x!.ptr, u, b!.ptr, 0, result.ptr, 0, 3, ...range, scratch);
    } else {
      const dz = [dy.ptr, gate.ptr, 0, 1] as const;
      engine.kernels.winogradInputGradient(geometry, ...dz, u, result.ptr, ...range, scratch);
    }
  }
  return table.read(result);
}

function placeGeometry(engine: Engine, table: Bench, g: ConvGeometry, adjoint: 0 | 1) {
  const geometry = table.scratch(GEOMETRY_BYTES);
  writeGeometry(engine.heap, geometry, g);
  return { geometry, scratch: table.scratch(engine.kernels.winogradBytes(geometry, adjoint)) };
}

describe.each(CORES)("Winograd's convolution in the %s build", (build) => {
  it.each(LAYERS.map((layer) => [titleOf(layer), layer] as const))("is the convolution: %s", async (_, layer) => {
    const engine = await testEngine(build);
    const { inputs, attrs } = draw(layer);
    const got = runForward(engine, conv2d, { inputs, attrs: asWinograd(attrs) });
    const error = relativeL2(got.data, twin(inputs, attrs).data);
    expect(error).toBeLessThanOrEqual(2e-6);
    expect(relativeL2(got.data, runForward(engine, conv2d, { inputs, attrs }).data)).toBeLessThanOrEqual(2e-6);
  });

  it.each(LAYERS.map((layer) => [titleOf(layer), layer] as const))("has its gradients: %s", async (_, layer) => {
    const engine = await testEngine(build);
    const { inputs, attrs } = draw(layer);
    const clamped: Conv2dAttrs = { ...attrs, activation: { kind: "clipped-relu", max: 1 } };
    const random = seeded(5);
    const shape = outputShape(conv2d, { inputs, attrs });
    const call = { y: random.array(shape), dy: random.array(shape), wanted: [true, true, true] };
    const [dx, dw, db] = runBackward(engine, conv2d, { inputs, attrs: asWinograd(clamped) }, call);
    const [wantDx, wantDw, wantDb] = runBackward(engine, conv2d, { inputs, attrs: clamped }, call);
    expect(relativeL2(dx!.data, wantDx!.data)).toBeLessThanOrEqual(2e-6);
    expect(relativeL2(dw!.data, wantDw!.data)).toBeLessThanOrEqual(2e-6);
    expect(db).toEqual(wantDb);
  });

  it.each(LAYERS.map((layer) => [titleOf(layer), layer] as const))(
    "has the same bits in any parts: %s",
    async (_, layer) => {
      const engine = await testEngine(build);
      const table = bench(engine);
      for (const what of ["y", "dx"] as const) {
        const whole = inRows(engine, table, layer, what, Infinity);
        for (const step of [1, 2, 3, 5]) expect(inRows(engine, table, layer, what, step)).toEqual(whole);
      }
      table.release();
    },
  );

  it("adds to the gradient of its kernel, the same bits for some filters as for all", async () => {
    const engine = await testEngine(build);
    const table = bench(engine);
    const [x, y] = [table.tensor([2, 20, 19, 6], seeded(1).array([2, 20, 19, 6]).data), [2, 20, 19, 21] as const];
    const dy = table.tensor(y, seeded(2).array(y).data);
    const geometry = table.scratch(GEOMETRY_BYTES);
    writeGeometry(engine.heap, geometry, convGeometry(x.shape, [3, 3], y, DIRECT));
    const scratch = table.scratch(engine.kernels.winogradWeightGradientBytes(geometry));
    const gradient = (...ranges: readonly (readonly [number, number])[]): Float32Array => {
      const dw = table.tensor([3, 3, 6, 21], new Float32Array(9 * 6 * 21).fill(5));
      for (const range of ranges) {
        engine.kernels.winogradWeightGradient(geometry, x.ptr, dy.ptr, 0, NaN, NaN, dw.ptr, ...range, scratch);
      }
      return table.read(dw);
    };
    const whole = gradient([0, 21]);
    expect(gradient([0, 3], [3, 8], [8, 21])).toEqual(whole);
    expect(gradient()).toEqual(new Float32Array(9 * 6 * 21).fill(5));
    const sums = runBackward(
      engine,
      conv2d,
      {
        inputs: [ndarray(x.shape, Float64Array.from(table.read(x))), ndarray([3, 3, 6, 21], new Float64Array(1134))],
        attrs: DIRECT,
      },
      {
        y: ndarray([...y], new Float64Array(2 * 20 * 19 * 21)),
        dy: ndarray([...y], Float64Array.from(table.read(dy))),
        wanted: [false, true],
        initial: [undefined, ndarray([3, 3, 6, 21], new Float64Array(1134).fill(5))],
      },
    );
    expect(relativeL2(whole, sums[1]!.data)).toBeLessThanOrEqual(2e-6);
    table.release();
  });

  it("reads kernels at the points: at 0 the first tap, at ∞ the last, between them sums", async () => {
    const engine = await testEngine(build);
    const table = bench(engine);
    const w = table.tensor([3, 3, 2, 3], seeded(1).array([3, 3, 2, 3]).data);
    const u = table.tensor([36, 1, 4, 8], new Float32Array(36 * 32).fill(NaN));
    winograd8.pack(table, w, u.ptr, DIRECT);
    const [values, kernel] = [table.read(u), table.read(w)];
    const at = (point: number, channel: number, filter: number): number => values[(point * 4 + channel) * 8 + filter]!;
    const tap = (kh: number, kw: number): number => kernel[((kh * 3 + kw) * 2 + 1) * 3 + 2]!;
    expect(at(0, 1, 2)).toBe(tap(0, 0));
    expect(at(5, 1, 2)).toBe(tap(0, 2));
    expect(at(35, 1, 2)).toBe(tap(2, 2));
    expect(at(1, 1, 2)).toBe(Math.fround((-2 / 3) * tap(0, 0) - (Math.SQRT2 / 3) * tap(0, 1) - (1 / 3) * tap(0, 2)));
    expect(values.filter((_, i) => i % 8 > 2 || i % 32 > 15).every((value) => value === 0)).toBe(true);
    table.release();
  });
});
