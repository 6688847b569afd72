/** Our own portable file: what comes out is what went in, and a forged one is refused with a code. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classify, createModel, explain, type HostTensor, loadModel, type Model } from "../../src/node.ts";
import { GradCamError } from "../../src/errors.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { preprocess } from "../../src/image/preprocess.ts";
import { type PresetName, resolvePreprocess } from "../../src/image/presets.ts";
import { loadGraph } from "../../src/load/index.ts";
import { type PortableOptions, writePortable } from "../../src/load/portable/write.ts";
import { bytesSource } from "../../src/load/source.ts";
import { spearman } from "../../src/metrics/correlation.ts";
import type { Architecture } from "../../src/zoo/architecture.ts";
import type { ArchitectureName } from "../../src/zoo/architecture-names.ts";
import { architectures } from "../../src/zoo/index.ts";
import { Net } from "../../src/zoo/net.ts";
import { elements } from "../../src/shape.ts";
import { codeOf } from "../support/error-code.ts";
import { goldenBytes, goldenJson, relativeMax } from "../support/golden.ts";
import { seeded } from "../support/random.ts";
import { safetensors } from "../support/safetensors.ts";
import { syntheticParameter, type SyntheticTensor, syntheticWeights } from "../support/synthetic-weights.ts";

const SIDE = 64;

/** A network with weights that keep the variance of what they multiply. */
function network(name: ArchitectureName): Graph {
  const architecture: Architecture = architectures[name];
  const { flavour, geometry } = architecture.namings[0]!;
  const net = new Net(name, "test", {
    get({ name: weight, shape, role }) {
      const part = weight.slice(weight.lastIndexOf("/") + 1);
      const isKernel = role !== "vector";
      const fan = role === "depthwise" ? elements(shape.slice(0, 2)) : elements(shape.slice(0, -1));
      const center = part === "gamma" || part.endsWith("variance") ? 1 : 0;
      return syntheticParameter({ name: weight, shape, center, scale: isKernel ? Math.sqrt(6 / fan) : 0.1 });
    },
  });
  const options = { size: [SIDE, SIDE], classes: 10, alpha: 1, flavour, ...geometry } as const;
  return net.finish(architecture.build(net, options));
}

const PREPROCESS = resolvePreprocess("torch", { size: [SIDE, SIDE] });

async function written(graph: Graph, options: Partial<PortableOptions> = {}): Promise<Uint8Array> {
  const { bytes, chunks } = writePortable(graph, { weights: "f32", preprocess: PREPROCESS, ...options });
  const file = new Uint8Array(bytes);
  let at = 0;
  for await (const chunk of chunks) {
    file.set(chunk, at);
    at += chunk.length;
  }
  expect(at).toBe(bytes);
  return file;
}

function picture(): HostTensor {
  const random = seeded(5);
  const shape = [1, SIDE, SIDE, 3];
  return { data: Float32Array.from({ length: elements(shape) }, () => random.uniform(-2, 2)), shape };
}

async function logits(model: Model): Promise<number[]> {
  const all = await classify(model, picture(), { top: model.classes });
  return all.sort((a, b) => a.index - b.index).map(({ logit }) => logit);
}

/** Networks with every kind of layer that the zoo has. */
const NETWORKS = ["resnet18", "mobilenet-v3-small", "efficientnet-b0", "densenet121", "xception", "googlenet"] as const;

describe.each(NETWORKS)("%s there and back", (name) => {
  it("gives the same logits, layers and preprocessing", async () => {
    const graph = network(name);
    const before = await createModel(graph, { preprocess: "torch" });
    const after = await loadModel(await written(graph));
    expect(relativeMax(await logits(after), await logits(before))).toBeLessThanOrEqual(1e-6);
    expect(after.layers).toEqual(before.layers);
    expect({ ...after.identity, format: "" }).toEqual({ ...before.identity, format: "" });
    expect([after.format, after.defaultLayer]).toEqual(["gradcam", before.defaultLayer]);
    before.dispose();
    after.dispose();
  });

  it("in f16 gives the same class", async () => {
    const graph = network(name);
    const before = await createModel(graph, { preprocess: "torch" });
    const half = await loadModel(await written(graph, { weights: "f16" }));
    const [expected, halves] = [await logits(before), await logits(half)];
    expect(halves.indexOf(Math.max(...halves))).toBe(expected.indexOf(Math.max(...expected)));
    before.dispose();
    half.dispose();
  });
});

