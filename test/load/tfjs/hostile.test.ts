/** TensorFlow.js models that are damaged or forged. The numbers are those of the list of hostile inputs in docs/security.md. */
import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../../src/load/limits.ts";
import { loadGraph } from "../../../src/load/index.ts";
import { createModel } from "../../../src/node.ts";
import { codeOf } from "../../support/error-code.ts";
import { type Folder, folderSource } from "../../support/folder-source.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const dims = (...sizes: number[]): object => ({
  shape: { shape: { dim: sizes.map((size) => ({ size: String(size) })) } },
});

interface Parts {
  readonly nodes?: readonly object[];
  readonly weights?: readonly object[];
  readonly paths?: readonly string[];
  readonly signature?: object;
  readonly bin?: Uint8Array;
}

const CONV = {
  name: "conv",
  op: "_FusedConv2D",
  input: ["image", "w", "b"],
  attr: {
    strides: { list: { i: ["1", "1", "1", "1"] } },
    dilations: { list: { i: ["1", "1", "1", "1"] } },
    padding: { s: base64("SAME") },
    data_format: { s: base64("NHWC") },
    fused_ops: { list: { s: [base64("BiasAdd"), base64("Relu")] } },
  },
};
const NODES = [
  { name: "image", op: "Placeholder", attr: dims(-1, 4, 4, 1) },
  { name: "w", op: "Const" },
  { name: "b", op: "Const" },
  CONV,
];
const WEIGHTS = [
  { name: "w", shape: [3, 3, 1, 2], dtype: "float32" },
  { name: "b", shape: [2], dtype: "float32" },
];
const BYTES = new Uint8Array(Float32Array.from({ length: 20 }, (_, i) => (i - 9) / 10).buffer);

const folder = ({ nodes = NODES, weights = WEIGHTS, paths = ["a.bin"], bin = BYTES, signature }: Parts): Folder => ({
  "model.json": JSON.stringify({
    format: "graph-model",
    ...(signature && { signature }),
    modelTopology: { node: nodes },
    weightsManifest: [{ paths, weights }],
  }),
  "a.bin": bin,
});

const isFolder = (parts: Parts | Folder): parts is Folder => "model.json" in parts;

const load = async (parts: Parts | Folder): Promise<void> => {
  const files: Folder = isFolder(parts) ? parts : folder(parts);
  const loaded = await loadGraph(folderSource(files, "model.json"));
  const model = await createModel(loaded.graph);
  const { conv } = await model.run({ shape: [1, 4, 4, 1], data: new Float32Array(16).fill(1) });
  expect(conv!.shape).toEqual([1, 4, 4, 2]);
  model.dispose();
  await loaded.close();
};

const node = (change: object): object[] =>
  NODES.map((entry) => (entry.name === "conv" ? { ...entry, ...change } : entry));
const attr = (change: object): object[] => node({ attr: { ...CONV.attr, ...change } });
const weight = (change: object): object[] => [{ ...WEIGHTS[0], ...change }, WEIGHTS[1]!];
const ints = (...values: string[]): object => ({ list: { i: values } });

it("the sound model behind these cases loads", async () => {
  await load({});
  await load({ paths: ["a.bin", "b.bin"], weights: WEIGHTS, ...splitAt(30) });
});

/** The weights in two files, cut in the middle of a number. */
function splitAt(byte: number): Folder {
  return { ...folder({ paths: ["a.bin", "b.bin"] }), "a.bin": BYTES.slice(0, byte), "b.bin": BYTES.slice(byte) };
}

