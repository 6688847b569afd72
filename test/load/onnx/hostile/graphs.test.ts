/** Damaged and forged ONNX files, by the number of the row in the list of hostile inputs: graphs, operators and attributes that make no sense. */
import { describe, expect, it } from "vitest";
import { FOLDS } from "../../../../src/load/onnx/fold/index.ts";
import { floats, integers, modelProto, type NodeParts } from "../../../support/onnx.ts";
import { codeFor, conv, load, relu } from "./laboratory.ts";

describe("row 21: graphs that are none", () => {
  it("are E_GRAPH where a value depends on itself", async () => {
    const nodes = [{ op: "Add", inputs: ["x", "b"], outputs: ["a"] }, relu("a", "b"), relu("b", "y")];
    await expect(load(modelProto({ nodes }))).rejects.toThrow(/cycle/);
    expect(await codeFor(modelProto({ nodes }))).toBe("E_GRAPH");
  });

  it.each([
    ["nobody makes an input", [relu("nothing", "y")], undefined],
    ["two nodes make one value", [relu("x", "y"), relu("x", "y")], undefined],
    ["a node makes an input", [relu("x", "x")], ["x"]],
    ["there are no outputs", [relu("x", "y")], []],
    ["an operator reads nothing", [{ op: "Mean", inputs: [], outputs: ["y"] }], undefined],
    ["nobody makes an output", [relu("x", "y")], ["z"]],
  ])("are E_GRAPH where %s", async (_, nodes, outputs) => {
    expect(await codeFor(modelProto({ nodes, ...(outputs && { outputs }) }))).toBe("E_GRAPH");
  });
});

describe("row 21: operators whose inputs are not all there", () => {
  const behind = (op: string, inputs: readonly string[]): Uint8Array =>
    modelProto({
      nodes: [
        { op, inputs, outputs: ["a"] },
        { op: "Add", inputs: ["x", "a"], outputs: ["y"] },
      ],
      tensors: [floats("w", [1], [2])],
    });

  it.each([...FOLDS.keys()])("are E_GRAPH for %s of nothing", async (op) => {
    expect(await codeFor(behind(op, []))).toBe("E_GRAPH");
  });

  it.each(["Add", "Div", "Mod", "Equal", "Where", "Gather", "Expand", "Tile", "Range"])(
    "are E_GRAPH for %s of one, whichever is missing",
    async (op) => {
      for (const inputs of [["w"], ["w", ""], ["", "w"]]) expect(await codeFor(behind(op, inputs))).toBe("E_GRAPH");
    },
  );

  it("are E_GRAPH for a network without an input, and for two inputs of one name", async () => {
    const tensors = [floats("w", [1], [2])];
    expect(await codeFor(modelProto({ nodes: [relu("w", "y")], inputs: [], tensors }))).toBe("E_GRAPH");
    const inputs = [["x", [1, 3, 8, 8]] as const, ["x", [1, 3, 8, 8]] as const];
    expect(await codeFor(modelProto({ nodes: [relu("x", "y")], inputs }))).toBe("E_GRAPH");
  });
});

describe("row 34: a Resize that says its sizes otherwise", () => {
  const resize = (sizes: readonly number[], attributes: Required<NodeParts>["attributes"]): Uint8Array =>
    modelProto({
      nodes: [{ op: "Resize", inputs: ["x", "", "", "s"], outputs: ["y"], attributes }],
      tensors: [integers("s", sizes)],
      opset: 18,
    });

  it("has axes counted from the end", async () => {
    const { values, outputs } = await load(resize([16, 24], { axes: [-2, -1] }));
    expect(values[outputs[0]!]!.shape).toEqual([1, 16, 24, 3]);
  });

  it.each([
    ["not_larger", 16],
    ["not_smaller", 24],
  ])("may be sizes that keep the proportions: %s", async (policy, size) => {
    const { values, outputs } = await load(resize([16, 24], { axes: [2, 3], keep_aspect_ratio_policy: policy }));
    expect(values[outputs[0]!]!.shape).toEqual([1, size, size, 3]);
  });

  it.each([
    ["axes there are none of", resize([16, 24], { axes: [2, 9] }), "E_ATTR_INVALID"],
    ["an axis twice", resize([16, 24], { axes: [2, 2] }), "E_ATTR_INVALID"],
    ["more sizes than axes", resize([16, 24, 32], { axes: [2, 3] }), "E_ATTR_INVALID"],
    ["a policy nobody knows", resize([1, 3, 16, 32], { keep_aspect_ratio_policy: "not_at_all" }), "E_UNSUPPORTED_OP"],
  ])("is refused with %s", async (_, bytes, code) => {
    expect(await codeFor(bytes)).toBe(code);
  });
});

