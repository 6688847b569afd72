/** Operators that exporters take apart and the importer puts together again, against the formulas in f64. */
import { describe, expect, it } from "vitest";
import type { Graph } from "../../../src/graph/graph.ts";
import { loadGraph } from "../../../src/load/index.ts";
import { bytesSource } from "../../../src/load/source.ts";
import { loadModel } from "../../../src/node.ts";
import { erf } from "../../../src/ops/files/erf.ts";
import { relativeMax } from "../../support/golden.ts";
import { floats, modelProto, type NodeParts } from "../../support/onnx.ts";

const NUMBERS = new Map<string, number>([
  ["half", 0.5],
  ["one", 1],
  ["two", 2],
  ["three", 3],
  ["six", 6],
  ["zero", 0],
  ["sixth", 1 / 6],
  ["root", Math.SQRT2],
  ["inverse", Math.SQRT1_2],
  ["slope", Math.sqrt(2 / Math.PI)],
  ["cubic", 0.044715],
  ["epsilon", 1e-3],
]);

const SHAPE = [1, 3, 8, 8];

/** A model of lines like "y = Mul(x, gate)", whose last one is the output. */
function modelOf(
  lines: readonly string[],
  attributes: Readonly<Record<string, NodeParts["attributes"]>> = {},
): Uint8Array {
  const nodes = lines.map((line): NodeParts => {
    const [, output, op, inputs] = /^(\w+) = (\w+)\((.*)\)$/.exec(line)!;
    const own = attributes[output!] ?? attributes[op!];
    return { op: op!, inputs: inputs!.split(", "), outputs: [output!], ...(own && { attributes: own }) };
  });
  const tensors = [...NUMBERS].map(([name, value]) => floats(name, [], [value]));
  return modelProto({ nodes, tensors, inputs: [["x", SHAPE]] });
}

const input = { shape: SHAPE, data: Float32Array.from({ length: 192 }, (_, i) => 4 * Math.sin(i * i)) };

async function answer(bytes: Uint8Array): Promise<Float32Array> {
  const model = await loadModel(bytes, { engine: { threads: 1 } });
  const { y } = await model.run(input);
  model.dispose();
  return y!.data;
}

async function graphOf(bytes: Uint8Array): Promise<Graph> {
  const loaded = await loadGraph(bytesSource(bytes));
  await loaded.close();
  return loaded.graph;
}

