/** Prototype pollution: names from files and from the command line that reach a prototype, through every reader there is. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { readTimmConfig } from "../../src/load/hub/timm-config.ts";
import { loadGraph } from "../../src/load/index.ts";
import { DEFAULT_LIMITS } from "../../src/load/limits.ts";
import { openSafetensors } from "../../src/load/safetensors.ts";
import { bytesSource, type RandomAccessSource } from "../../src/load/source.ts";
import { loadModel } from "../../src/node.ts";
import { fileSource } from "../../src/node/file-source.ts";
import { gradcam } from "../support/cli.ts";
import { codeOf } from "../support/error-code.ts";
import { type Folder, folderSource } from "../support/folder-source.ts";
import { goldenBytes, goldenJson } from "../support/golden.ts";
import { floats, modelProto } from "../support/onnx.ts";
import { safetensors } from "../support/safetensors.ts";
import { zipBytes } from "../support/zip-bytes.ts";

const PROTOTYPES = [Object.prototype, Array.prototype, Function.prototype, String.prototype, Map.prototype];
const seen = (): string[] => PROTOTYPES.flatMap((prototype) => Reflect.ownKeys(prototype).map(String));
const before = seen();

afterEach(() => {
  expect(seen()).toEqual(before);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

const home = mkdtempSync(join(tmpdir(), "gradcam-prototype-"));
afterAll(() => {
  rmSync(home, { recursive: true });
});

/** JSON.stringify never writes such a key of its own accord. */
const PAYLOAD = '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}';
/** With the payload in every object. */
const poisoned = (value: unknown): string =>
  JSON.stringify(value).replaceAll("{", `{${PAYLOAD},`).replaceAll(",}", "}");
const load = async (source: RandomAccessSource): Promise<void> => (await loadGraph(source)).close();
const inFolder = (folder: Folder, name: string) => (): Promise<void> => load(folderSource(folder, name));
const ofBytes = (bytes: Uint8Array, name: string) => (): Promise<void> => load(bytesSource(bytes, name));

const GRAPH = "tfjs/graph_small_f32";
const SHARD = "group1-shard1of1.bin";
const tfjs = (change: (text: string) => string): Folder => ({
  "model.json": change(JSON.stringify(goldenJson(`${GRAPH}/model.json`))),
  [SHARD]: goldenBytes(`${GRAPH}/${SHARD}`),
});
const keras = (config: string): Uint8Array =>
  zipBytes([
    { name: "metadata.json", bytes: `{${PAYLOAD},"keras_version":"3.15.1"}` },
    { name: "config.json", bytes: config },
    { name: "model.weights.h5", bytes: goldenBytes("keras/files/k3_tiny.weights.h5") },
  ]);
const architecture = goldenJson<Record<string, unknown>>("keras/files/k3_tiny.architecture.json");
const tensor = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}';
const portable = (graph: string): Uint8Array =>
  safetensors(
    `{"__metadata__":${JSON.stringify({ "gradcam.version": "1", "gradcam.graph": graph, "gradcam.preprocess": `{${PAYLOAD}}` })}}`,
    new Uint8Array(0),
  );
const relu = { op: "Relu", inputs: ["x"], outputs: ["__proto__"] };

