/** ONNX files whose operators ask for what cannot be, or for too much: loaded, and run where they load. */
import { describe, expect, it } from "vitest";
import { loadModel } from "../../../../src/node.ts";
import { elements } from "../../../../src/shape.ts";
import { codeOf } from "../../../support/error-code.ts";
import { floats, integers, modelProto, type NodeParts } from "../../../support/onnx.ts";

const PICTURE = [1, 3, 8, 8];
/** Room for 2^20 numbers: what is above is refused, what is below is run. */
const LIMITS = { tensorBytes: 2 ** 22 };

/** One picture, then two, through one operator of x and of others that are known. */
async function outcome(op: string, attributes: Attributes, others: readonly Other[]): Promise<string> {
  const inputs = ["x", ...others.map((_, i) => `w${i}`)];
  const tensors = others.map((make, i) => make(`w${i}`));
  const parts = { nodes: [{ op, inputs, outputs: ["y"], attributes }], inputs: [["x", PICTURE]] as const };
  const bytes = modelProto({ ...parts, tensors: tensors.filter((tensor) => tensor !== undefined), opset: 18 });
  return codeOf(async () => {
    const model = await loadModel(bytes, { limits: LIMITS, engine: { build: "simd", threads: 1 } });
    for (const pictures of [1, 2]) {
      const shape = [pictures, ...PICTURE.slice(1)];
      const [y] = Object.values(await model.run({ shape, data: new Float32Array(elements(shape)).fill(0.5) }));
      expect(y!.data).toHaveLength(elements(y!.shape));
      expect(y!.shape[0]).toBe(pictures);
    }
    model.dispose();
  });
}

type Attributes = NonNullable<NodeParts["attributes"]>;
type Other = (name: string) => Uint8Array | undefined;
const ints =
  (...values: number[]): Other =>
  (name) =>
    integers(name, values);
const reals =
  (...values: number[]): Other =>
  (name) =>
    floats(name, [values.length], values);
const filled =
  (...dims: number[]): Other =>
  (name) =>
    floats(name, dims, new Array<number>(elements(dims)).fill(0.1));
const nothing: Other = (name) => floats(name, [0], []);

const KERNEL = filled(3, 4, 3, 3);

