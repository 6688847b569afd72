/** Operators of TensorFlow.js graphs, one graph each, against what TensorFlow.js answers (test/golden/tfjs/operators.json). */
import { describe, expect, it } from "vitest";
import { loadModel } from "../../../src/node.ts";
import type { HostTensor } from "../../../src/tensor.ts";
import { folderSource } from "../../support/folder-source.ts";
import { relativeMax } from "../../support/golden.ts";
import { folderOf, type OperatorCase, operatorCases } from "../../support/tfjs-operators.ts";

/** Sums of f32, and functions that are approximated. */
const ROUNDING = 3e-6;

const load = (one: OperatorCase) => loadModel(folderSource(folderOf(one), "model.json"), { engine: { exact: true } });

/** A graph of one node that reads a picture [1,4,4,3] and constants of whole numbers. */
function graphOf(
  op: string,
  inputs: Readonly<Record<string, readonly number[] | "x">>,
  attr: object = {},
): OperatorCase {
  const constants = Object.entries(inputs).filter((entry): entry is [string, number[]] => entry[1] !== "x");
  const dim = [1, 4, 4, 3].map((size) => ({ size: String(size) }));
  const nodes = [
    { name: "x", op: "Placeholder", attr: { shape: { shape: { dim } } } },
    ...constants.map(([name]) => ({ name, op: "Const", attr: {} })),
    { name: "y", op, input: Object.keys(inputs), attr },
  ];
  const weights = constants.map(([name, numbers]) => ({ name, shape: [numbers.length], dtype: "int32" }));
  const bytes = Buffer.from(Int32Array.from(constants.flatMap(([, numbers]) => numbers)).buffer).toString("base64");
  return { title: op, input: [], nodes, weights, bytes, output: { name: "y", shape: [], values: [] } };
}

const REFLECT = { mode: { s: btoa("REFLECT") } };

