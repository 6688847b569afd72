/** The tangent of every operator that has a rule, in a network that says nothing else: J·A and H·A against differences of f64 twins. */
import { describe, expect, it } from "vitest";
import { fileBuilder } from "../../src/graph/file-builder.ts";
import { NO_LIMITS } from "../../src/graph/limits.ts";
import type { GraphBuilder } from "../../src/graph/builder.ts";
import type { Graph, ValueId } from "../../src/graph/graph.ts";
import { parameterOf } from "../../src/graph/parameter.ts";
import { createModel, type EngineOptions } from "../../src/node.ts";
import { Objective } from "../../src/objective.ts";
import { curvatures, slopes } from "../../src/probe/curvature.ts";
import { elements, type Shape } from "../../src/shape.ts";
import { evaluate, parametersOf } from "../reference/network.ts";
import { dot, ndarray, type NDArray, norm, relativeL2 } from "../reference/ndarray.ts";
import { seeded } from "../support/random.ts";

const SHAPE = [1, 4, 6, 3] as const;
const CLASSES = 4;
/** rel-L2 of J·A and of H·A. */
const TOLERANCE = 1e-5;
const FLAT = [0, 0, 0, 0] as const;

const random = seeded(8);

function weight(b: GraphBuilder, name: string, shape: Shape, mean = 0): ValueId {
  const { data } = random.array(shape, { scale: 0.4, mean });
  return b.parameter(name, shape, parameterOf(Float32Array.from(data), shape));
}

interface Part {
  readonly b: GraphBuilder;
  /** The layer's answer, and a value that does not depend on it. */
  readonly x: ValueId;
  readonly other: ValueId;
  readonly w: (shape: Shape, mean?: number) => ValueId;
}

/** input → x·1 ("layer") → part → flattened → dense; the other value is input·w. */
function networkOf(part: (given: Part) => ValueId): Graph {
  const b = fileBuilder("part", "test", NO_LIMITS);
  let count = 0;
  const w = (shape: Shape, mean?: number): ValueId => weight(b, `w${count++}`, shape, mean);
  const input = b.input("input", SHAPE);
  const x = b.node("mul", "layer", [input, w([3], 1)], {});
  b.layer("layer", "Multiply", x);
  const other = b.node("sub", "other", [input, w([3])], {});
  const y = part({ b, x, other, w });
  const flat = b.node("reshape", "flat", [y], { shape: [elements(b.shape(y).slice(1))] });
  const logits = b.node("dense", "logits", [flat, w([b.shape(flat)[1]!, CLASSES]), w([CLASSES])], {});
  return b.finish([logits]);
}

const conv = { strides: [1, 1], dilations: [1, 1], padding: [1, 1, 1, 1], groups: 1 } as const;
const pool = { kernel: [2, 3], strides: [2, 2], padding: [0, 1, 1, 1] } as const;
const plain = {} as const;

