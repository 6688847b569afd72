/**
 * Networks that their files describe in few bytes and that would take all memory or hours: refused by limits of the whole network,
 * before anything is computed or taken. Values and weights by themselves are test/security/unbounded-allocation.test.ts.
 */
import { describe, expect, it } from "vitest";
import { GradCamError } from "../../src/errors.ts";
import { bytesSource } from "../../src/load/source.ts";
import { loadModel, type LoadOptions, type ModelSource } from "../../src/node.ts";
import { folderSource } from "../support/folder-source.ts";
import { floats, integers, modelProto, type ModelParts, type NodeParts } from "../support/onnx.ts";
import { functional, INPUT, type Json, layer, model as keras, sequential } from "../load/keras/hostile/laboratory.ts";

/** Of a busy machine; each takes a tenth of it or less by itself. */
const MOST_MILLISECONDS = 20_000;
/** Bytes, for all that a refusal needs; what the networks would take is 2 GiB at least. */
const ROOM = 2 ** 28;

async function refusalOf(source: ModelSource, options: LoadOptions = {}): Promise<GradCamError> {
  const before = process.memoryUsage().rss;
  const begun = performance.now();
  const error = await loadModel(source, { engine: { threads: 1 }, ...options }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(performance.now() - begun).toBeLessThan(MOST_MILLISECONDS);
  expect(process.memoryUsage().rss - before).toBeLessThan(ROOM);
  expect(error).toBeInstanceOf(GradCamError);
  return error as GradCamError;
}

const onnx = (parts: ModelParts): ModelSource => bytesSource(modelProto(parts), "m.onnx");

/** `count` nodes, each reading the one before, from x to z, and a classifier behind them. */
function chain(count: number, node: (from: string) => Omit<NodeParts, "outputs">): NodeParts[] {
  const nodes = Array.from({ length: count }, (_, i) => ({
    ...node(i === 0 ? "x" : `v${i}`),
    outputs: [i === count - 1 ? "z" : `v${i + 1}`],
  }));
  const head = [
    { op: "GlobalAveragePool", inputs: ["z"], outputs: ["g"] },
    { op: "Flatten", inputs: ["g"], outputs: ["y"] },
  ];
  return [...nodes, ...head];
}

const window = { kernel_shape: [512, 512], pads: [255, 255, 256, 256] };
const square = { kernel_shape: [7, 7], pads: [3, 3, 3, 3] };

describe("a network that would hold more than", () => {
  it.each<[what: string, where: string, parts: ModelParts]>([
    [
      "a value joined to itself, again and again",
      'concat "z"',
      { nodes: chain(21, (from) => ({ op: "Concat", inputs: [from, from], attributes: { axis: 1 } })) },
    ],
    [
      "channels of padding",
      'extend "v1',
      {
        nodes: chain(3, (from) =>
          from === "x" ? { op: "Pad", inputs: ["x", "p"] } : { op: "Add", inputs: [from, from] },
        ),
        tensors: [integers("p", [0, 0, 0, 0, 0, 2 ** 22, 0, 0])],
      },
    ],
    [
      "a picture of 13,000 × 13,000",
      'relu "z"',
      { inputs: [["x", [1, 3, 13_000, 13_000]]], nodes: chain(1, (from) => ({ op: "Relu", inputs: [from] })) },
    ],
    [
      "a thousand outputs, each far below the limit",
      'extend "a/padded',
      {
        nodes: [
          { op: "Pad", inputs: ["x", "p"], outputs: ["a"] },
          ...Array.from({ length: 1000 }, (_, i) => ({ op: "Relu", inputs: ["a"], outputs: [`o${i}`] })),
          { op: "Sum", inputs: Array.from({ length: 1000 }, (_, i) => `o${i}`), outputs: ["z"] },
          ...chain(1, () => ({ op: "Relu", inputs: ["z"] })).slice(1),
        ],
        tensors: [integers("p", [0, 0, 0, 0, 0, 2 ** 14, 0, 0])],
      },
    ],
  ])("passBytes, %s, is refused where most of it is", async (_, where, parts) => {
    const error = await refusalOf(onnx(parts));
    expect(error).toMatchObject({ code: "E_NETWORK_TOO_LARGE", where: expect.stringContaining(where) as string });
    expect(error.expected).toContain("(limit passBytes)");
  });

  it("weightBytes is refused before a weight is read", async () => {
    const parts: ModelParts = {
      nodes: chain(2, (from) => ({ op: "Conv", inputs: [from, from === "x" ? "a" : "b"] })),
      tensors: [
        floats("a", [4, 3, 1, 1], new Array<number>(12).fill(1)),
        floats("b", [4, 4, 1, 1], new Array<number>(16).fill(1)),
      ],
    };
    // Filters lie in panels of eight.
    const error = await refusalOf(onnx(parts), { limits: { weightBytes: 200 } });
    expect(error).toMatchObject({
      code: "E_NETWORK_TOO_LARGE",
      where: 'weight "b" of conv2d "z"',
      expected: "at most 200 bytes of weights (limit weightBytes)",
      got: "224 with this one",
    });
    (await loadModel(onnx(parts), { limits: { weightBytes: 224 } })).dispose();
  });

  it("the weights of its file, by one kernel and a thousand batch norms, has them once", async () => {
    const norm = ["scale", "shift", "mean", "variance"];
    const nodes = chain(2000, (from) =>
      from === "x" || Number(from.slice(1)) % 2 === 0
        ? { op: "Conv", inputs: [from, "w"], attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] } }
        : { op: "BatchNormalization", inputs: [from, ...norm] },
    );
    const tensors = [
      floats("w", [64, 64, 3, 3], new Array<number>(64 * 64 * 9).fill(0.001)),
      ...norm.map((name) => floats(name, [64], new Array<number>(64).fill(1))),
    ];
    const model = await loadModel(onnx({ inputs: [["x", [1, 64, 4, 4]]], nodes, tensors }));
    expect(model.engine.bytes.weights).toBe(64 * 64 * 9 * 4 + 4 * 64 * 4);
    model.dispose();
  });

  it("1 GiB of weights that its file does not hold is refused", async () => {
    const nodes = ["a", "b", "c"].flatMap((name) => [
      { op: "ConstantOfShape", inputs: ["s"], outputs: [name] },
      { op: "MatMul", inputs: ["x", name], outputs: [`y${name}`] },
    ]);
    const parts = { nodes, tensors: [integers("s", [8, 2 ** 24 - 1])], outputs: ["ya", "yb", "yc"] };
    const error = await refusalOf(onnx(parts));
    expect(error).toMatchObject({
      code: "E_TENSOR_TOO_LARGE",
      where: expect.stringContaining("ConstantOfShape") as string,
    });
    expect(error.expected).toBe("at most 268435456 numbers made by operators");
  });
});

