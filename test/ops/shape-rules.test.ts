/** What a shape rule lets through, a kernel trusts: every wrong shape and attribute is refused with a name and a code. */
import { describe, expect, it } from "vitest";
import { GradCamError, type ErrorCode } from "../../src/errors.ts";
import type { AnyOpType } from "../../src/ops/index.ts";
import type { Op } from "../../src/ops/op.ts";
import type { Shape } from "../../src/shape.ts";
import { allOps } from "../support/all-ops.ts";

const WHERE = 'layer "here"';

const shapeOf = (type: AnyOpType, inputs: readonly (Shape | undefined)[], attrs: unknown): number[] =>
  (allOps[type] as Op).shape(inputs, attrs, WHERE);

function failure(type: AnyOpType, inputs: readonly (Shape | undefined)[], attrs: unknown): GradCamError {
  try {
    shapeOf(type, inputs, attrs);
  } catch (error) {
    if (error instanceof GradCamError) return error;
    throw error;
  }
  throw new Error(`${type} accepted ${JSON.stringify({ inputs, attrs })}`);
}

const image = [1, 8, 8, 3];
const spread = { strides: [2, 2], dilations: [1, 1], padding: [0, 0, 0, 0], groups: 1, outputPadding: [0, 0] };
const frame = { before: [0, 0, 0], after: [1, 1, 1], mode: "constant", value: 0 };
const enlarged = { size: [9, 9], mode: "linear", coordinates: "half-pixel" };
const pool = { kernel: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] };

type Refusal = readonly [
  type: AnyOpType,
  code: ErrorCode,
  why: string,
  inputs: readonly (Shape | undefined)[],
  attrs: unknown,
];