/** Networks whose weights were made so that a photograph goes through them as through trained ones. */
const CALIBRATED = {
  mobilenetv2: "mobilenet-v2",
  mobilenetv3small: "mobilenet-v3-small",
  resnet50v2: "resnet50-v2",
  densenet121: "densenet121",
  inceptionv3: "inception-v3",
  xception: "xception",
} as const;

describe.each(Object.entries(CALIBRATED))("%s in int8", (file, name) => {
  it("gives nearly the same map of a photograph", { timeout: 60_000 }, async () => {
    interface Golden {
      auto_layer: string;
      classes: { top1: number };
      input: { preprocess: PresetName };
      tensors: SyntheticTensor[];
    }
    const golden = goldenJson<Golden>(`keras/models/${file}.json`);
    const net = new Net(name, "test", syntheticWeights(golden.tensors));
    const options = { size: [224, 224], classes: 1000, alpha: 1, flavour: "keras" } as const;
    const graph = net.finish(architectures[name].build(net, options));
    const spec = resolvePreprocess(golden.input.preprocess);
    const data = new Uint8ClampedArray(goldenBytes("keras/models/chelsea_224x224x3.u8"));
    const photograph = preprocess({ data, width: 224, height: 224, channels: 3 }, spec);
    const before = await createModel(graph, { preprocess: spec });
    const after = await loadModel(await written(graph, { weights: "int8", preprocess: spec }));
    const question = { target: golden.classes.top1, layer: golden.auto_layer };
    const maps = [await explain(before, photograph, question), await explain(after, photograph, question)];
    expect(spearman(maps[0]!.raw.data, maps[1]!.raw.data)).toBeGreaterThanOrEqual(0.95);
    before.dispose();
    after.dispose();
  });
});

it("an int8 file held as int8 has the very numbers of the file", async () => {
  const graph = network("resnet18");
  const file = await written(graph, { weights: "int8" });
  const wide = await loadModel(file, { engine: { exact: true } });
  const narrow = await loadModel(file, { weights: "int8", engine: { exact: true } });
  expect(relativeMax(await logits(narrow), await logits(wide))).toBeLessThanOrEqual(1e-6);
  wide.dispose();
  narrow.dispose();
});

it("has less than a third of the bytes in int8, and labels and remarks where they are given", async () => {
  const graph = network("resnet18");
  const [wide, narrow] = [await written(graph), await written(graph, { weights: "int8" })];
  expect(narrow.length).toBeLessThan(wide.length / 3);
  const labels = ["a", ["n1", "b"], "c", "d", "e", "f", "g", "h", "i", "j"];
  const loaded = await loadGraph(bytesSource(await written(graph, { labels, metadata: { licence: "CC0" } })));
  expect(loaded.labels).toEqual(labels);
  expect(loaded.metadata).toEqual({ format: "gradcam-wasm", licence: "CC0" });
});

/** A network of one convolution and one dense layer, as its file says it. */
const GRAPH = {
  name: "small",
  inputs: [{ name: "input", shape: [1, 4, 4, 3] }],
  parameters: [
    { name: "c/kernel", shape: [1, 1, 3, 2], tensor: "c/kernel" },
    { name: "d/kernel", shape: [2, 2], tensor: "d/kernel" },
  ],
  nodes: [
    {
      op: "conv2d",
      name: "c",
      inputs: [0, 1, null],
      attrs: { strides: [1, 1], padding: [0, 0, 0, 0], dilations: [1, 1], groups: 1 },
    },
    { op: "globalAveragePool", name: "p", inputs: [3], attrs: { keepDims: false } },
    { op: "dense", name: "d", inputs: [4, 2], attrs: {} },
  ],
  outputs: [5],
  layers: [
    { name: "c", kind: "Conv2D", output: 3 },
    { name: "d", kind: "Dense", output: 5 },
  ],
};