describe("a network that would compute for hours,", () => {
  const filled = (count: number): number[] => new Array<number>(count).fill(0.01);
  it.each<[what: string, where: string, parts: ModelParts]>([
    [
      "convolutions of a large picture",
      'conv2d "',
      {
        inputs: [["x", [1, 64, 1024, 1024]]],
        nodes: chain(8, (from) => ({ op: "Conv", inputs: [from, "w"], attributes: square })),
        tensors: [floats("w", [64, 64, 7, 7], filled(64 * 64 * 49))],
      },
    ],
    [
      "products of a picture with itself",
      'matmul "',
      {
        inputs: [["x", [1, 1, 1024, 1024]]],
        nodes: chain(5000, (from) => ({ op: "MatMul", inputs: [from, from] })),
      },
    ],
    ...["MaxPool", "AveragePool"].map((op): [string, string, ModelParts] => [
      `windows of ${op} as large as the picture`,
      'Pool "z"',
      {
        inputs: [["x", [1, 1, 512, 512]]],
        nodes: chain(1, (from) => ({ op, inputs: [from], attributes: window })),
      },
    ]),
    [
      "slow functions of large maps",
      'pow "',
      {
        inputs: [["x", [1, 3, 4096, 4096]]],
        nodes: chain(100, (from) => ({ op: "Pow", inputs: [from, "p"] })),
        tensors: [floats("p", [1], [1.5])],
      },
    ],
  ])("%s, is refused where most of the time would go", async (_, where, parts) => {
    const error = await refusalOf(onnx(parts));
    expect(error).toMatchObject({ code: "E_NETWORK_TOO_LARGE", where: expect.stringContaining(where) as string });
    expect(error.expected).toContain("1000000000000 multiply-adds (limit passMultiplyAdds)");
  });
});