describe.each<[row: string, what: string, code: string, parts: Parts | Folder]>([
  ["row 14", "JSON nested a million deep", "E_JSON_DEPTH", deep(1e6)],
  ["row 14", "a number beyond all numbers", "E_SHAPE_INVALID", { weights: [{ ...WEIGHTS[0], shape: "1e400" }] }],
  ["row 15", "a weight called __proto__", "E_NAME_INVALID", { weights: weight({ name: "__proto__" }) }],
  [
    "row 15",
    "a node called constructor.prototype",
    "E_NAME_INVALID",
    { nodes: [...NODES, { name: "constructor.prototype", op: "Relu", input: ["conv"] }] },
  ],
  ["row 15", "a weight without a name", "E_NAME_INVALID", { weights: weight({ name: "" }) }],
  ["row 15", "a weight with a NUL in its name", "E_NAME_INVALID", { weights: weight({ name: "a\u0000b" }) }],
  ["row 15", "a weight whose name climbs", "E_NAME_INVALID", { weights: weight({ name: "../x" }) }],
  ...[
    ...["../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "http://169.254.169.254/", "//host/a.bin"],
    ...["..\\a.bin", "%2e%2e/a.bin", "a\u0000.bin", "C:\\a.bin"],
  ].map((path): [string, string, string, Parts] => [
    "row 16",
    `the path ${JSON.stringify(path)}`,
    "E_PATH_ESCAPE",
    { paths: [path] },
  ]),
  ["row 17", "a shard that is not there", "E_SHARD_MISSING", { paths: ["b.bin"] }],
  ["row 17", "a shard short by one byte", "E_SHARD_SIZE", { bin: BYTES.slice(1) }],
  ["row 17", "a shard too long by one byte", "E_SHARD_SIZE", { bin: new Uint8Array(81) }],
  ["row 17", "a shard twice", "E_SHARD_SIZE", { paths: ["a.bin", "a.bin"] }],
  [
    "row 18",
    "quantisation without a scale",
    "E_QUANT_INVALID",
    { weights: weight({ quantization: { dtype: "uint8", min: 0 } }) },
  ],
  [
    "row 18",
    "a scale of 0",
    "E_QUANT_INVALID",
    { weights: weight({ quantization: { dtype: "uint8", min: 0, scale: 0 } }) },
  ],
  [
    "row 18",
    "a scale that is text",
    "E_QUANT_INVALID",
    { weights: weight({ quantization: { dtype: "uint16", min: 0, scale: "1" } }) },
  ],
  [
    "row 18",
    "an unknown kind of quantisation",
    "E_QUANT_INVALID",
    { weights: weight({ quantization: { dtype: "uint4", min: 0, scale: 1 } }) },
  ],
  [
    "row 18",
    "halves for whole numbers",
    "E_QUANT_INVALID",
    { weights: weight({ dtype: "int32", quantization: { dtype: "float16" } }) },
  ],
  ["row 18", "an unknown element type", "E_DTYPE", { weights: weight({ dtype: "float8" }) }],
  ["row 18", "strings", "E_DTYPE", { weights: weight({ dtype: "string" }) }],
  ["row 12", "a shape with a fraction", "E_SHAPE_INVALID", { weights: weight({ shape: [3, 3, 1, 2.5] }) }],
  ["row 12", "a shape that overflows", "E_SHAPE_OVERFLOW", { weights: weight({ shape: [2 ** 31 - 1, 2 ** 31 - 1] }) }],
  ["row 12", "a tensor beyond the limit", "E_TENSOR_TOO_LARGE", { weights: weight({ shape: [2 ** 30] }) }],
  ["row 19", "a constant without numbers", "E_WEIGHT_MISSING", { weights: [WEIGHTS[0]!], bin: BYTES.slice(0, 72) }],
  ["row 19", "a weight twice", "E_WEIGHT_DUPLICATE", { weights: [WEIGHTS[0]!, WEIGHTS[0]!], bin: new Uint8Array(144) }],
  ["row 20", "text that is no base64", "E_ATTR_INVALID", { nodes: attr({ padding: { s: "%%%" } }) }],
  ["row 20", "a padding that does not exist", "E_ATTR_INVALID", { nodes: attr({ padding: { s: base64("HALF") } }) }],
  ["row 20", "strides of 0", "E_ATTR_INVALID", { nodes: attr({ strides: ints("1", "0", "0", "1") }) }],
  ["row 20", "strides of −1", "E_ATTR_INVALID", { nodes: attr({ strides: ints("1", "-1", "-1", "1") }) }],
  ["row 20", "strides that are no numbers", "E_ATTR_INVALID", { nodes: attr({ strides: ints("1", "1e9", "x", "1") }) }],
  ["row 20", "dilations of three numbers", "E_ATTR_INVALID", { nodes: attr({ dilations: ints("1", "1", "1") }) }],
  ["row 20", "channels first", "E_ATTR_INVALID", { nodes: attr({ data_format: { s: base64("NCHW") } }) }],
  ["row 20", "an attribute that is a list", "E_HEADER_INVALID", { nodes: attr({ padding: [] }) }],
  [
    "row 21",
    "a cycle",
    "E_GRAPH",
    { nodes: [...node({ input: ["again", "w", "b"] }), { name: "again", op: "Relu", input: ["conv"] }] },
  ],
  ["row 21", "a node that reads itself", "E_GRAPH", { nodes: node({ input: ["conv", "w", "b"] }) }],
  ["row 21", "an input that nobody makes", "E_GRAPH", { nodes: node({ input: ["picture", "w", "b"] }) }],
  ["row 21", "two nodes of one name", "E_GRAPH", { nodes: [...NODES, NODES[3]!] }],
  [
    "row 21",
    "no output",
    "E_GRAPH",
    { nodes: [{ name: "w", op: "Const" }], weights: [WEIGHTS[0]!], bin: BYTES.slice(0, 72) },
  ],
  ["row 21", "an output that is not there", "E_GRAPH", { signature: { outputs: { y: { name: "nothing:0" } } } }],
  [
    "row 33",
    "operators nobody knows",
    "E_UNSUPPORTED_OP",
    { nodes: [...NODES, { name: "evil", op: "PyFunc", input: ["conv"] }] },
  ],
  ["row 32", "padding beyond all memory", "E_TENSOR_TOO_LARGE", padded(1e9)],
  ["row 33", "a mean over the batch", "E_UNSUPPORTED_OP", reduced("Mean", 0)],
  ["row 33", "a variance", "E_UNSUPPORTED_OP", reduced("Variance", 1)],
  [
    "row 34",
    "a kernel for other channels",
    "E_ATTR_INVALID",
    { weights: [{ name: "w", shape: [3, 1, 2, 3], dtype: "float32" }, WEIGHTS[1]!] },
  ],
  [
    "row 35",
    "an input of unknown size",
    "E_INPUT_SHAPE",
    { nodes: [{ name: "image", op: "Placeholder", attr: dims(-1, -1, -1, 1) }, ...NODES.slice(1)] },
  ],
  [
    "row 35",
    "an empty input",
    "E_INPUT_SHAPE",
    { nodes: [{ name: "image", op: "Placeholder", attr: dims(-1, 0, 4, 1) }, ...NODES.slice(1)] },
  ],
])("%s: %s", (_, __, code, parts) => {
  it(`is ${code}`, async () => {
    expect(await codeOf(() => load(parts))).toBe(code);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

/** A constant of whole numbers behind the weights, and a node that reads it and the convolution. */
function withNumbers(numbers: readonly number[], shape: readonly number[], reader: object): Parts {
  return {
    nodes: [...NODES, { name: "n", op: "Const" }, reader],
    weights: [...WEIGHTS, { name: "n", shape, dtype: "int32" }],
    bin: new Uint8Array([...BYTES, ...new Uint8Array(Int32Array.from(numbers).buffer)]),
  };
}

function padded(size: number): Parts {
  const paddings = [0, 0, size, size, size, size, 0, 0];
  return withNumbers(paddings, [4, 2], { name: "p", op: "Pad", input: ["conv", "n"] });
}

function reduced(op: string, axis: number): Parts {
  return withNumbers([axis], [1], { name: "r", op, input: ["conv", "n"] });
}

function deep(levels: number): Folder {
  const text = `{"modelTopology":${"[".repeat(levels)}${"]".repeat(levels)},"weightsManifest":[]}`;
  return { "model.json": text, "a.bin": BYTES };
}

it("row 21: a cycle that an output needs is named", async () => {
  const nodes = [...node({ input: ["again", "w", "b"] }), { name: "again", op: "Relu", input: ["conv"] }];
  const signature = { outputs: { y: { name: "conv:0" } } };
  await expect(load({ nodes, signature })).rejects.toThrow(/expected a graph without cycles, got one through "conv"/);
});

describe("unsupported operators", () => {
  it("are listed all at once, each kind with a node", async () => {
    const nodes = [
      ...NODES,
      { name: "one", op: "TopKV2", input: ["conv"] },
      { name: "two", op: "NonMaxSuppressionV5", input: ["one:1"] },
    ];
    await expect(load({ nodes })).rejects.toThrow(/NonMaxSuppressionV5 \("two"\), TopKV2 \("one"\)/);
  });
});

it("twenty thousand weights are named in no more time than it takes to read them", async () => {
  const names = Array.from({ length: 20_000 }, (_, i) => `w${i}`);
  const nodes = [
    NODES[0]!,
    ...names.map((name) => ({ name, op: "Const" })),
    ...names.map((name, i) => ({ name: `a${i}`, op: "Add", input: [i === 0 ? "image" : `a${i - 1}`, name] })),
  ];
  const weights = names.map((name) => ({ name, shape: [1], dtype: "float32" }));
  const source = folderSource(folder({ nodes, weights, bin: new Uint8Array(4 * names.length) }), "model.json");
  const started = performance.now();
  expect((await loadGraph(source)).graph.nodes).toHaveLength(names.length);
  expect(performance.now() - started).toBeLessThan(5000);
});

describe("row 14: limits", () => {
  it("of JSON can be set and are named", async () => {
    const source = folderSource(folder({}), "model.json");
    await expect(loadGraph(source, { limits: { ...DEFAULT_LIMITS, headerBytes: 100 } })).rejects.toThrow(
      /limit headerBytes/,
    );
    await expect(loadGraph(source, { limits: { ...DEFAULT_LIMITS, tensors: 3 } })).rejects.toThrow(/limit tensors/);
  });
});

it("row 35: a size that the file leaves open can be given", async () => {
  const nodes = [{ name: "image", op: "Placeholder", attr: dims(-1, -1, -1, 1) }, ...NODES.slice(1)];
  const source = (): ReturnType<typeof folderSource> => folderSource(folder({ nodes }), "model.json");
  const { graph } = await loadGraph(source(), { inputShape: [6, 5] });
  expect(graph.values[graph.outputs[0]!]!.shape).toEqual([1, 6, 5, 2]);
  const named = await loadGraph(source(), { inputShapes: { image: [1, 7, 3, 1] } });
  expect(named.graph.values[named.graph.outputs[0]!]!.shape).toEqual([1, 7, 3, 2]);
});