const TENSORS = {
  "c/kernel": { dtype: "F32", shape: [1, 1, 3, 2], data_offsets: [0, 24] },
  "d/kernel": { dtype: "F32", shape: [2, 2], data_offsets: [24, 40] },
};

const META = {
  "gradcam.version": "1",
  "gradcam.graph": JSON.stringify(GRAPH),
  "gradcam.preprocess": JSON.stringify({ ...PREPROCESS, size: [4, 4] }),
};

const file = (metadata: Record<string, string>, tensors: object = TENSORS): Uint8Array =>
  safetensors({ __metadata__: metadata, ...tensors }, new Uint8Array(40).fill(1));
const withGraph = (change: (graph: typeof GRAPH) => unknown): Uint8Array =>
  file({ ...META, "gradcam.graph": JSON.stringify(change(structuredClone(GRAPH))) });
const open = (bytes: Uint8Array) => loadGraph(bytesSource(bytes, "forged.safetensors"));

/** GRAPH with its first node changed. */
const withNode = (change: object): Uint8Array =>
  withGraph((graph) => ({ ...graph, nodes: [{ ...graph.nodes[0], ...change }, ...graph.nodes.slice(1)] }));
const withAttrs = (change: object): Uint8Array => withNode({ attrs: { ...GRAPH.nodes[0]!.attrs, ...change } });