describe("row 34: operators of files", () => {
  it.each<[what: string, code: string, op: string, attributes: Attributes, ...others: Other[]]>([
    ["10^9 lines", "E_TENSOR_TOO_LARGE", "Resize", {}, nothing, nothing, ints(1, 3, 1e9, 8)],
    ["no lines", "E_ATTR_INVALID", "Resize", {}, nothing, nothing, ints(1, 3, 0, 8)],
    ["a scale of 10^38", "E_TENSOR_TOO_LARGE", "Resize", {}, nothing, reals(1, 1, 1e38, 1)],
    ["a scale without end", "E_ATTR_INVALID", "Resize", {}, nothing, reals(1, 1, Infinity, 1)],
    ["a scale that is NaN", "E_ATTR_INVALID", "Resize", {}, nothing, reals(1, 1, NaN, 1)],
    ["a scale below 0", "E_ATTR_INVALID", "Resize", {}, nothing, reals(1, 1, -2, 1)],
    ["a scale that leaves nothing", "E_ATTR_INVALID", "Resize", {}, nothing, reals(1, 1, 1e-30, 1)],
    ["other channels", "E_UNSUPPORTED_OP", "Resize", {}, nothing, nothing, ints(1, 4, 8, 8)],
    ["a filter over everything", "none", "Resize", { mode: "cubic", antialias: 1 }, nothing, nothing, ints(1, 3, 1, 1)],
    ["10^9 copies", "E_TENSOR_TOO_LARGE", "Tile", {}, ints(1, 1, 1, 1e9)],
    ["2^40 copies", "E_TENSOR_TOO_LARGE", "Tile", {}, ints(1, 1, 1, 2 ** 40)],
    ["no copies", "E_ATTR_INVALID", "Tile", {}, ints(1, 1, 1, 0)],
    ["less than no copies", "E_ATTR_INVALID", "Tile", {}, ints(1, 1, 1, -1)],
    ["copies of the batch", "E_UNSUPPORTED_OP", "Tile", {}, ints(2, 1, 1, 1)],
    ["as many copies as there is room for", "none", "Tile", {}, ints(1, 1, 5000, 1)],
    ...["constant", "edge", "reflect", "wrap"].flatMap((mode): [string, string, string, Attributes, ...Other[]][] => [
      ["2^40 lines", "E_TENSOR_TOO_LARGE", "Pad", { mode }, ints(0, 0, 2 ** 40, 0, 0, 0, 0, 0)],
      ["all lines cut off", "E_UNSUPPORTED_OP", "Pad", { mode }, ints(0, 0, -8, 0, 0, 0, 0, 0)],
      ["more lines cut off than there are", "E_UNSUPPORTED_OP", "Pad", { mode }, ints(0, 0, -100, 0, 0, 0, 200, 0)],
      ["a frame around the batch", "E_UNSUPPORTED_OP", "Pad", { mode }, ints(1, 0, 0, 0, 0, 0, 0, 0)],
      ["a frame wider than the picture", "none", "Pad", { mode }, ints(0, 0, 100, 0, 0, 0, 9, 0)],
    ]),
    ["a frame of NaN", "E_ATTR_INVALID", "Pad", {}, ints(0, 0, 1, 1, 0, 0, 1, 1), reals(NaN)],
    ["a step of 0", "E_ATTR_INVALID", "Slice", {}, ints(0), ints(8), ints(2), ints(0)],
    ["a step of 2^62", "none", "Slice", {}, ints(0), ints(2 ** 62), ints(2), ints(2 ** 62)],
    ["steps of −2^62", "none", "Slice", {}, ints(2 ** 62), ints(-(2 ** 62)), ints(3), ints(-(2 ** 62))],
    ["nothing left", "E_UNSUPPORTED_OP", "Slice", {}, ints(5), ints(5), ints(2), ints(1)],
    ["the wrong way", "E_UNSUPPORTED_OP", "Slice", {}, ints(0), ints(8), ints(2), ints(-1)],
    ["an axis twice", "E_ATTR_INVALID", "Slice", {}, ints(0, 0), ints(4, 4), ints(2, 2), ints(1, 1)],
    ...["ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceLogSumExp"].flatMap(
      (op): [string, string, string, Attributes, ...Other[]][] => [
        ["an axis that is not there", "E_ATTR_INVALID", op, {}, ints(9)],
        ["axis 2^40", "E_ATTR_INVALID", op, {}, ints(2 ** 40)],
        ["an axis from both ends", "E_ATTR_INVALID", op, {}, ints(1, -3)],
      ],
    ),
    ["strides of 2^31", "E_TENSOR_TOO_LARGE", "ConvTranspose", { strides: [2 ** 31, 2 ** 31] }, KERNEL],
    ["dilations of 10^9", "E_TENSOR_TOO_LARGE", "ConvTranspose", { dilations: [1e9, 1] }, KERNEL],
    ["10^9 lines beside", "E_TENSOR_TOO_LARGE", "ConvTranspose", { output_padding: [1e9, 0] }, KERNEL],
    ["less than no lines beside", "E_ATTR_INVALID", "ConvTranspose", { output_padding: [-1, 0] }, KERNEL],
    ["10^9 lines asked for", "E_TENSOR_TOO_LARGE", "ConvTranspose", { output_shape: [1e9, 1] }, KERNEL],
    ["nothing asked for", "E_ATTR_INVALID", "ConvTranspose", { output_shape: [0, 0] }, KERNEL],
    ["all taken away", "E_SHAPE", "ConvTranspose", { pads: [100, 100, 100, 100] }, KERNEL],
    ["a wide stride", "none", "ConvTranspose", { strides: [60, 60] }, KERNEL],
    ["other inner sizes", "E_UNSUPPORTED_OP", "MatMul", {}, filled(7, 7)],
    ["stacks that do not fit", "E_SHAPE", "MatMul", {}, filled(2, 8, 8)],
    ["a window of nothing", "E_ATTR_INVALID", "LRN", { size: 0 }],
    ["a window of nothing", "E_ATTR_INVALID", "LRN", { size: 0 }],
    ["a window of 10^9", "none", "LRN", { size: 1e9 }],
    ["a bound that is NaN", "none", "Clip", {}, reals(NaN), reals(1)],
    ["bounds the wrong way round", "none", "Clip", {}, reals(5), reals(1)],
    ["sizes that do not fit", "E_SHAPE", "Pow", {}, filled(7)],
    ["sizes of 0", "E_SHAPE", "Pow", {}, nothing],
    ["more than there is room for", "E_TENSOR_TOO_LARGE", "Pow", {}, filled(2 ** 13, 1, 1, 1, 1)],
  ])("with %s are %s: %s %j", async (_, code, op, attributes, ...others) => {
    expect(await outcome(op, attributes, others)).toBe(code);
  });
});