const refusals: readonly Refusal[] = [
  ["relu", "E_SHAPE", "no input", [undefined], {}],
  ["clippedRelu", "E_ATTR_INVALID", "a maximum of 0", [image], { max: 0 }],
  ["clippedRelu", "E_ATTR_INVALID", "a maximum that is NaN", [image], { max: NaN }],
  ["leakyRelu", "E_ATTR_INVALID", "a slope that turns the sign", [image], { alpha: -0.1 }],
  ["elu", "E_ATTR_INVALID", "a limit above 0", [image], { alpha: -1 }],
  ["hardSigmoid", "E_ATTR_INVALID", "an infinite slope", [image], { alpha: Infinity, beta: 0.5 }],
  ["add", "E_SHAPE", "shapes that do not broadcast", [image, [4]], {}],
  ["mul", "E_SHAPE", "a missing operand", [image], {}],
  ["maxPool", "E_SHAPE", "an input without channels", [[1, 8, 8]], pool],
  ["maxPool", "E_ATTR_INVALID", "a kernel of 0", [image], { ...pool, kernel: [0, 2] }],
  ["maxPool", "E_ATTR_INVALID", "half a stride", [image], { ...pool, strides: [0.5, 1] }],
  ["maxPool", "E_ATTR_INVALID", "negative padding", [image], { ...pool, padding: [-1, 0, 0, 0] }],
  ["maxPool", "E_ATTR_INVALID", "three paddings", [image], { ...pool, padding: [0, 0, 0] }],
  ["maxPool", "E_ATTR_INVALID", "a dilation of 0", [image], { ...pool, dilations: [0, 1] }],
  ["maxPool", "E_ATTR_INVALID", "windows of padding alone", [image], { ...pool, padding: [2, 0, 0, 0] }],
  [
    "maxPool",
    "E_ATTR_INVALID",
    "windows of padding alone after the picture",
    [image],
    { ...pool, padding: [0, 0, 0, 3] },
  ],
  [
    "avgPool",
    "E_ATTR_INVALID",
    "a pixel between dilated taps",
    [[1, 1, 1, 3]],
    { ...pool, dilations: [2, 2], padding: [1, 1, 1, 1] },
  ],
  ["avgPool", "E_SHAPE", "a window larger than the picture", [[1, 2, 2, 3]], { ...pool, kernel: [3, 3] }],
  ["globalAveragePool", "E_SHAPE", "an input that is no picture", [[1, 3]], { keepDims: true }],
  ["globalMaxPool", "E_SHAPE", "an input that is no picture", [[1, 3]], { keepDims: true }],
  ["batchNorm", "E_SHAPE", "no variance", [image, undefined, undefined, [3]], { epsilon: 1e-3 }],
  ["batchNorm", "E_SHAPE", "a gamma of other channels", [image, [4], undefined, [3], [3]], { epsilon: 1e-3 }],
  ["batchNorm", "E_ATTR_INVALID", "a negative epsilon", [image, undefined, undefined, [3], [3]], { epsilon: -1 }],
  ["softmax", "E_SHAPE", "a single number", [[]], {}],
  ["softmax", "E_SHAPE", "one number for each picture", [[2]], {}],
  ["logSoftmax", "E_ATTR_INVALID", "an axis that is not there", [image], { axis: 4 }],
  ["logSoftmax", "E_ATTR_INVALID", "the batch", [image], { axis: 0 }],
  ["logSoftmax", "E_ATTR_INVALID", "the batch, from the end", [image], { axis: -4 }],
  ["unary", "E_ATTR_INVALID", "an unknown function", [image], { fn: "toString" }],
  ["unary", "E_ATTR_INVALID", "a function without its number", [image], { fn: "hardShrink" }],
  ["unary", "E_ATTR_INVALID", "a number for a function that has none", [image], { fn: "sin", alpha: 1 }],
  ["compare", "E_ATTR_INVALID", "an unknown comparison", [image, image], { fn: "constructor" }],
  ["compare", "E_SHAPE", "shapes that do not broadcast", [image, [4]], { fn: "less" }],
  ["pow", "E_SHAPE", "a missing exponent", [image], {}],
  ["where", "E_SHAPE", "a missing choice", [image, image], {}],
  ["where", "E_SHAPE", "shapes that do not broadcast", [[4], image, image], {}],
  ["reduce", "E_ATTR_INVALID", "an unknown function", [image], { fn: "median", axes: [1], keepDims: true }],
  ["reduce", "E_ATTR_INVALID", "no axes", [image], { fn: "sum", axes: [], keepDims: true }],
  ["reduce", "E_ATTR_INVALID", "an axis named from both ends", [image], { fn: "sum", axes: [3, -1], keepDims: true }],
  ["reduce", "E_ATTR_INVALID", "the batch", [image], { fn: "max", axes: [1, 0], keepDims: true }],
  ["standardize", "E_ATTR_INVALID", "the batch", [image], { axes: [0], epsilon: 0.1, center: true }],
  ["standardize", "E_ATTR_INVALID", "an axis that is not there", [image], { axes: [-5], epsilon: 0.1, center: true }],
  ["standardize", "E_ATTR_INVALID", "a negative epsilon", [image], { axes: [1], epsilon: -1, center: true }],
  ["concat", "E_ATTR_INVALID", "an axis that is not there", [image], { axis: 4 }],
  ["concat", "E_SHAPE", "sizes that differ beside the axis", [image, [1, 7, 8, 3]], { axis: -1 }],
  ["concat", "E_SHAPE", "ranks that differ", [image, [1, 8, 3]], { axis: -1 }],
  ["pad", "E_ATTR_INVALID", "a negative frame", [image], { padding: [0, 0, 0, -1], value: 0 }],
  ["pad", "E_ATTR_INVALID", "NaN as value", [image], { padding: [0, 0, 0, 1], value: NaN }],
  ["crop", "E_SHAPE", "more cropping than picture", [image], { cropping: [4, 4, 0, 0] }],
  ["crop", "E_ATTR_INVALID", "negative cropping", [image], { cropping: [-1, 0, 0, 0] }],
  ["upsample", "E_ATTR_INVALID", "a factor of 0", [image], { factor: [0, 1], mode: "nearest" }],
  ["upsample", "E_ATTR_INVALID", "an unknown mode", [image], { factor: [2, 2], mode: "cubic" }],
  ["convTranspose2d", "E_SHAPE", "a kernel of other channels", [image, [3, 3, 5, 4]], spread],
  [
    "convTranspose2d",
    "E_SHAPE",
    "groups that do not divide the channels",
    [image, [3, 3, 5, 3]],
    { ...spread, groups: 2 },
  ],
  [
    "convTranspose2d",
    "E_SHAPE",
    "padding that takes everything",
    [image, [3, 3, 5, 3]],
    { ...spread, padding: [9, 9, 0, 0] },
  ],
  ["convTranspose2d", "E_SHAPE", "a bias of other channels", [image, [3, 3, 5, 3], [3]], spread],
  [
    "convTranspose2d",
    "E_ATTR_INVALID",
    "a negative addition",
    [image, [3, 3, 5, 3]],
    { ...spread, outputPadding: [0, -1] },
  ],
  [
    "slice",
    "E_ATTR_INVALID",
    "a start behind the end",
    [image],
    { starts: [8, 0, 0], sizes: [1, 8, 3], steps: [1, 1, 1] },
  ],
  [
    "slice",
    "E_ATTR_INVALID",
    "an end behind the end",
    [image],
    { starts: [0, 0, 1], sizes: [8, 8, 2], steps: [1, 1, 2] },
  ],
  [
    "slice",
    "E_ATTR_INVALID",
    "steps out of the front",
    [image],
    { starts: [1, 0, 0], sizes: [3, 8, 3], steps: [-1, 1, 1] },
  ],
  ["resize", "E_SHAPE", "an input that is no picture", [[1, 8, 8]], enlarged],
  ["resize", "E_ATTR_INVALID", "a height of 0", [image], { ...enlarged, size: [0, 9] }],
  ["resize", "E_ATTR_INVALID", "an unknown mode", [image], { ...enlarged, mode: "lanczos" }],
  ["resize", "E_ATTR_INVALID", "unknown coordinates", [image], { ...enlarged, coordinates: "constructor" }],
  ["resize", "E_ATTR_INVALID", "an unknown rounding", [image], { ...enlarged, rounding: "toString" }],
  ["resize", "E_ATTR_INVALID", "a scale of another size", [image], { ...enlarged, scales: [9 / 8, 2] }],
  ["lrn", "E_SHAPE", "one number for each picture", [[2]], { size: 3, alpha: 1, beta: 0.75, bias: 1 }],
  ["lrn", "E_ATTR_INVALID", "a window of nothing", [image], { size: 0, alpha: 1, beta: 0.75, bias: 1 }],
  ["lrn", "E_ATTR_INVALID", "half a channel", [image], { size: 0.5, alpha: 1, beta: 0.75, bias: 1 }],
  ["lrn", "E_ATTR_INVALID", "a negative bias", [image], { size: 3, alpha: 1, beta: 0.75, bias: -1 }],
  [
    "matmul",
    "E_SHAPE",
    "inner sizes that differ",
    [
      [1, 2, 3],
      [1, 2, 3],
    ],
    { transposeA: false, transposeB: false },
  ],
  ["matmul", "E_SHAPE", "a vector", [[1, 2, 3], [3]], { transposeA: false, transposeB: false }],
  [
    "matmul",
    "E_SHAPE",
    "stacks that do not broadcast",
    [
      [2, 2, 3],
      [3, 3, 2],
    ],
    { transposeA: false, transposeB: false },
  ],
  ["slice", "E_ATTR_INVALID", "a step of 0", [image], { starts: [0, 0, 0], sizes: [8, 8, 3], steps: [1, 0, 1] }],
  ["slice", "E_ATTR_INVALID", "an empty axis", [image], { starts: [0, 0, 0], sizes: [8, 0, 3], steps: [1, 1, 1] }],
  [
    "slice",
    "E_ATTR_INVALID",
    "the batch axis",
    [image],
    { starts: [0, 0, 0, 0], sizes: [1, 8, 8, 3], steps: [1, 1, 1, 1] },
  ],
  ["tile", "E_ATTR_INVALID", "no repeats of an axis", [image], { repeats: [1, 2] }],
  ["tile", "E_ATTR_INVALID", "repeats of 0", [image], { repeats: [1, 0, 2] }],
  ["extend", "E_ATTR_INVALID", "a negative frame", [image], { ...frame, before: [0, -1, 0] }],
  ["extend", "E_ATTR_INVALID", "half a pixel", [image], { ...frame, after: [0, 0.5, 0] }],
  ["extend", "E_ATTR_INVALID", "an unknown mode", [image], { ...frame, mode: "mirror" }],
  ["extend", "E_ATTR_INVALID", "NaN as value", [image], { ...frame, value: NaN }],
  ["reshape", "E_SHAPE", "another number of elements", [image], { shape: [8, 8] }],
  ["reshape", "E_ATTR_INVALID", "an open size", [image], { shape: [-1, 3] }],
  ["transpose", "E_ATTR_INVALID", "an axis named twice", [image], { perm: [0, 1, 1, 2] }],
  ["transpose", "E_ATTR_INVALID", "too few axes", [image], { perm: [0, 1, 2] }],
];

describe("shape rules", () => {
  it.each(refusals)("%s answers %s to %s", (type, code, _why, inputs, attrs) => {
    const error = failure(type, inputs, attrs);
    expect(error.code).toBe(code);
    expect(error.message.startsWith(WHERE)).toBe(true);
  });

  it("ceil mode drops a window that would begin after the picture", () => {
    const attrs = { kernel: [1, 1], strides: [3, 2], padding: [0, 0, 0, 1], ceilMode: true };
    expect(shapeOf("maxPool", [[1, 4, 7, 1]], attrs)).toEqual([1, 2, 4, 1]);
  });

  it("pooling follows the sizes of VGG16 and of ResNet50", () => {
    expect(shapeOf("maxPool", [[1, 224, 224, 64]], pool)).toEqual([1, 112, 112, 64]);
    const resnet = { kernel: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1] };
    expect(shapeOf("maxPool", [[1, 112, 112, 64]], resnet)).toEqual([1, 56, 56, 64]);
  });
});