describe("a forged header", () => {
  it("is told from a sound one", async () => {
    expect((await open(file(META))).graph.layers.map(({ name }) => name)).toEqual(["c", "d"]);
  });

  it.each<[what: string, code: string, bytes: Uint8Array]>([
    ["of a later version", "E_UNSUPPORTED_FORMAT", file({ ...META, "gradcam.version": "2" })],
    ["without a version", "E_UNSUPPORTED_FORMAT", file({ "gradcam.graph": "{}" })],
    ["that is no JSON", "E_HEADER_INVALID", file({ ...META, "gradcam.graph": "{" })],
    ["that is a list", "E_HEADER_INVALID", file({ ...META, "gradcam.graph": "[]" })],
    ["nested too deep", "E_JSON_DEPTH", file({ ...META, "gradcam.graph": `${"[".repeat(100)}${"]".repeat(100)}` })],
    ["with a key twice", "E_HEADER_INVALID", file({ ...META, "gradcam.graph": '{"name":"a","name":"b"}' })],
    ["without nodes", "E_HEADER_INVALID", withGraph(({ nodes: _, ...graph }) => graph)],
    ["without outputs", "E_HEADER_INVALID", withGraph((graph) => ({ ...graph, outputs: [] }))],
    ["without inputs", "E_SHAPE", withGraph((graph) => ({ ...graph, inputs: [] }))],
    ["with an output that is none", "E_GRAPH", withGraph((graph) => ({ ...graph, outputs: [6] }))],
    ["whose output is a weight", "E_GRAPH", withGraph((graph) => ({ ...graph, outputs: [1] }))],
    ["whose output is a fraction", "E_GRAPH", withGraph((graph) => ({ ...graph, outputs: [3.5] }))],
    [
      "with a layer that answers with the input",
      "E_GRAPH",
      withGraph((g) => ({ ...g, layers: [{ ...g.layers[0], output: 0 }] })),
    ],
    ["with a layer twice", "E_NAME_INVALID", withGraph((g) => ({ ...g, layers: [g.layers[0], g.layers[0]] }))],
    ["with a name that climbs", "E_NAME_INVALID", withGraph((graph) => ({ ...graph, name: "../a" }))],
    ["with a number for a name", "E_HEADER_INVALID", withNode({ name: 1 })],
    ["with an unknown operator", "E_UNSUPPORTED_OP", withNode({ op: "eval" })],
    ["with an operator that everything has", "E_UNSUPPORTED_OP", withNode({ op: "constructor" })],
    ["that reads what comes later", "E_GRAPH", withNode({ inputs: [4, 1] })],
    ["that reads itself", "E_GRAPH", withNode({ inputs: [3, 1] })],
    ["with an input too few", "E_GRAPH", withNode({ inputs: [0] })],
    ["with a needed input left out", "E_GRAPH", withNode({ inputs: [null, 1] })],
    ["with inputs too many", "E_GRAPH", withNode({ inputs: [0, 1, null, null, 0] })],
    ["with an unknown attribute", "E_ATTR_INVALID", withAttrs({ algorithm: "winograd" })],
    ["with an attribute missing", "E_ATTR_INVALID", withNode({ attrs: {} })],
    ["with text for a stride", "E_ATTR_INVALID", withAttrs({ strides: ["1", "1"] })],
    ["with a stride of 0", "E_ATTR_INVALID", withAttrs({ strides: [0, 1] })],
    ["with one stride", "E_ATTR_INVALID", withAttrs({ strides: [1] })],
    ["with groups that do not divide", "E_SHAPE", withAttrs({ groups: 2 })],
    ["with padding without end", "E_TENSOR_TOO_LARGE", withAttrs({ padding: [0, 100_000, 0, 100_000] })],
    ["with another activation", "E_ATTR_INVALID", withAttrs({ activation: { kind: "exec" } })],
    [
      "with a kernel of another shape",
      "E_SHAPE_MISMATCH",
      withGraph((g) => ({ ...g, parameters: [{ ...g.parameters[0], shape: [1, 1, 2, 3] }, g.parameters[1]] })),
    ],
    [
      "with a tensor that is not there",
      "E_WEIGHT_MISSING",
      withGraph((g) => ({ ...g, parameters: [{ ...g.parameters[0], tensor: "x" }, g.parameters[1]] })),
    ],
    [
      "with an input without size",
      "E_SHAPE_INVALID",
      withGraph((g) => ({ ...g, inputs: [{ name: "input", shape: [1, 0, 4, 3] }] })),
    ],
    [
      "with an input of 4 TiB",
      "E_SHAPE_INVALID",
      withGraph((g) => ({ ...g, inputs: [{ name: "input", shape: [1, 2 ** 20, 2 ** 20, 1] }] })),
    ],
    ["without preprocessing", "E_HEADER_INVALID", file({ ...META, "gradcam.preprocess": "{}" })],
    [
      "with preprocessing that divides by 0",
      "E_INPUT_VALUE",
      file({ ...META, "gradcam.preprocess": JSON.stringify({ ...PREPROCESS, std: [0, 1, 1] }) }),
    ],
    [
      "with a field of preprocessing too many",
      "E_HEADER_INVALID",
      file({ ...META, "gradcam.preprocess": JSON.stringify({ ...PREPROCESS, run: "rm" }) }),
    ],
    ["with numbers for labels", "E_HEADER_INVALID", file({ ...META, "gradcam.labels": "[1]" })],
  ])("%s is %s", async (_, code, bytes) => {
    expect(await codeOf(() => open(bytes))).toBe(code);
  });

  it("with integers and no scales is refused", async () => {
    const integers = {
      "c/kernel": { dtype: "I8", shape: [1, 1, 3, 2], data_offsets: [0, 6] },
      rest: { dtype: "U8", shape: [18], data_offsets: [6, 24] },
    };
    expect(await codeOf(() => open(file(META, { ...TENSORS, ...integers })))).toBe("E_QUANT_INVALID");
  });

  it("mutated anywhere loads or is refused with a code", { timeout: 120_000 }, async () => {
    const text = JSON.stringify(GRAPH);
    const junk = fc.constantFrom(
      "0",
      "-1",
      "1e9",
      "null",
      "[]",
      "{}",
      '"x"',
      "true",
      '"__proto__"',
      "",
      "9".repeat(30),
    );
    const mutation = fc.tuple(fc.nat(text.length), fc.nat(12), junk);
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
        let forged = text;
        for (const [at, length, put] of mutations) forged = forged.slice(0, at) + put + forged.slice(at + length);
        try {
          await open(file({ ...META, "gradcam.graph": forged }));
        } catch (error) {
          expect(error).toBeInstanceOf(GradCamError);
          expect((error as GradCamError).code).not.toBe("E_INTERNAL");
        }
      }),
      { numRuns: 10_000 },
    );
    expect(({} as Record<string, unknown>)["name"]).toBeUndefined();
  });
});