describe("a graph-model with", () => {
  it.each<[string, string, OperatorCase]>([
    ["a slice of the batch", "E_UNSUPPORTED_OP", graphOf("Slice", { x: "x", b: [0, 0, 0, 0], s: [0, 4, 4, 3] })],
    ["a slice behind the end", "E_ATTR_INVALID", graphOf("Slice", { x: "x", b: [0, 0, 0, 2], s: [1, 4, 4, 2] })],
    ["a slice of nothing", "E_ATTR_INVALID", graphOf("Slice", { x: "x", b: [0, 0, 4, 0], s: [1, 4, -1, 3] })],
    ["a stride of 0", "E_ATTR_INVALID", graphOf("StridedSlice", { x: "x", b: [0, 0], e: [1, 4], s: [1, 0] })],
    [
      "slices of five axes",
      "E_ATTR_INVALID",
      graphOf("StridedSlice", { x: "x", b: [0, 0, 0, 0, 0], e: [1, 4, 4, 3, 1], s: [1, 1, 1, 1, 1] }),
    ],
    [
      "a split into parts that are not equal",
      "E_ATTR_INVALID",
      graphOf("Split", { a: [2], x: "x" }, { num_split: { i: "3" } }),
    ],
    [
      "a split into a billion parts",
      "E_ATTR_INVALID",
      graphOf("Split", { a: [2], x: "x" }, { num_split: { i: "1000000000" } }),
    ],
    ["a split of the batch", "E_ATTR_INVALID", graphOf("Split", { a: [0], x: "x" }, { num_split: { i: "0" } })],
    ["sizes with another sum", "E_ATTR_INVALID", graphOf("SplitV", { x: "x", n: [2, 3], a: [1] })],
    ["an unpacked batch", "E_UNSUPPORTED_OP", graphOf("Unpack", { x: "x" })],
    ["a tiled batch", "E_ATTR_INVALID", graphOf("Tile", { x: "x", m: [2, 1, 1, 1] })],
    ["tiles beyond memory", "E_TENSOR_TOO_LARGE", graphOf("Tile", { x: "x", m: [1, 100_000, 100_000, 1] })],
    ["a padded batch", "E_ATTR_INVALID", graphOf("Pad", { x: "x", p: [1, 0, 0, 0, 0, 0, 0, 0] })],
    [
      "a mirror beyond the picture",
      "E_ATTR_INVALID",
      graphOf("MirrorPad", { x: "x", p: [0, 0, 4, 0, 0, 0, 0, 0] }, REFLECT),
    ],
    ["a frame below 0", "E_ATTR_INVALID", graphOf("MirrorPad", { x: "x", p: [0, 0, -1, 0, 0, 0, 0, 0] }, REFLECT)],
    ["a picture of size 0", "E_ATTR_INVALID", graphOf("ResizeBilinear", { x: "x", s: [0, 4] })],
    ["a picture beyond memory", "E_TENSOR_TOO_LARGE", graphOf("ResizeBilinear", { x: "x", s: [100_000, 100_000] })],
    ["a sum of nothing", "E_GRAPH", graphOf("AddN", {})],
    ["a sum over the batch", "E_UNSUPPORTED_OP", graphOf("Sum", { x: "x", a: [0, 1] })],
    ["a sum over an axis twice", "E_ATTR_INVALID", graphOf("Sum", { x: "x", a: [1, -3] })],
    ["a choice of rows by a vector", "E_ATTR_INVALID", graphOf("Select", { c: [1], x: "x", y2: [1] })],
  ])("%s is refused with %s", async (_, code, one) => {
    await expect(load(one)).rejects.toMatchObject({ code });
  });

  it.each(operatorCases())("$title answers as in TensorFlow.js", async (one) => {
    const { input: shape, output } = one;
    const model = await load(one);
    const length = shape.reduce((product, size) => product * size, 1);
    const data = Float32Array.from({ length }, (_, i) => Math.sin(0.37 * i));
    const answer = Object.values(await model.run({ shape, data }))[0]!;
    expect(answer.shape).toEqual(output.shape);
    expect(relativeMax(answer.data, output.values)).toBeLessThan(ROUNDING);
    model.dispose();
  });

  it("a filter of one channel for each group has as many groups as channels, which TensorFlow.js cannot run", async () => {
    const filter = Float32Array.from({ length: 2 * 2 * 6 }, (_, i) => Math.cos(i));
    const dim = [1, 4, 4, 3].map((size) => ({ size: String(size) }));
    const strides = { list: { i: ["1", "1", "1", "1"] } };
    const model = await load({
      title: "groups",
      input: [],
      nodes: [
        { name: "x", op: "Placeholder", attr: { shape: { shape: { dim } } } },
        { name: "w", op: "Const", attr: {} },
        { name: "y", op: "Conv2D", input: ["x", "w"], attr: { strides, padding: { s: btoa("VALID") } } },
      ],
      weights: [{ name: "w", shape: [2, 2, 1, 6], dtype: "float32" }],
      bytes: Buffer.from(filter.buffer).toString("base64"),
      output: { name: "y", shape: [], values: [] },
    });
    const x = Float32Array.from({ length: 48 }, (_, i) => Math.sin(0.37 * i));
    const answer = await model.run({ shape: [1, 4, 4, 3], data: x });
    model.dispose();
    const [row, column, f] = [2, 1, 3];
    const taps = [0, 1, 2, 3].map((tap) => {
      const [dy, dx] = [tap >> 1, tap & 1];
      return x[((row + dy) * 4 + column + dx) * 3 + Math.floor(f / 2)]! * filter[tap * 6 + f]!;
    });
    const [{ shape, data }] = Object.values(answer) as [HostTensor];
    expect(shape).toEqual([1, 3, 3, 6]);
    expect(data[(row * 3 + column) * 6 + f]).toBeCloseTo(
      taps.reduce((sum, tap) => sum + tap, 0),
      6,
    );
  });
});