/** Those whose derivative is constant piece by piece. */
const piecewise: Readonly<Record<string, (part: Part) => ValueId>> = {
  "add, with what stays": ({ b, x, other }) => b.node("add", "y", [other, x], plain),
  "add, broadcast": ({ b, x, other }) =>
    b.node("add", "y", [b.node("globalAveragePool", "m", [x], { keepDims: true }), other], plain),
  "sub, from what stays": ({ b, x, other }) => b.node("sub", "y", [other, x], plain),
  "mul, by what stays": ({ b, x, other }) => b.node("mul", "y", [other, x], plain),
  "div, by what stays": ({ b, x, w }) => b.node("div", "y", [x, w([3], 3)], plain),
  maximum: ({ b, x, other }) => b.node("maximum", "y", [b.node("mul", "d", [x, other], plain), x], plain),
  minimum: ({ b, x, other }) => b.node("minimum", "y", [other, x], plain),
  relu: ({ b, x }) => b.node("relu", "y", [x], plain),
  clippedRelu: ({ b, x }) => b.node("clippedRelu", "y", [x], { max: 0.7 }),
  leakyRelu: ({ b, x }) => b.node("leakyRelu", "y", [x], { alpha: 0.2 }),
  hardSigmoid: ({ b, x }) => b.node("hardSigmoid", "y", [x], { alpha: 0.7, beta: 0.5 }),
  avgPool: ({ b, x }) => b.node("avgPool", "y", [x], pool),
  maxPool: ({ b, x }) => b.node("maxPool", "y", [x], pool),
  globalAveragePool: ({ b, x }) => b.node("globalAveragePool", "y", [x], { keepDims: true }),
  globalMaxPool: ({ b, x }) => b.node("globalMaxPool", "y", [x], { keepDims: false }),
  conv2d: ({ b, x, w }) => b.node("conv2d", "y", [x, w([3, 3, 3, 5]), w([5])], conv),
  "conv2d, pad and relu": ({ b, x, w }) => {
    const padded = b.node("pad", "p", [x], { padding: [1, 1, 1, 1], value: 0 });
    return b.node(
      "relu",
      "y",
      [b.node("conv2d", "c", [padded, w([3, 3, 3, 5]), w([5])], { ...conv, padding: FLAT })],
      plain,
    );
  },
  depthwiseConv2d: ({ b, x, w }) => b.node("depthwiseConv2d", "y", [x, w([3, 3, 3, 1]), w([3])], conv),
  convTranspose2d: ({ b, x, w }) =>
    b.node("convTranspose2d", "y", [x, w([3, 3, 2, 3]), w([2])], { ...conv, outputPadding: [0, 0] }),
  "batchNorm of a convolution": ({ b, x, w }) => {
    const c = b.node("conv2d", "c", [x, w([3, 3, 3, 5]), w([5])], conv);
    return b.node("batchNorm", "y", [c, w([5]), w([5]), w([5]), w([5], 3)], { epsilon: 1e-3 });
  },
  "batchNorm by itself": ({ b, x, w }) =>
    b.node("batchNorm", "y", [x, w([3]), w([3]), w([3]), w([3], 3)], { epsilon: 1e-3 }),
  "a residual": ({ b, x, w }) =>
    b.node("relu", "y", [b.node("add", "sum", [b.node("conv2d", "c", [x, w([3, 3, 3, 3])], conv), x], plain)], plain),
  concat: ({ b, x, other }) => b.node("concat", "y", [x, other, x], { axis: -1 }),
  "pad, with a number": ({ b, x }) => b.node("pad", "y", [x], { padding: [1, 0, 2, 0], value: 0.5 }),
  "extend, with a number": ({ b, x }) =>
    b.node("extend", "y", [x], { before: [0, 1, 0], after: [1, 0, 1], mode: "constant", value: 2 }),
  "extend, with itself": ({ b, x }) =>
    b.node("extend", "y", [x], { before: [1, 1, 0], after: [1, 0, 1], mode: "reflect", value: 0 }),
  crop: ({ b, x }) => b.node("crop", "y", [x], { cropping: [1, 0, 2, 1] }),
  slice: ({ b, x }) => b.node("slice", "y", [x], { starts: [1, 0, 2], sizes: [2, 3, 1], steps: [1, 2, 1] }),
  tile: ({ b, x }) => b.node("tile", "y", [x], { repeats: [1, 2, 2] }),
  transpose: ({ b, x }) => b.node("transpose", "y", [x], { perm: [0, 3, 1, 2] }),
  upsample: ({ b, x }) => b.node("upsample", "y", [x], { factor: [2, 1], mode: "bilinear" }),
  resize: ({ b, x }) => b.node("resize", "y", [x], { size: [7, 5], mode: "linear", coordinates: "half-pixel" }),
  "reduce, to the mean": ({ b, x }) => b.node("reduce", "y", [x], { fn: "mean", axes: [1, 2], keepDims: true }),
  "where, by a comparison": ({ b, x, other }) => {
    const less = b.node("compare", "c", [x, other], { fn: "less" });
    return b.node("where", "y", [less, x, b.node("mul", "m", [x, other], plain)], plain);
  },
};

const smooth: Readonly<Record<string, (part: Part) => ValueId>> = {
  sigmoid: ({ b, x }) => b.node("sigmoid", "y", [x], plain),
  swish: ({ b, x }) => b.node("swish", "y", [x], plain),
  hardSwish: ({ b, x }) => b.node("hardSwish", "y", [x], plain),
  tanh: ({ b, x }) => b.node("tanh", "y", [x], plain),
  elu: ({ b, x }) => b.node("elu", "y", [x], { alpha: 0.8 }),
  selu: ({ b, x }) => b.node("selu", "y", [x], plain),
  gelu: ({ b, x }) => b.node("gelu", "y", [x], { approximate: false }),
  "gelu by tanh": ({ b, x }) => b.node("gelu", "y", [x], { approximate: true }),
  mish: ({ b, x }) => b.node("mish", "y", [x], plain),
  softplus: ({ b, x }) => b.node("softplus", "y", [x], plain),
  softsign: ({ b, x }) => b.node("softsign", "y", [x], plain),
  exponential: ({ b, x }) => b.node("exponential", "y", [x], plain),
  softmax: ({ b, x }) => b.node("softmax", "y", [x], plain),
  "mul, of two that move": ({ b, x, w }) =>
    b.node("mul", "y", [x, b.node("conv2d", "c", [x, w([3, 3, 3, 3])], conv)], plain),
  "a gate": ({ b, x, w }) => {
    const mean = b.node("globalAveragePool", "m", [x], { keepDims: true });
    const gate = b.node("conv2d", "g", [mean, w([1, 1, 3, 3]), w([3])], { ...conv, padding: FLAT });
    return b.node("mul", "y", [x, b.node("sigmoid", "s", [gate], plain)], plain);
  },
  "div, by what moves": ({ b, x, other }) => b.node("div", "y", [other, b.node("exponential", "e", [x], plain)], plain),
  "div, of two that move": ({ b, x }) => b.node("div", "y", [x, b.node("exponential", "e", [x], plain)], plain),
  "attention: softmax of x·xᵀ, times x": ({ b, x }) => {
    const rows = b.node("reshape", "r", [x], { shape: [24, 3] });
    const alike = b.node("matmul", "k", [rows, rows], { transposeA: false, transposeB: true });
    return b.node("matmul", "y", [b.node("softmax", "s", [alike], plain), rows], {
      transposeA: false,
      transposeB: false,
    });
  },
};