describe("a network of more operators than any has,", () => {
  const MANY = 99_000;
  /** A model that calls the one inside `times` times. */
  const nested = (depth: number, times: number, inner: Json): Json => {
    const name = `level_${depth}`;
    const called = depth === 0 ? inner : nested(depth - 1, times, inner);
    const calls = Array.from({ length: times }, (_, i) => [
      [depth === 0 || i === 0 ? "image" : "again", 0, i === 0 ? 0 : i - 1, {}],
    ]);
    calls.forEach((call, i) => {
      if (i > 0) call[0] = ["again", i - 1, 0, {}];
    });
    return {
      class_name: "Functional",
      config: {
        name,
        layers: [
          { ...INPUT, name: "image", inbound_nodes: [] },
          { ...called, name: "again", inbound_nodes: calls },
        ],
        input_layers: [["image", 0, 0]],
        output_layers: [["again", times - 1, 0]],
      },
    };
  };
  const repeated = (kind: string): Json => sequential(nested(6, 60, layer(kind, { name: "again" })), layer("ReLU"));
  const dims = [1, 8, 8, 3].map((size) => ({ size: String(size) }));
  const tfjsGraph = {
    format: "graph-model",
    modelTopology: {
      node: [
        { name: "v0", op: "Placeholder", attr: { shape: { shape: { dim: dims } } } },
        ...Array.from({ length: MANY }, (_, i) => ({ name: `v${i + 1}`, op: "Relu", input: [`v${i}`] })),
      ],
    },
    weightsManifest: [],
  };
  const names = Array.from({ length: MANY }, (_, i) => `r${i}`);
  it.each<[what: string, source: () => ModelSource]>([
    ["ONNX, one after the other", () => onnx({ nodes: chain(MANY, (from) => ({ op: "Relu", inputs: [from] })) })],
    [
      "ONNX, one that stands for many",
      () => onnx({ nodes: chain(1, () => ({ op: "Sum", inputs: new Array<string>(MANY).fill("x") })) }),
    ],
    [
      "ONNX, all of them outputs",
      () =>
        onnx({
          nodes: chain(MANY / 3, (from) => ({ op: "Relu", inputs: [from] })),
          outputs: names.slice(0, MANY / 3 - 1).map((_, i) => `v${i + 1}`),
        }),
    ],
    ["TensorFlow.js, a graph", () => folderSource({ "model.json": JSON.stringify(tfjsGraph) }, "model.json")],
    [
      "Keras, a list of layers",
      () => bytesSource(keras(sequential(...names.map((name) => layer("ReLU", { name })))), "m.keras"),
    ],
    [
      "Keras, layers that are wired",
      () =>
        bytesSource(
          keras(
            functional(Object.fromEntries(names.map((name, i) => [name, [names[i - 1] ?? "image"]])), names.at(-1)!),
          ),
          "m.keras",
        ),
    ],
    ["Keras, models in models, each called sixty times", () => bytesSource(keras(repeated("ReLU")), "m.keras")],
  ])("%s, is refused", async (_, source) => {
    const error = await refusalOf(source());
    expect(error.code).toBe("E_NETWORK_TOO_LARGE");
    expect(error.expected).toContain("(limit operators)");
  });

  it("or of endless calls that make none, is refused", async () => {
    const error = await refusalOf(bytesSource(keras(repeated("Dropout")), "m.keras"));
    expect(error.expected).toContain("(limit tensors)");
  });
});

it("limits that are misspelt, or no numbers, are refused and not left out", async () => {
  const source = onnx({ nodes: chain(1, (from) => ({ op: "Relu", inputs: [from] })) });
  const limits = { passbytes: 1 } as LoadOptions["limits"];
  expect(await refusalOf(source, { limits: limits! })).toMatchObject({
    code: "E_OPTION",
    hint: 'did you mean "passBytes"?',
  });
  for (const passBytes of [NaN, -1, "1" as unknown as number]) {
    expect((await refusalOf(source, { limits: { passBytes } })).where).toBe("limits.passBytes");
  }
});
