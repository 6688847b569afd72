/** What a file computes from the size of the picture is known when it is loaded. */
import { describe, expect, it } from "vitest";
import { loadModel } from "../../../src/node.ts";
import { floats, integers, modelProto, type NodeParts } from "../../support/onnx.ts";

/**
 * The frame of an axis as timm's exports compute it, for stride 2: clip((⌈n/2⌉ − 1)·2 + kernel − n, 0), half of it, rounded down,
 * before the picture and the rest behind.
 */
const frame = (axis: "height" | "width", kernel: "five" | "one"): NodeParts[] => {
  const at = (name: string): string => `${axis}_${name}`;
  const step = (op: string, to: string, ...inputs: string[]): NodeParts => ({ op, inputs, outputs: [at(to)] });
  return [
    step("Gather", "size", "shape", axis),
    { ...step("Cast", "n", at("size")), attributes: { to: 1 } },
    step("Div", "half", at("n"), "two"),
    step("Ceil", "outputs", at("half")),
    step("Sub", "steps", at("outputs"), "one"),
    step("Mul", "way", at("steps"), "two"),
    step("Add", "reach", at("way"), kernel),
    step("Sub", "missing", at("reach"), at("n")),
    step("Clip", "frame", at("missing"), "zero", ""),
    step("Div", "middle", at("frame"), "two"),
    { ...step("Cast", "before", at("middle")), attributes: { to: 7 } },
    { ...step("Cast", "whole", at("frame")), attributes: { to: 7 } },
    step("Sub", "behind", at("whole"), at("before")),
  ];
};

const framed = modelProto({
  nodes: [
    { op: "Shape", inputs: ["x"], outputs: ["shape"] },
    ...frame("height", "five"),
    ...frame("width", "one"),
    {
      op: "Concat",
      inputs: ["none", "height_before", "width_before", "none", "height_behind", "width_behind"],
      outputs: ["pads"],
      attributes: { axis: 0 },
    },
    { op: "Pad", inputs: ["x", "pads"], outputs: ["y"] },
  ],
  tensors: [
    ...Object.entries({ zero: 0, one: 1, two: 2, five: 5 }).map(([name, value]) => floats(name, [], [value])),
    ...Object.entries({ none: [0, 0], height: [2], width: [3] }).map(([name, values]) => integers(name, values)),
  ],
  inputs: [["x", ["n", 1, "h", "w"]]],
});

describe("a frame that the file computes from the size of the picture", () => {
  it.each([
    [4, 4, [7, 4]],
    [1, 5, [5, 5]],
    [6, 2, [9, 2]],
  ])("of %i×%i makes %j", async (height, width, size) => {
    const model = await loadModel(framed, { inputShape: [height, width], engine: { threads: 1 } });
    const { y } = await model.run({ shape: [1, 1, height, width], data: new Float32Array(height * width).fill(1) });
    model.dispose();
    expect(y!.shape).toEqual([1, 1, ...size]);
    // Of a row in the middle only what lies beside the picture is 0.
    const row = y!.data.subarray(Math.floor((size[0]! - height) / 2) * size[1]!);
    expect(Array.from(row.subarray(0, width))).toEqual(new Array<number>(width).fill(1));
  });
});