/** Of a picture whose layer answers A. */
async function headOf(graph: Graph): Promise<(factor: number, w?: NDArray) => Float64Array> {
  const parameters = await parametersOf(graph);
  const layer = graph.layers[0]!.output;
  const all = evaluate(graph, picture, parameters);
  const a = all.get(layer)!;
  return (factor, w) => {
    const moved = a.data.map((value, i) => Math.fround(value) * factor + (w?.data[i] ?? 0));
    const given = new Map(all).set(layer, ndarray(a.shape, moved));
    const nodes = graph.nodes.filter(({ output }) => output !== layer && output !== other(graph));
    return evaluate({ ...graph, nodes }, picture, given).get(graph.outputs[0]!)!.data;
  };
}

/** No value is so near a corner that a step crosses it. */
const picture = ndarray(SHAPE, random.array(SHAPE, { kinks: [0] }).data);
const other = (graph: Graph): ValueId | undefined => graph.nodes.find(({ name }) => name === "other")?.output;

async function ours(graph: Graph, engine: EngineOptions = {}) {
  const model = await createModel(graph, { engine });
  const input = { data: Float32Array.from(picture.data), shape: SHAPE };
  const found = await model.ask(input, ["layer"], async (answers) => {
    const objectives = [new Objective((o) => o.logit(1), answers.logits, "softmax", 1)];
    const slope = await slopes(answers, "layer");
    const [bent] = await curvatures(answers, objectives, "layer", slope);
    return { slope: slope.values, isExact: slope.tangent !== undefined, bent: bent! };
  });
  model.dispose();
  return found;
}

async function slopeOf(graph: Graph): Promise<Float64Array> {
  const logits = await headOf(graph);
  const [ahead, behind] = [logits(1 + 1e-6), logits(1 - 1e-6)];
  return ahead.map((value, c) => (value - behind[c]!) / 2e-6);
}

describe("the tangent of", () => {
  it.each(Object.entries({ ...piecewise, ...smooth }))("%s is what an f64 twin's difference shows", async (_, part) => {
    const graph = networkOf(part);
    for (const engine of [{}, { exact: true }]) {
      const { slope, isExact } = await ours(graph, engine);
      expect(isExact).toBe(true);
      expect(relativeL2(slope, await slopeOf(graph))).toBeLessThanOrEqual(TOLERANCE);
    }
  });

  it.each(Object.entries(smooth))("%s has the derivative that a mixed difference of twins shows", async (_, part) => {
    const graph = networkOf(part);
    const { bent } = await ours(graph);
    const logits = await headOf(graph);
    const directions = Array.from({ length: 12 }, () => random.array(SHAPE));
    const mixed = (w: NDArray, h: number): number => {
      const moved = (factor: number, by: number): number =>
        logits(
          factor,
          ndarray(
            SHAPE,
            w.data.map((value) => value * by),
          ),
        )[1]!;
      return (moved(1 + h, h) - moved(1 + h, -h) - moved(1 - h, h) + moved(1 - h, -h)) / (4 * h * h);
    };
    const want = directions.map((w) => (4 * mixed(w, 2 ** -13) - mixed(w, 2 ** -12)) / 3);
    const errors = directions.map((w, i) => dot(bent, w.data) - want[i]!);
    expect(norm(errors)).toBeLessThanOrEqual(TOLERANCE * norm(want));
  });

  it("what is linear piece by piece bends nothing", async () => {
    for (const part of Object.values(piecewise)) {
      expect((await ours(networkOf(part))).bent.every((value) => value === 0)).toBe(true);
    }
  });

  it("an operator without a rule is left to differences, which are nearly right", async () => {
    const graph = networkOf(({ b, x }) => b.node("unary", "y", [x], { fn: "sin" }));
    const { slope, isExact } = await ours(graph);
    expect(isExact).toBe(false);
    expect(relativeL2(slope, await slopeOf(graph))).toBeLessThanOrEqual(1e-4);
  });
});
