/** What the cases do not draw: f16 and int8 weights, long sums, scratch of real layers, refused shapes. */
import { describe, expect, it } from "vitest";
import { quantize } from "../../src/graph/quantize.ts";
import { conv2d, type Conv2dAttrs } from "../../src/ops/conv2d.ts";
import { convTranspose2d } from "../../src/ops/files/conv-transpose2d.ts";
import { dense } from "../../src/ops/dense.ts";
import { depthwiseConv2d } from "../../src/ops/depthwise-conv2d.ts";
import type { Op, OpContext } from "../../src/ops/op.ts";
import { elements, type Shape } from "../../src/shape.ts";
import type { Engine } from "../../src/wasm/instantiate.ts";
import type { Kernels } from "../../src/wasm/kernels.ts";
import type { Tensor } from "../../src/wasm/memory.ts";
import { soloTeam } from "../../src/wasm/team.ts";
import { conv2d as conv2dTwin } from "../reference/conv2d.ts";
import { dense as denseTwin } from "../reference/dense.ts";
import { ndarray, type NDArray, relativeL2 } from "../reference/ndarray.ts";
import { CORES, bench, type Bench, testEngine } from "../support/engine.ts";
import { seeded } from "../support/random.ts";
import { runBackward, runForward } from "./laboratory.ts";

const SAME = { strides: [1, 1], dilations: [1, 1], padding: [1, 1, 1, 1], groups: 1 } as const;