describe("row 33: what would have to be run, and what nobody knows", () => {
  it("is E_UNSUPPORTED_OP with all operators at once", async () => {
    const nodes = [
      { op: "If", inputs: ["x"], outputs: ["a"] },
      { op: "Loop", inputs: ["a"], outputs: ["b"] },
      { op: "NonMaxSuppression", inputs: ["b"], outputs: ["y"] },
    ];
    expect(await codeFor(modelProto({ nodes }))).toBe("E_UNSUPPORTED_OP");
    await expect(load(modelProto({ nodes }))).rejects.toThrow(/If \("a"\), Loop \("b"\), NonMaxSuppression \("y"\)/);
  });

  it("is E_OPSET for other domains and for versions that nobody here has read about", async () => {
    const strange = [{ ...relu("x", "y"), domain: "com.example" }];
    expect(await codeFor(modelProto({ nodes: strange, domains: ["com.example"] }))).toBe("E_OPSET");
    for (const opset of [0, 6, 23, 999]) {
      expect(await codeFor(modelProto({ nodes: [relu("x", "y")], opset }))).toBe("E_OPSET");
    }
  });

  it("is read without recursion: 20,000 nodes one behind the other", async () => {
    const nodes = Array.from({ length: 20_000 }, (_, i) => relu(i === 0 ? "x" : `v${i}`, `v${i + 1}`));
    const graph = await load(modelProto({ nodes, outputs: ["v20000"] }));
    expect(graph.nodes).toHaveLength(20_000);
  });
});

describe("row 34: attributes that make no sense", () => {
  it.each([
    ["no groups", conv({ group: 0 })],
    ["groups that do not divide the channels", conv({ group: 2 })],
    ["a stride of 0", conv({ strides: [0, 1] })],
    ["a dilation of 0", conv({ dilations: [1, 0] })],
    ["negative pads", conv({ pads: [-1, 0, 0, 0] })],
    ["a kernel larger than the padded picture", conv({}, [4, 3, 9, 3])],
    [
      "a pool of 0",
      modelProto({ nodes: [{ op: "MaxPool", inputs: ["x"], outputs: ["y"], attributes: { kernel_shape: [0, 2] } }] }),
    ],
  ])("are answered for %s", async (_, bytes) => {
    expect(["E_ATTR_INVALID", "E_SHAPE"]).toContain(await codeFor(bytes));
  });
});

describe("row 35: inputs without a size", () => {
  const open = (shape: readonly (number | string)[]): Uint8Array =>
    modelProto({ nodes: [relu("x", "y")], inputs: [["x", shape]] });

  it("take a batch that is open for one picture", async () => {
    const graph = await load(open(["batch", 3, 8, 8]));
    expect(graph.values[graph.inputs[0]!]!.shape).toEqual([1, 8, 8, 3]);
  });

  it.each([
    ["height and width are open", open([1, 3, "h", "w"]), {}],
    ["the batch is 0", open([0, 3, 8, 8]), {}],
    ["the picture is 0×0", open([1, 3, 0, 0]), {}],
    ["other channels are asked for", open([1, 3, 8, 8]), { inputShapes: { x: [1, 2, 8, 8] } }],
    ["five channels are asked for", open(["n", 3, "h", "w"]), { inputShapes: { x: [1, 5, 8, 8] } }],
    ["another rank is asked for", open([1, 3, 8, 8]), { inputShapes: { x: [1, 3, 64] } }],
  ])("are E_INPUT_SHAPE where %s", async (_, bytes, options) => {
    expect(await codeFor(bytes, options)).toBe("E_INPUT_SHAPE");
  });
});