/** The operator of ours that makes the output, and whether it does so from the picture alone. */
async function makerOf(bytes: Uint8Array): Promise<string> {
  const { nodes, inputs, outputs } = await graphOf(bytes);
  const node = nodes.find(({ output }) => output === outputs[0])!;
  return node.inputs.every((id) => inputs.includes(id!)) ? node.op : `${node.op} of others`;
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
const swish = (x: number): number => x * logistic(x);
const hardSwish = (x: number): number => (x * Math.min(Math.max(x + 3, 0), 6)) / 6;
const mish = (x: number): number => x * Math.tanh(Math.log1p(Math.exp(x)));
const gelu = (x: number): number => 0.5 * x * (1 + erf(x * Math.SQRT1_2));
const geluTanh = (x: number): number => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

const ERF = ["a = Div(x, root)", "b = Erf(a)", "c = Add(b, one)"];
const TANH = ["b = Mul(s, slope)", "c = Tanh(b)", "d = Add(one, c)"];

const ACTIVATIONS: readonly [about: string, op: string, f: (x: number) => number, lines: readonly string[]][] = [
  ["x·σ(x)", "swish", swish, ["a = Sigmoid(x)", "y = Mul(x, a)"]],
  ["σ(x)·x", "swish", swish, ["a = Sigmoid(x)", "y = Mul(a, x)"]],
  ["x·hardsigmoid(x)", "hardSwish", hardSwish, ["a = HardSigmoid(x)", "y = Mul(x, a)"]],
  [
    "x·(relu6(x + 3)/6)",
    "hardSwish",
    hardSwish,
    ["a = Add(x, three)", "b = Clip(a, zero, six)", "c = Div(b, six)", "y = Mul(x, c)"],
  ],
  [
    "(x·relu6(x + 3))/6",
    "hardSwish",
    hardSwish,
    ["a = Add(three, x)", "b = Clip(a, zero, six)", "c = Mul(b, x)", "y = Div(c, six)"],
  ],
  [
    "x·(relu6(x + 3)·⅙)",
    "hardSwish",
    hardSwish,
    ["a = Add(x, three)", "b = Clip(a, zero, six)", "c = Mul(sixth, b)", "y = Mul(x, c)"],
  ],
  ["x·tanh(softplus(x))", "mish", mish, ["a = Softplus(x)", "b = Tanh(a)", "y = Mul(x, b)"]],
  ["(x·(1 + erf(x/√2)))·½", "gelu", gelu, [...ERF, "d = Mul(x, c)", "y = Mul(d, half)"]],
  [
    "(½·x)·(1 + erf(x·√½))",
    "gelu",
    gelu,
    ["a = Mul(x, inverse)", "b = Erf(a)", "c = Add(one, b)", "d = Mul(half, x)", "y = Mul(d, c)"],
  ],
  ["x·(½·(1 + erf(x/√2)))", "gelu", gelu, [...ERF, "d = Mul(c, half)", "y = Mul(x, d)"]],
  [
    "½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))), by a power",
    "gelu",
    geluTanh,
    ["p = Pow(x, three)", "q = Mul(p, cubic)", "s = Add(x, q)", ...TANH, "e = Mul(x, half)", "y = Mul(e, d)"],
  ],
  [
    "the same by products",
    "gelu",
    geluTanh,
    [
      "p = Mul(x, x)",
      "q = Mul(p, x)",
      "r = Mul(cubic, q)",
      "s = Add(r, x)",
      ...TANH,
      "e = Mul(x, d)",
      "y = Mul(half, e)",
    ],
  ],
];

const HARD_SIGMOID = { HardSigmoid: { alpha: 1 / 6, beta: 0.5 } };

describe("activations that a file takes apart", () => {
  it.each(ACTIVATIONS)("%s is one operator: %s", async (_about, op, f, lines) => {
    const bytes = modelOf(lines, HARD_SIGMOID);
    expect(await makerOf(bytes)).toBe(op);
    expect(relativeMax(await answer(bytes), Array.from(input.data, f))).toBeLessThan(1e-6);
  });

  it.each<[about: string, f: (x: number) => number, lines: readonly string[]]>([
    ["x·σ(2x)", (x) => x * logistic(2 * x), ["a = Mul(x, two)", "b = Sigmoid(a)", "y = Mul(x, b)"]],
    ["2·x·σ(x)", (x) => 2 * swish(x), ["a = Sigmoid(x)", "b = Mul(a, two)", "y = Mul(x, b)"]],
    ["x·x·σ(x)", (x) => x * swish(x), ["a = Sigmoid(x)", "b = Mul(a, x)", "y = Mul(x, b)"]],
    [
      "x·relu6(x + 3)/3",
      (x) => 2 * hardSwish(x),
      ["a = Add(x, three)", "b = Clip(a, zero, six)", "c = Div(b, three)", "y = Mul(x, c)"],
    ],
    [
      "x·relu6(x + 2)/6",
      (x) => (x * Math.min(Math.max(x + 2, 0), 6)) / 6,
      ["a = Add(x, two)", "b = Clip(a, zero, six)", "c = Div(b, six)", "y = Mul(x, c)"],
    ],
    ["x·(1 + erf(x/√2))", (x) => 2 * gelu(x), [...ERF, "y = Mul(x, c)"]],
    [
      "½·x·(1 + erf(x))",
      (x) => 0.5 * x * (1 + erf(x)),
      ["b = Erf(x)", "c = Add(b, one)", "d = Mul(x, c)", "y = Mul(d, half)"],
    ],
    ["6/(x·…)", (x) => 6 / (Math.abs(x) + 1), ["a = Abs(x)", "b = Add(a, one)", "y = Div(six, b)"]],
  ])("what only looks like one is computed as it stands: %s", async (_about, f, lines) => {
    const bytes = modelOf(lines);
    expect(await makerOf(bytes)).toMatch(/ of others$/);
    expect(relativeMax(await answer(bytes), Array.from(input.data, f))).toBeLessThan(1e-6);
  });

  it("keeps the parts for those who ask for them by name", async () => {
    const model = await loadModel(modelOf(["a = Sigmoid(x)", "y = Mul(x, a)"]), { engine: { threads: 1 } });
    const { a } = await model.run(input, { outputs: ["a"] });
    model.dispose();
    expect(relativeMax(a!.data, Array.from(input.data, logistic))).toBeLessThan(1e-6);
  });
});

const MEANS = ["m = ReduceMean(x)", "d = Sub(x, m)"];
const ROOT = ["e = Add(v, epsilon)", "r = Sqrt(e)"];
const STANDARDIZED: readonly [about: string, lines: readonly string[]][] = [
  ["d/√(mean d² + ε), by a power", [...MEANS, "s = Pow(d, two)", "v = ReduceMean(s)", ...ROOT, "y = Div(d, r)"]],
  [
    "the same by a product of two differences",
    [...MEANS, "f = Sub(x, m)", "s = Mul(d, f)", "v = ReduceMean(s)", ...ROOT, "y = Div(d, r)"],
  ],
  [
    "d·(1/√(ε + mean d²))",
    [
      ...MEANS,
      "s = Mul(d, d)",
      "v = ReduceMean(s)",
      "e = Add(epsilon, v)",
      "r = Sqrt(e)",
      "i = Reciprocal(r)",
      "y = Mul(i, d)",
    ],
  ],
];

/** Over the axes behind the batch that are named, in f64. */
function standardizedTwin(axes: readonly number[]): number[] {
  const groups = new Map<string, number[]>();
  input.data.forEach((_, i) => {
    const at = [0, Math.floor(i / 64), Math.floor(i / 8) % 8, i % 8];
    const key = at.map((k, axis) => (axes.includes(axis) ? 0 : k)).join();
    groups.set(key, [...(groups.get(key) ?? []), i]);
  });
  const y = new Array<number>(input.data.length);
  for (const members of groups.values()) {
    const mean = members.reduce((sum, i) => sum + input.data[i]!, 0) / members.length;
    const variance = members.reduce((sum, i) => sum + (input.data[i]! - mean) ** 2, 0) / members.length;
    for (const i of members) y[i] = (input.data[i]! - mean) / Math.sqrt(variance + 1e-3);
  }
  return y;
}

describe("layer normalisation that a file takes apart", () => {
  it.each(STANDARDIZED)("%s is one operator", async (_about, lines) => {
    for (const axes of [[1], [2, 3], [3], [1, 2, 3]]) {
      const bytes = modelOf(lines, { ReduceMean: { axes } });
      expect((await graphOf(bytes)).nodes.at(-1)!.op).toBe("standardize");
      expect(relativeMax(await answer(bytes), standardizedTwin(axes))).toBeLessThan(1e-6);
    }
  });

  it("is none where mean and variance are over other axes", async () => {
    const lines = STANDARDIZED[0]![1];
    const bytes = modelOf(lines, { m: { axes: [1] }, v: { axes: [2, 3] } });
    expect((await graphOf(bytes)).nodes.every(({ op }) => op !== "standardize")).toBe(true);
  });
});