describe.each(CORES)("products in the %s build", (build) => {
  it("sum 4608 terms within 1e-6, as VGG16's deepest convolutions do", async () => {
    const random = seeded(1);
    const inputs = [random.array([1, 4, 4, 512]), random.array([3, 3, 512, 8]), random.array([8])];
    const got = runForward(await testEngine(build), conv2d, { inputs, attrs: SAME });
    expect(relativeL2(got.data, conv2dTwin(inputs, SAME).data)).toBeLessThanOrEqual(1e-6);
  });

  it("sum 25088 terms within 1e-6, as VGG16's first dense layer does", async () => {
    const random = seeded(2);
    const inputs = [random.array([1, 25088]), random.array([25088, 9])];
    const got = runForward(await testEngine(build), dense, { inputs, attrs: {} });
    expect(relativeL2(got.data, denseTwin(inputs, {}).data)).toBeLessThanOrEqual(1e-6);
  });

  it("give a dense layer's result bit by bit, whether or not inputs that are zero are left out", async () => {
    const engine = await testEngine(build);
    const random = seeded(3);
    const x = random.array([1, 700]);
    const w = random.array([700, 13]);
    x.data.forEach((_, i) => (x.data[i] = i % 3 ? x.data[i]! : 0));
    const skipped = runForward(engine, dense, { inputs: [x, w], attrs: {} });
    // 10⁻³⁰·w changes no sum here, but it is not zero.
    x.data.forEach((value, i) => (x.data[i] = value || Math.fround(1e-30)));
    expect(runForward(engine, dense, { inputs: [x, w], attrs: {} })).toEqual(skipped);
  });

  it("let a NaN input through a dense layer, and leave out the weights of inputs that are zero", async () => {
    const engine = await testEngine(build);
    const w = seeded(4).array([5, 6]);
    const x = seeded(5).array([1, 5]);
    x.data[2] = NaN;
    expect(runForward(engine, dense, { inputs: [x, w], attrs: {} }).data.every(Number.isNaN)).toBe(true);
    x.data[2] = 0;
    w.data.fill(NaN, 12, 18);
    expect(runForward(engine, dense, { inputs: [x, w], attrs: {} }).data.some(Number.isNaN)).toBe(false);
  });

  it("give one logit's gradient of a dense layer as its column of weights, whatever the others are", async () => {
    const engine = await testEngine(build);
    const x = seeded(12).array([1, 7]);
    const w = seeded(13).array([7, 30]);
    const y = ndarray([1, 30]);
    const seeds = [0, 17, 29].map((only) => {
      const dy = ndarray([1, 30]);
      dy.data[only] = 0.75;
      return [only, dy] as const;
    });
    for (const [only, dy] of seeds) {
      const column = Float64Array.from({ length: 7 }, (_, i) => Math.fround(0.75 * w.data[i * 30 + only]!));
      const call = { y, dy, wanted: [true, false] };
      expect(runBackward(engine, dense, { inputs: [x, w], attrs: {} }, call)[0]!.data).toEqual(column);
      const infinite = ndarray(
        w.shape,
        w.data.map((value, i) => (i % 30 === only ? value : Infinity)),
      );
      expect(runBackward(engine, dense, { inputs: [x, infinite], attrs: {} }, call)[0]!.data).toEqual(column);
    }
  });

  it("read infinite and NaN f16 weights of a dense layer as such, wherever they lie", async () => {
    const engine = await testEngine(build);
    const x = seeded(8).array([1, 9]);
    const w = seeded(9).array([9, 45]);
    [3, 100, 150, 404].forEach((at, i) => (w.data[at] = [Infinity, NaN, -Infinity, NaN][i]!));
    w.data[200] = 30000;
    const [wide, half] = [runWith(engine, dense, [x, w], {}, "f32"), runWith(engine, dense, [x, w], {}, "f16")];
    for (const [i, part] of half.entries()) {
      expect(part.filter(Number.isFinite).length).toBeLessThan(part.length);
      const special = (values: Float32Array): Float32Array => values.map((v) => (Number.isFinite(v) ? 0 : v));
      expect(special(part)).toEqual(special(wide[i]!));
    }
  });

  it.each(HALF_CASES)("read int8 weights as the f32 numbers they stand for: %s", async (_, op, inputs, attrs) => {
    const engine = await testEngine(build);
    const [wide, bytes] = [
      runWith(engine, op, inputs, attrs, "f32 of int8"),
      runWith(engine, op, inputs, attrs, "int8"),
    ];
    for (const [i, part] of bytes.entries()) {
      expect(relativeL2(part, wide[i]!)).toBeLessThanOrEqual(op === dense ? 1e-6 : 0);
    }
  });

  it.each(HALF_CASES)("read f16 weights as the f32 numbers they are: %s", async (_, op, inputs, attrs) => {
    const engine = await testEngine(build);
    const [wide, half] = [runWith(engine, op, inputs, attrs, "f32"), runWith(engine, op, inputs, attrs, "f16")];
    for (const [i, part] of half.entries()) {
      expect(relativeL2(part, wide[i]!)).toBeLessThanOrEqual(i === 0 || op !== dense ? 0 : 1e-6);
    }
  });
});

const random = seeded(11);
const padded = { ...SAME, activation: { kind: "relu" } } as const;
const strided = { ...SAME, strides: [2, 2] } as const;
const SPREAD = { ...SAME, outputPadding: [0, 0] } as const;
const HALF_CASES: readonly (readonly [string, Op, readonly NDArray[], unknown])[] = [
  ["conv2d", conv2d, [random.array([1, 5, 6, 19]), random.array([3, 3, 19, 21]), random.array([21])], padded],
  ["conv2d, 2 MB of weights", conv2d, [random.array([1, 3, 3, 256]), random.array([3, 3, 256, 250])], SAME],
  ["conv2d, strides", conv2d, [random.array([1, 7, 6, 9]), random.array([3, 3, 9, 12])], strided],
  ["conv2d, groups", conv2d, [random.array([1, 4, 4, 6]), random.array([3, 3, 3, 10])], { ...SAME, groups: 2 }],
  ["convTranspose2d", convTranspose2d, [random.array([1, 5, 6, 19]), random.array([3, 3, 21, 19])], SPREAD],
  [
    "convTranspose2d, strides and groups",
    convTranspose2d,
    [random.array([1, 4, 3, 6]), random.array([3, 3, 5, 6])],
    { ...SPREAD, strides: [2, 2], groups: 2 },
  ],
  ["depthwise", depthwiseConv2d, [random.array([1, 5, 6, 9]), random.array([3, 3, 9, 1])], SAME],
  ["dense, one row", dense, [random.array([1, 300]), random.array([300, 23]), random.array([23])], {}],
  ["dense, three rows", dense, [random.array([3, 31]), random.array([31, 18])], {}],
];

