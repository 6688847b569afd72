/** Networks that PyTorch exported, against what PyTorch answers in f64 (test/golden/onnx/make.py): outputs and input gradients. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Graph } from "../../../src/graph/graph.ts";
import { ancestors } from "../../../src/graph/path.ts";
import { loadGraph } from "../../../src/load/index.ts";
import { fileSource } from "../../../src/node/file-source.ts";
import { loadModel } from "../../../src/node.ts";
import { goldenJson, relativeMax } from "../../support/golden.ts";

interface Expected {
  readonly tolerance: number;
  readonly target: number;
  readonly input: { readonly shape: number[]; readonly values: number[] };
  readonly output: { readonly shape: number[]; readonly values: number[] };
  readonly gradient: number[];
}

const pathOf = (name: string): string => fileURLToPath(new URL(`../../golden/onnx/${name}.onnx`, import.meta.url));

/** By name: the height and width of a file that leaves them open. */
const MODELS: readonly [name: string, size?: readonly [number, number]][] = [
  ["resnet", [33, 29]],
  ["resnet-f16", [33, 29]],
  ["resnet-int8", [33, 29]],
  ["resnet-external", [33, 29]],
  ["vgg"],
  ["shuffle"],
  ["convnext"],
  ["convnext-dynamo"],
];

describe.each(MODELS)("the export %s", (name, size) => {
  const golden = goldenJson<Expected>(`onnx/${name.replace(/-(external|dynamo)$/, "")}.json`);
  const input = { shape: golden.input.shape, data: Float32Array.from(golden.input.values) };
  const load = (exact: boolean) =>
    loadModel(pathOf(name), { engine: { exact, threads: 1 }, ...(size && { inputShape: size }) });

  it.each([true, false])("answers as in PyTorch (exact: %s)", async (exact) => {
    const model = await load(exact);
    const { data, shape } = Object.values(await model.run(input))[0]!;
    model.dispose();
    expect(shape).toEqual(golden.output.shape);
    expect(relativeMax(data, golden.output.values)).toBeLessThan(golden.tolerance);
  });

  it("has PyTorch's gradient, in the layout of the file", async () => {
    const model = await load(true);
    // One ends in probabilities, the others in logits.
    const score = name === "vgg" ? "probability" : "logit";
    const { gradients } = await model.gradients(input, { of: golden.target, score, wrt: ["image"] });
    model.dispose();
    expect(gradients["image"]!.shape).toEqual(golden.input.shape);
    expect(relativeMax(gradients["image"]!.data, golden.gradient)).toBeLessThan(golden.tolerance);
  });

  it("answers each picture of a batch as it answers it alone", async () => {
    const model = await load(true);
    const other = Float32Array.from(input.data, (value, i) => value * Math.sin(i));
    const both = new Float32Array([...other, ...input.data]);
    const [, ...rest] = input.shape;
    const { data } = Object.values(await model.run({ shape: [2, ...rest], data: both }))[0]!;
    const { data: alone } = Object.values(await model.run({ shape: input.shape, data: other }))[0]!;
    model.dispose();
    expect(relativeMax(data.subarray(0, alone.length), alone)).toBeLessThan(1e-6);
    expect(relativeMax(data.subarray(alone.length), golden.output.values)).toBeLessThan(golden.tolerance);
  });
});

async function graphOf(name: string): Promise<Graph> {
  const loaded = await loadGraph(await fileSource(pathOf(name)));
  await loaded.close();
  return loaded.graph;
}

describe("what is said of a file", () => {
  it("asks for the size that it leaves open, by the option's name", async () => {
    await expect(loadModel(pathOf("resnet"))).rejects.toThrow(
      /input "image".*\[\?,3,\?,\?\].*inputShape: \[height, width\]/,
    );
    const shapes = { image: [1, 3, 33, 29] };
    const model = await loadModel(pathOf("resnet"), { inputShapes: shapes, engine: { threads: 1 } });
    expect(model.inputs).toEqual([{ name: "image", shape: [1, 3, 33, 29], layout: "NCHW" }]);
    model.dispose();
  });

  it("names layers as the file does, and explains the last map before the head by default", async () => {
    const model = await loadModel(pathOf("shuffle"), { engine: { threads: 1 } });
    const layer = model.layers.find(({ name }) => name === model.defaultLayer)!;
    expect(layer).toMatchObject({ shape: [1, 8, 8, 16], spatial: true, explainable: true });
    expect(model.layers.some(({ op, explainable }) => op === "Conv" && explainable)).toBe(true);
    model.dispose();
  });

  it("moves no picture where weights can be permuted instead", async () => {
    const graph = await graphOf("vgg");
    expect(graph.nodes.filter(({ op }) => op === "transpose")).toEqual([]);
  });

  it("moves a channel shuffle once", async () => {
    const graph = await graphOf("shuffle");
    expect(graph.nodes.filter(({ op }) => op === "transpose")).toHaveLength(1);
  });

  it.each(["convnext", "convnext-dynamo"])(
    "sees pictures where channels come last and matrices are multiplied, and none behind the pooling: %s",
    async (name) => {
      const model = await loadModel(pathOf(name), { engine: { threads: 1 } });
      const layer = model.layers.find(({ name }) => name === model.defaultLayer)!;
      expect(layer).toMatchObject({ op: "Add", shape: [1, 7, 6, 8] });
      const behind = model.layers.slice(model.layers.indexOf(layer) + 1);
      expect(behind.filter(({ spatial }) => spatial)).toEqual([]);
      const products = model.layers.filter(({ op }) => op === "MatMul");
      expect(products.map(({ shape }) => shape.slice(0, 3))).toEqual(products.map(() => [1, 7, 6]));
      expect(products).toHaveLength(4);
      model.dispose();
    },
  );

  it.each(["convnext", "convnext-dynamo"])("has a kernel for what the exporter takes apart: %s", async (name) => {
    const graph = await graphOf(name);
    const computed = ancestors(graph, graph.outputs);
    const count = (op: string): number => computed.filter((node) => node.op === op).length;
    expect([count("standardize"), count("gelu"), count("unary")]).toEqual([4, 2, 0]);
  });

  it("knows logits from probabilities: a softmax at the end is taken off, and put behind a file without one", async () => {
    for (const [name, size] of [["vgg"], ["resnet", [33, 29]]] as const) {
      const model = await loadModel(pathOf(name), { ...(size && { inputShape: size }), engine: { threads: 1 } });
      const golden = goldenJson<Expected>(`onnx/${name}.json`);
      const input = { shape: golden.input.shape, data: Float32Array.from(golden.input.values) };
      const { value } = await model.gradients(input, { of: golden.target, score: "probability", wrt: [] });
      const powers = golden.output.values.map(Math.exp);
      const probability =
        name === "vgg"
          ? golden.output.values[golden.target]!
          : powers[golden.target]! / powers.reduce((sum, power) => sum + power, 0);
      expect(value).toBeCloseTo(probability, 5);
      model.dispose();
    }
  });
});