describe("prototype pollution by a file", () => {
  it.each<[reader: string, code: string, action: () => unknown]>([
    [
      "safetensors, a tensor's name",
      "E_NAME_INVALID",
      () => openSafetensors(bytesSource(safetensors(`{"__proto__":${tensor}}`, new Uint8Array(4)))),
    ],
    [
      "safetensors, fields and remarks",
      "E_NAME_INVALID",
      () => openSafetensors(bytesSource(safetensors(`{"__metadata__":{${PAYLOAD}},"a":${tensor}}`, new Uint8Array(4)))),
    ],
    [
      "safetensors in several files",
      "E_NAME_INVALID",
      inFolder({ "m.index.json": '{"weight_map":{"__proto__":"a.safetensors"}}' }, "m.index.json"),
    ],
    [
      "TensorFlow.js, keys of all objects",
      "E_GRAPH",
      inFolder(
        tfjs((text) => poisoned(JSON.parse(text))),
        "model.json",
      ),
    ],
    [
      "TensorFlow.js, names of weights",
      "E_NAME_INVALID",
      inFolder(
        tfjs((text) => text.replace(/("weights":\s*\[\{"name":\s*")[^"]+"/, '$1__proto__"')),
        "model.json",
      ),
    ],
    [
      "Keras, keys of all objects, which are passed over",
      "none",
      ofBytes(keras(poisoned(architecture)), "model.keras"),
    ],
    [
      "Keras, a layer's name",
      "E_NAME_INVALID",
      ofBytes(keras(JSON.stringify(architecture).replaceAll('"stem"', '"__proto__"')), "model.keras"),
    ],
    ["HDF5, groups", "E_NAME_INVALID", ofBytes(goldenBytes("h5/prototype-name.h5"), "model.h5")],
    ["HDF5, attributes", "E_OPTION", ofBytes(goldenBytes("h5/prototype-attributes.h5"), "model.h5")],
    ["ONNX, values", "E_NAME_INVALID", ofBytes(modelProto({ nodes: [relu], outputs: ["__proto__"] }), "model.onnx")],
    [
      "ONNX, initializers",
      "E_NAME_INVALID",
      ofBytes(
        modelProto({
          nodes: [{ op: "Add", inputs: ["x", "constructor"], outputs: ["y"] }],
          tensors: [floats("constructor", [1], [1])],
        }),
        "model.onnx",
      ),
    ],
    [
      "ONNX, attributes",
      "none",
      ofBytes(
        modelProto({
          nodes: [
            {
              op: "Relu",
              inputs: ["x"],
              outputs: ["y"],
              attributes: JSON.parse('{"__proto__":"polluted"}') as Readonly<Record<string, string>>,
            },
          ],
        }),
        "model.onnx",
      ),
    ],
    [
      "ONNX, operators",
      "E_UNSUPPORTED_OP",
      ofBytes(modelProto({ nodes: [{ ...relu, op: "toString", outputs: ["y"] }] }), "m.onnx"),
    ],
    ["portable, its network", "E_HEADER_INVALID", ofBytes(portable(`{${PAYLOAD}}`), "model.safetensors")],
    ["zip, members", "E_NAME_INVALID", ofBytes(zipBytes([{ name: "__proto__/model.json", bytes: "{}" }]), "m.zip")],
  ])("%s: %s", async (_, code, action) => {
    expect(await codeOf(action)).toBe(code);
  });

  it("timm's config.json", async () => {
    writeFileSync(join(home, "model.safetensors"), "12345678");
    writeFileSync(join(home, "config.json"), `{${PAYLOAD},"architecture":"constructor","pretrained_cfg":{${PAYLOAD}}}`);
    const source = await fileSource(join(home, "model.safetensors"));
    expect(await readTimmConfig(source, DEFAULT_LIMITS)).toBeUndefined();
    await source.close();
  });

  it("labels", async () => {
    const text = `[${new Array<string>(1000).fill(`{${PAYLOAD},"name":"__proto__"}`).join(",")}]`;
    const model = await loadModel(undefined, { labels: JSON.parse(text) as unknown[] });
    expect(model.labels).toHaveLength(1000);
    model.dispose();
  });
});

describe("prototype pollution by the command line", () => {
  const file = (name: string, text: string): string => {
    writeFileSync(join(home, name), text);
    return join(home, name);
  };
  const CAT = "examples/cat.jpg";

  it.each<[code: string, words: () => string[]]>([
    ["E_OPTION", () => ["explain", CAT, "--set", "__proto__=1"]],
    ["E_OPTION", () => ["explain", CAT, "--set", "constructor=1"]],
    ["E_OPTION", () => ["explain", CAT, "--set", "toString=polluted"]],
    ["E_OPTION", () => ["explain", CAT, "--method", "__proto__"]],
    ["E_OPTION", () => ["explain", CAT, "--method", "constructor"]],
    ["E_OPTION", () => ["explain", CAT, "--colormap", "constructor"]],
    ["E_OPTION", () => ["explain", CAT, "--preprocess", "toString"]],
    ["E_OPTION", () => ["explain", CAT, "--compat", "__proto__"]],
    ["E_OPTION", () => ["explain", CAT, "--output", "{__proto__}.png"]],
    ["E_OPTION", () => ["explain", CAT, "--__proto__", "x"]],
    ["E_TARGET_LAYER", () => ["explain", CAT, "--layer", "__proto__"]],
    ["E_TARGET_CLASS", () => ["explain", CAT, "--target", "constructor"]],
    ["E_OPTION", () => ["metrics", CAT, "--metrics", "constructor"]],
    ["E_OPTION", () => ["metrics", CAT, "--fail-under", "__proto__=1"]],
    ["E_OPTION", () => ["inspect", "--architecture", "constructor"]],
    ["E_MODEL_NOT_FOUND", () => ["inspect", "--model", "__proto__"]],
    ["E_INPUT_VALUE", () => ["inspect", "--tuning", file("tuning.json", `{"version":1,"builds":{${PAYLOAD}}}`)]],
    ["E_INPUT_VALUE", () => ["metrics", CAT, "--boxes", file("boxes.json", `{${PAYLOAD}}`)]],
    ["E_INPUT_VALUE", () => ["reproduce", file("result.json", `{${PAYLOAD}}`)]],
  ])("is %s", async (code, words) => {
    const run = await gradcam(words());
    expect(run.stdout).toBe("");
    expect(run.stderr).toMatch(/^gradcam: (E_\w+): [^\n]*\n$/);
    expect(run.stderr.split(": ")[1], words().join(" ")).toBe(code);
  });
});