/** What weights are rounded to, and how they are held. */
type Held = "f32" | "f16" | "int8" | "f32 of int8";

/** y and dx with weights rounded to f16 or int8, held so or as f32. */
function runWith(engine: Engine, op: Op, inputs: readonly NDArray[], attrs: unknown, held: Held): Float32Array[] {
  const table = bench(engine);
  const [x, w, b] = inputs.map((input) => table.tensor(input.shape, input.data));
  const weights = packed(table, op, w!, attrs, held);
  const y = table.tensor(
    op.shape(
      inputs.map(({ shape }) => shape),
      attrs,
      "test",
    ),
  );
  op.forward(table, [x, weights, b], y, attrs);
  const dy = table.tensor(y.shape, seeded(6).array(y.shape).data);
  const dx = table.tensor(x!.shape);
  op.backward(table, { attrs, inputs: [x, weights, b], y, dy, dInputs: [dx] });
  const results = [table.read(y), table.read(dx)];
  table.release();
  return results;
}

function packed(table: Bench, op: Op, w: Tensor, attrs: unknown, held: Held): Tensor {
  const { kernels, heap } = table;
  const layout = op.layouts?.(attrs)["w"];
  const n = layout ? layout.elements(w.shape, attrs) : elements(w.shape);
  const wide = table.scratch(n * 4);
  const half = table.scratch(n * 2);
  if (layout) layout.pack(table, w, wide, attrs);
  if (!layout) heap.f32(wide, n).set(heap.f32(w.ptr, n));
  if (held === "int8" || held === "f32 of int8") {
    const columns = op.narrow!(attrs)["w"]!(w.shape);
    const scales = table.scratch((n / columns.rows) * 4);
    const integers = new Int8Array(n);
    const numbers = heap.f32(wide, n);
    quantize(numbers, columns, heap.f32(scales, n / columns.rows), integers);
    const scaleOf = (i: number): number =>
      heap.f32(scales, n / columns.rows)[
        Math.floor(i / (columns.rows * columns.columns)) * columns.columns + (i % columns.columns)
      ]!;
    numbers.set(Float32Array.from(integers, (q, i) => q * scaleOf(i)));
    heap.u8(half, n).set(new Uint8Array(integers.buffer));
    return held === "int8"
      ? { shape: w.shape, ptr: half, dtype: "int8", scales }
      : { shape: w.shape, ptr: wide, dtype: "f32" };
  }
  kernels.narrowF16(wide, half, n);
  kernels.widenF16(half, wide, n);
  return { shape: w.shape, ptr: held === "f16" ? half : wide, dtype: held };
}

/** side, channels in, channels out */
const VGG16: readonly (readonly [number, number, number])[] = [
  [224, 3, 64],
  [224, 64, 64],
  [112, 64, 128],
  [112, 128, 128],
  [56, 128, 256],
  [56, 256, 256],
  [28, 256, 512],
  [28, 512, 512],
  [14, 512, 512],
];

/** In MiB. Winograd's kernels are up to 38 MB large and read once for all tiles, which must fit. */
const ALGORITHMS: readonly (readonly [string, mebibytes: number, Pick<Conv2dAttrs, "algorithm">])[] = [
  ["summed directly", 2, {}],
  ["by Winograd", 7, { algorithm: "winograd" }],
];

