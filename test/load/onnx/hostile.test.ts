/** Damaged and forged ONNX files, by the number of the row in the list of hostile inputs: each is answered with a code. */
import { linkSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { loadGraph, type LoadGraphOptions } from "../../../src/load/index.ts";
import { FOLDS } from "../../../src/load/onnx/fold/index.ts";
import { bytesSource } from "../../../src/load/source.ts";
import { fileSource } from "../../../src/node/file-source.ts";
import { codeOf } from "../../support/error-code.ts";
import { externalTensor, floats, integers, modelProto, type NodeParts, tensorProto } from "../../support/onnx.ts";

const load = async (bytes: Uint8Array, options: LoadGraphOptions = {}) => {
  const loaded = await loadGraph(bytesSource(bytes, "model.onnx"), { format: "onnx", ...options });
  await loaded.close();
  return loaded.graph;
};
const codeFor = (bytes: Uint8Array, options?: LoadGraphOptions) => codeOf(() => load(bytes, options));

const relu = (input: string, output: string): NodeParts => ({ op: "Relu", inputs: [input], outputs: [output] });
const conv = (attributes: NodeParts["attributes"] = {}, kernel = [4, 3, 3, 3]) =>
  modelProto({
    nodes: [{ op: "Conv", inputs: ["x", "w"], outputs: ["y"], attributes }],
    tensors: [floats("w", kernel, new Array<number>(kernel.reduce((a, b) => a * b)).fill(0.1))],
  });

const folder = mkdtempSync(join(tmpdir(), "gradcam-onnx-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("row 6: a file that was cut", () => {
  it.each([0.25, 0.5, 0.99])("is E_TRUNCATED at %d of its length, with the byte", async (part) => {
    const whole = conv();
    const cut = whole.subarray(0, Math.floor(whole.length * part));
    expect(await codeFor(cut)).toBe("E_TRUNCATED");
    await expect(load(cut)).rejects.toThrow(/model\.onnx at byte \d+/);
  });
});

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

describe("row 29: protocol buffers that are none", () => {
  /** A version, then these bytes. */
  const broken = (...bytes: number[]): Uint8Array => Uint8Array.of(8, 8, ...bytes, ...new Array<number>(64).fill(0));

  it.each([
    ["a length of 2^63", broken(0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f), "E_TRUNCATED"],
    ["a number of eleven bytes", broken(0x08, ...new Array<number>(11).fill(0xff)), "E_PROTOBUF"],
    ["a graph that is a number", broken(0x38, 0x01), "E_PROTOBUF"],
    ["a group", broken(0x3b, 0x3b), "E_PROTOBUF"],
    ["field 0", broken(0x02), "E_PROTOBUF"],
  ])("are answered for %s", async (_, bytes, code) => {
    expect(await codeFor(bytes)).toBe(code);
    await expect(load(bytes)).rejects.toThrow(/at byte \d+/);
  });

  it("are answered for groups nested 100,000 deep", async () => {
    expect(await codeFor(Uint8Array.of(8, 8, ...new Array<number>(100_000).fill(0x3b)))).toBe("E_PROTOBUF");
  });

  it("are answered for a part that is longer than the message it is in", async () => {
    const graph = new BinaryWriter().tag(1, WireType.LengthDelimited).uint32(1000).finish();
    const bytes = new BinaryWriter().raw(Uint8Array.of(8, 8)).tag(7, WireType.LengthDelimited).bytes(graph);
    expect(await codeFor(bytes.raw(new Uint8Array(2000).fill(8)).finish())).toBe("E_PROTOBUF");
  });
});

describe("row 30: tensors whose numbers do not fit", () => {
  const using = (tensor: Uint8Array): Uint8Array =>
    modelProto({ nodes: [{ op: "Add", inputs: ["x", "w"], outputs: ["y"] }], tensors: [tensor] });
  const four = new Uint8Array(16);

  it.each([
    ["fewer bytes than its shape needs", tensorProto("w", [8], 1, four), "E_TENSOR_SIZE"],
    ["more bytes than its shape needs", tensorProto("w", [1], 1, four), "E_TENSOR_SIZE"],
    ["no numbers", tensorProto("w", [8], 1), "E_TENSOR_SIZE"],
    ["a product of sizes that overflows", tensorProto("w", [2 ** 31 - 1, 2 ** 31 - 1], 1, four), "E_SHAPE_OVERFLOW"],
    ["a size beyond 2^31", tensorProto("w", [2n ** 40n], 1, four), "E_SHAPE_OVERFLOW"],
    ["a negative size", tensorProto("w", [-4], 1, four), "E_SHAPE_INVALID"],
    ["nine sizes", tensorProto("w", new Array<number>(9).fill(1), 1, four), "E_SHAPE_INVALID"],
    ["more than the limit", tensorProto("w", [2 ** 30], 1, four), "E_TENSOR_TOO_LARGE"],
    ["a type that nobody knows", tensorProto("w", [4], 99, four), "E_DTYPE"],
    [
      "numbers in two fields",
      tensorProto("w", [4], 1, four, (writer) => writer.tag(4, WireType.LengthDelimited).bytes(four)),
      "E_TENSOR_SIZE",
    ],
    [
      "numbers in the field of another type",
      tensorProto("w", [4], 1, undefined, (writer) => writer.tag(7, WireType.LengthDelimited).bytes(four)),
      "E_TENSOR_SIZE",
    ],
  ])("are answered for %s", async (_, tensor, code) => {
    expect(await codeFor(using(tensor))).toBe(code);
  });

  it("are answered for a name that occurs twice, which onnxruntime takes", async () => {
    const nodes = [{ op: "Add", inputs: ["x", "w"], outputs: ["y"] }];
    const tensors = [floats("w", [1], [1]), floats("w", [1], [2])];
    expect(await codeFor(modelProto({ nodes, tensors }))).toBe("E_WEIGHT_DUPLICATE");
  });
});

describe("row 31: numbers in other files", () => {
  const dims = [64, 8];
  const using = (keys: Record<string, string>): Uint8Array =>
    modelProto({
      nodes: [{ op: "MatMul", inputs: ["x", "w"], outputs: ["y"] }],
      tensors: [externalTensor("w", dims, keys)],
      inputs: [["x", [1, 64]]],
    });
  const bytes = 64 * 8 * 4;
  const codeBeside = async (keys: Record<string, string>): Promise<string> => {
    const path = join(folder, "model.onnx");
    writeFileSync(path, using(keys));
    writeFileSync(join(folder, "weights.bin"), new Uint8Array(bytes + 64));
    return codeOf(async () => (await loadGraph(await fileSource(path))).close());
  };

  it("are read where all is well", async () => {
    expect(await codeBeside({ location: "weights.bin", offset: "64", length: String(bytes) })).toBe("none");
    expect(await codeBeside({ location: "weights.bin" })).toBe("none");
  });

  it.each([
    "../weights.bin",
    "/etc/passwd",
    "a/../../b",
    "file:weights.bin",
    "http://127.0.0.1/x",
    "weights.bin\0.txt",
  ])("may not be at %j", async (location) => {
    expect(await codeBeside({ location })).toBe("E_PATH_ESCAPE");
  });

  it.each([
    ["a negative offset", { offset: "-4" }],
    ["a huge offset", { offset: "9999999999999999999999" }],
    ["an offset behind the end", { offset: "999999" }],
    ["an offset that is no number", { offset: "0x10" }],
    ["an exponent", { offset: "1e3" }],
    ["another length than the shape needs", { length: "4" }],
    ["a length that is no number", { length: "all" }],
  ])("are E_EXTERNAL_DATA with %s", async (_, keys) => {
    expect(await codeBeside({ location: "weights.bin", ...keys })).toBe("E_EXTERNAL_DATA");
  });

  it("are E_EXTERNAL_DATA without a location", async () => {
    expect(await codeBeside({ offset: "0" })).toBe("E_EXTERNAL_DATA");
  });

  it("may not be behind a link that leads out of the folder", async () => {
    symlinkSync("/etc/passwd", join(folder, "link.bin"));
    expect(await codeBeside({ location: "link.bin" })).toBe("E_PATH_ESCAPE");
  });

  it("may not be a file that has another name somewhere", async () => {
    writeFileSync(join(folder, "original.bin"), new Uint8Array(bytes));
    linkSync(join(folder, "original.bin"), join(folder, "hard.bin"));
    expect(await codeBeside({ location: "hard.bin" })).toBe("E_EXTERNAL_DATA");
  });

  it.skipIf(process.platform === "win32")("may not be a pipe, and nobody waits for its other end", async () => {
    execFileSync("mkfifo", [join(folder, "pipe.bin")]);
    expect(await codeBeside({ location: "pipe.bin" })).toBe("E_IO");
  });

  it("are looked for by nobody where the model is bytes without a folder", async () => {
    expect(await codeFor(using({ location: "weights.bin" }))).toBe("E_SHARD_MISSING");
  });
});

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

  it("is E_HEADER_INVALID where its nodes would become more than the limit", async () => {
    const rows = Array.from({ length: 1024 }, (_, i) => (i * 5) % 8);
    const gathers = Array.from({ length: 100 }, (_, i) => ({ op: "Gather", inputs: ["x", "i"], outputs: [`g${i}`] }));
    const nodes = gathers.map((node) => ({ ...node, attributes: { axis: 2 } }));
    const bytes = modelProto({
      nodes,
      tensors: [integers("i", rows)],
      outputs: nodes.map(({ outputs }) => outputs[0]!),
    });
    expect(await codeFor(bytes)).toBe("E_HEADER_INVALID");
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
