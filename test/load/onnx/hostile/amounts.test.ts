/** Damaged and forged ONNX files, by the number of the row in the list of hostile inputs: small files that ask for much. */
import { describe, expect, it } from "vitest";
import { floats, integers, modelProto } from "../../../support/onnx.ts";
import { codeFor, load } from "./laboratory.ts";

describe("row 32: a small file that asks for much", () => {
  it("is E_TENSOR_TOO_LARGE for a constant of 2^27 numbers, before there is room for it", async () => {
    const nodes = [
      { op: "ConstantOfShape", inputs: ["s"], outputs: ["w"] },
      { op: "MatMul", inputs: ["x", "w"], outputs: ["y"] },
    ];
    const before = process.memoryUsage().arrayBuffers;
    expect(await codeFor(modelProto({ nodes, tensors: [integers("s", [134_217_728])] }))).toBe("E_TENSOR_TOO_LARGE");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
  });

  it.each([
    ["Expand", [1_000_000_000]],
    ["Tile", [1_000_000_000]],
  ])("is E_TENSOR_TOO_LARGE for %s by 10^9 of a constant", async (op, sizes) => {
    const nodes = [
      { op, inputs: ["w", "s"], outputs: ["big"] },
      { op: "Add", inputs: ["x", "big"], outputs: ["y"] },
    ];
    const bytes = modelProto({ nodes, tensors: [floats("w", [1], [1]), integers("s", sizes)] });
    expect(await codeFor(bytes)).toBe("E_TENSOR_TOO_LARGE");
  });

  it.each(["Expand", "Tile"])("is E_TENSOR_TOO_LARGE for %s by 10^9 of the picture", async (op) => {
    const nodes = [{ op, inputs: ["x", "s"], outputs: ["y"] }];
    const tensors = [integers("s", [1, 1_000_000_000, 1, 1])];
    const inputs = [["x", [1, 1, 8, 8]]] as const;
    expect(await codeFor(modelProto({ nodes, tensors, inputs }))).toBe("E_TENSOR_TOO_LARGE");
  });

  it("is E_TENSOR_TOO_LARGE for a frame of 10^9 pixels", async () => {
    const nodes = [{ op: "Pad", inputs: ["x", "p"], outputs: ["y"] }];
    const tensors = [integers("p", [0, 0, 1_000_000_000, 0, 0, 0, 0, 0])];
    expect(await codeFor(modelProto({ nodes, tensors }))).toBe("E_TENSOR_TOO_LARGE");
  });
});

describe("row 32: a file of many small things", () => {
  it("is read where an operator has more inputs than a call can have arguments", async () => {
    const inputs = new Array<string>(200_000).fill("w");
    const nodes = [
      { op: "Sum", inputs, outputs: ["a"] },
      { op: "Add", inputs: ["x", "a"], outputs: ["y"] },
    ];
    expect(await codeFor(modelProto({ nodes, tensors: [floats("w", [1], [2])] }))).toBe("none");
  });

  it("is read where an attribute has more numbers than a call can have arguments", async () => {
    const nodes = [
      { op: "Constant", inputs: [], outputs: ["a"], attributes: { value_ints: new Array<number>(300_000).fill(1) } },
      { op: "ReduceSum", inputs: ["a"], outputs: ["b"] },
      { op: "Add", inputs: ["x", "b"], outputs: ["y"] },
    ];
    expect(await codeFor(modelProto({ nodes }))).toBe("none");
  });

  it("is E_ATTR_INVALID for a split into 10^9 parts", async () => {
    const nodes = [{ op: "Split", inputs: ["x"], outputs: ["y"], attributes: { num_outputs: 1e9, axis: 1 } }];
    expect(await codeFor(modelProto({ nodes, opset: 18 }))).toBe("E_ATTR_INVALID");
  });

  it("is E_TENSOR_TOO_LARGE for many sums that are computed in advance, each of which might be", async () => {
    const sums = Array.from({ length: 100 }, (_, i) => ({ op: "Add", inputs: ["c", "w"], outputs: [`a${i}`] }));
    const nodes = [
      { op: "ConstantOfShape", inputs: ["s"], outputs: ["c"] },
      ...sums,
      { op: "Concat", inputs: sums.map(({ outputs }) => outputs[0]!), outputs: ["all"] },
      { op: "ReduceSum", inputs: ["all"], outputs: ["b"] },
      { op: "Add", inputs: ["x", "b"], outputs: ["y"] },
    ];
    const tensors = [floats("w", [1], [1]), integers("s", [2 ** 23])];
    const before = process.memoryUsage().arrayBuffers;
    expect(await codeFor(modelProto({ nodes, tensors }))).toBe("E_TENSOR_TOO_LARGE");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 29);
  }, 60_000);

  it("makes a few nodes of many copies", async () => {
    const nodes = [
      { op: "ReduceMean", inputs: ["x"], outputs: ["a"] },
      { op: "Tile", inputs: ["a", "t"], outputs: ["y"] },
    ];
    const graph = await load(modelProto({ nodes, tensors: [integers("t", [1, 1, 1, 50_001])] }));
    expect(graph.values[graph.outputs[0]!]!.shape).toEqual([1, 1, 50_001, 1]);
    const reads = graph.nodes.reduce((sum, { inputs }) => sum + inputs.length, 0);
    expect(reads).toBeLessThan(64);
  });

  it("is E_NETWORK_TOO_LARGE where its nodes would become more than the limit", async () => {
    const rows = Array.from({ length: 1024 }, (_, i) => (i * 5) % 8);
    const gathers = Array.from({ length: 100 }, (_, i) => ({ op: "Gather", inputs: ["x", "i"], outputs: [`g${i}`] }));
    const nodes = gathers.map((node) => ({ ...node, attributes: { axis: 2 } }));
    const bytes = modelProto({
      nodes,
      tensors: [integers("i", rows)],
      outputs: nodes.map(({ outputs }) => outputs[0]!),
    });
    expect(await codeFor(bytes)).toBe("E_NETWORK_TOO_LARGE");
  });
});