describe.each(ALGORITHMS)("a convolution of VGG16 %s takes at most %d MiB of scratch", (_, mebibytes, algorithm) => {
  it.each(VGG16)("at %d×, %d → %d, forward and backward", async (side, inC, outC) => {
    const engine = await testEngine("simd");
    const attrs: Conv2dAttrs = { ...SAME, ...algorithm, activation: { kind: "relu" } };
    const { context, held } = idleContext(engine);
    const at = (shape: Shape): Tensor => ({ shape, ptr: 0, dtype: "f32" });
    const x = at([1, side, side, inC]);
    const w = at([3, 3, inC, outC]);
    const y = at([1, side, side, outC]);
    const b = at([outC]);
    conv2d.forward(context, [x, w, b], y, attrs);
    expect(held()).toBeLessThanOrEqual(mebibytes * 2 ** 20);
    conv2d.backward(context, { attrs, inputs: [x, w, b], y, dy: y, dInputs: [x, w, b] });
    expect(held()).toBeLessThanOrEqual(mebibytes * 2 ** 20);
  });
});

/** A context whose kernels only answer how much scratch they need; `held` gives the bytes asked for since last time. */
function idleContext({ kernels, heap }: Engine): { context: OpContext; held: () => number } {
  const idle = Object.fromEntries(
    Object.entries(kernels).map(([name, kernel]) => [name, name.endsWith("Bytes") ? kernel : () => undefined]),
  ) as unknown as Kernels;
  const owned: number[] = [];
  let bytes = 0;
  const scratch = (wanted: number): number => {
    bytes += wanted;
    owned.push(heap.alloc(wanted));
    return owned.at(-1)!;
  };
  const held = (): number => {
    for (const ptr of owned.splice(0)) heap.free(ptr);
    const sum = bytes;
    bytes = 0;
    return sum;
  };
  return { context: { kernels: idle, heap, team: soloTeam(idle), scratch }, held };
}

describe("shapes that cannot work are refused with the place and both sides", () => {
  const x = [1, 5, 5, 4];
  const window = SAME;
  const refusals: readonly (readonly [string, Op, readonly Shape[], unknown, string])[] = [
    ["channels", conv2d, [x, [3, 3, 5, 8]], window, "E_SHAPE"],
    ["groups that do not divide", conv2d, [x, [3, 3, 4, 8]], { ...window, groups: 3 }, "E_SHAPE"],
    ["filters that groups do not divide", conv2d, [x, [3, 3, 2, 7]], { ...window, groups: 2 }, "E_SHAPE"],
    ["no groups", conv2d, [x, [3, 3, 4, 8]], { ...window, groups: 0 }, "E_ATTR_INVALID"],
    ["a kernel larger than the input", conv2d, [x, [9, 3, 4, 8]], window, "E_SHAPE"],
    ["a stride of 0", conv2d, [x, [3, 3, 4, 8]], { ...window, strides: [0, 1] }, "E_ATTR_INVALID"],
    ["a dilation of ½", conv2d, [x, [3, 3, 4, 8]], { ...window, dilations: [1, 0.5] }, "E_ATTR_INVALID"],
    ["negative padding", conv2d, [x, [3, 3, 4, 8]], { ...window, padding: [0, -1, 0, 0] }, "E_ATTR_INVALID"],
    ["a bias of another length", conv2d, [x, [3, 3, 4, 8], [4]], window, "E_SHAPE"],
    ["a residual of another shape", conv2d, [x, [3, 3, 4, 8], [8], x], window, "E_SHAPE"],
    [
      "a picture without a batch",
      conv2d,
      [
        [5, 5, 4],
        [3, 3, 4, 8],
      ],
      window,
      "E_SHAPE",
    ],
    ["depthwise channels", depthwiseConv2d, [x, [3, 3, 5, 1]], window, "E_SHAPE"],
    [
      "dense inputs",
      dense,
      [
        [1, 7],
        [6, 3],
      ],
      {},
      "E_SHAPE",
    ],
    [
      "a cap below 0",
      dense,
      [
        [1, 6],
        [6, 3],
      ],
      { activation: { kind: "clipped-relu", max: -1 } },
      "E_ATTR_INVALID",
    ],
  ];

  it.each(refusals)("%s", (_, op, shapes, attrs, code) => {
    const call = (): number[] => op.shape(shapes, attrs, "layer7");
    expect(call).toThrow(expect.objectContaining({ code, where: "layer7" }));
  });
});
