/** Allocation from a declared size: small files and words that name large numbers, through every reader there is. */
import { beforeAll, describe, expect, it } from "vitest";
import { loadGraph } from "../../src/load/index.ts";
import { bytesSource } from "../../src/load/source.ts";
import { readImage } from "../../src/node.ts";
import { gradcam } from "../support/cli.ts";
import { codeOf } from "../support/error-code.ts";
import { type Folder, folderSource } from "../support/folder-source.ts";
import { goldenBytes, goldenJson } from "../support/golden.ts";
import { integers, modelProto, tensorProto } from "../support/onnx.ts";
import { safetensors, withHeader } from "../support/safetensors.ts";
import { zipBytes } from "../support/zip-bytes.ts";

/** Bytes, for all that a refusal needs; what is asked for below is 147 MB at least. */
const ROOM = 2 ** 26;

async function codeInLittleRoom(action: () => unknown): Promise<string> {
  globalThis.gc?.();
  const held = (): number => process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
  const before = held();
  const code = await codeOf(action);
  expect(held() - before).toBeLessThan(ROOM);
  return code;
}

const load = (bytes: Uint8Array, name: string) => async (): Promise<void> =>
  (await loadGraph(bytesSource(bytes, name))).close();
const loadFolder = (folder: Folder) => async (): Promise<void> =>
  (await loadGraph(folderSource(folder, "model.json"))).close();

const GIB = 2 ** 30;
const tensor = (shape: readonly number[], end: number): object => ({ dtype: "F32", shape, data_offsets: [0, end] });
const { modelTopology } = goldenJson<{ modelTopology: object }>("tfjs/graph_small_f32/model.json");
const tfjs = (shape: readonly number[], more: object = {}): Folder => ({
  "model.json": JSON.stringify({
    format: "graph-model",
    modelTopology,
    weightsManifest: [{ paths: ["a.bin"], weights: [{ name: "w", shape, dtype: "float32", ...more }] }],
  }),
  "a.bin": new Uint8Array(16),
});
const matmul = (...tensors: Uint8Array[]): Uint8Array =>
  modelProto({ nodes: [{ op: "MatMul", inputs: ["x", "w"], outputs: ["y"] }], tensors });
const shaped = (op: string, size: number): Uint8Array =>
  modelProto({
    nodes: [
      { op: "ConstantOfShape", inputs: ["s"], outputs: ["w"] },
      { op, inputs: ["x", "w"], outputs: ["y"] },
    ],
    tensors: [integers("s", [size])],
  });
const dense = (units: number): Uint8Array =>
  zipBytes([
    {
      name: "config.json",
      bytes: JSON.stringify({
        class_name: "Sequential",
        config: {
          name: "s",
          layers: [
            { class_name: "InputLayer", config: { name: "image", batch_shape: [null, 9, 8, 3] } },
            { class_name: "UpSampling2D", config: { name: "up", size: [units, units] } },
          ],
        },
      }),
    },
    { name: "model.weights.h5", bytes: goldenBytes("keras/files/k3_tiny.weights.h5") },
  ]);
const portable = (shape: readonly number[]): Uint8Array => {
  const graph = {
    name: "n",
    inputs: [{ name: "input", shape }],
    parameters: [],
    nodes: [{ op: "relu", name: "r", inputs: [0], attrs: {} }],
    outputs: [1],
    layers: [],
  };
  const remarks = { "gradcam.version": "1", "gradcam.graph": JSON.stringify(graph), "gradcam.preprocess": "{}" };
  return safetensors({ __metadata__: remarks }, new Uint8Array(0));
};
/** Width and height in the header of a bitmap. */
function bmp(width: number, height: number): Uint8Array {
  const bytes = goldenBytes("image/decode/plain.bmp");
  const header = new DataView(bytes.buffer);
  header.setInt32(18, width, true);
  header.setInt32(22, height, true);
  return bytes;
}

// HDF5 takes its own memory at the first file.
beforeAll(load(goldenBytes("keras/files/k3_tiny.keras"), "model.keras"));

describe("allocation from a declared size", () => {
  it.each<[what: string, code: string, action: () => unknown]>([
    [
      "safetensors, a header",
      "E_HEADER_TOO_LARGE",
      load(withHeader(safetensors({}, new Uint8Array(8)), 99_999_999n), "m.safetensors"),
    ],
    [
      "safetensors, a tensor",
      "E_TENSOR_TOO_LARGE",
      load(safetensors({ a: tensor([GIB], 4 * GIB) }, new Uint8Array(4)), "m.safetensors"),
    ],
    [
      "safetensors, dimensions",
      "E_SHAPE_INVALID",
      load(safetensors({ a: tensor(new Array<number>(5000).fill(1), 4) }, new Uint8Array(4)), "m.safetensors"),
    ],
    ["TensorFlow.js, a weight", "E_SHARD_SIZE", loadFolder(tfjs([GIB / 4]))],
    [
      "TensorFlow.js, a quantised weight",
      "E_SHARD_SIZE",
      loadFolder(tfjs([GIB / 4], { quantization: { dtype: "uint8", min: 0, scale: 1 } })),
    ],
    ["Keras, a layer's output", "E_TENSOR_TOO_LARGE", load(dense(1e6), "model.keras")],
    ["HDF5, a dataset", "E_TENSOR_TOO_LARGE", load(goldenBytes("h5/shape-bomb.h5"), "model.h5")],
    [
      "HDF5, a dataset that was never written",
      "E_TENSOR_TOO_LARGE",
      load(goldenBytes("h5/undeclared-storage.h5"), "model.h5"),
    ],
    ["HDF5, a chunk", "E_TENSOR_TOO_LARGE", load(goldenBytes("h5/chunk-bomb.h5"), "model.h5")],
    [
      "ONNX, an initializer",
      "E_TENSOR_SIZE",
      load(matmul(tensorProto("w", [64, GIB / 256], 1, new Uint8Array(4))), "m.onnx"),
    ],
    [
      "ONNX, an initializer without numbers",
      "E_TENSOR_SIZE",
      load(matmul(tensorProto("w", [8, GIB / 32], 1)), "m.onnx"),
    ],
    ["ONNX, a constant of a shape", "E_TENSOR_TOO_LARGE", load(shaped("MatMul", 134_217_728), "m.onnx")],
    [
      "ONNX, a length in the wire",
      "E_TRUNCATED",
      load(Uint8Array.of(8, 8, 0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0, 0), "m.onnx"),
    ],
    ["portable, an input", "E_SHAPE_INVALID", load(portable([1, 65_536, 65_536, 3]), "m.safetensors")],
    [
      "zip, a member",
      "E_ZIP_INVALID",
      load(zipBytes([{ name: "model.json", bytes: "{}", declared: { packed: 4e9, unpacked: 4e9 } }]), "m.zip"),
    ],
    ["a bitmap", "E_IMAGE_TOO_LARGE", () => readImage(bmp(60_000, 60_000))],
    ["a bitmap that ends early", "E_IMAGE_CORRUPT", () => readImage(bmp(7000, 7000))],
  ])("by %s is refused", async (_, code, action) => {
    expect(await codeInLittleRoom(action)).toBe(code);
  });

  it.each([
    "classify examples/cat.jpg --top 1e308",
    "classify examples/cat.jpg --jobs 99999999999",
    "inspect --threads 1000000",
    "filters --layer _block.0 --channels 0-99999999999",
    "filters --layer _blocks.3._relu1 --size 99999999",
    "metrics examples/cat.jpg --metrics road --set levels=1e15",
    "explain examples/cat.jpg --method rise --set samples=1e15",
  ])("by words is refused: %s", async (words) => {
    const run = await gradcam(words.split(" "));
    expect(run.stderr).toMatch(/^gradcam: E_(?!INTERNAL)\w+: [^\n]*\n$/);
    expect(run.code).toBeGreaterThan(0);
  });
});
