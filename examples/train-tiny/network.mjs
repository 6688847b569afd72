/** conv 5×5 → max-pool → depthwise 3×3 → conv 1×1 → max-pool → dense: 2,163 numbers to learn, no batch norm. */
import { createModel, GraphBuilder, parameterOf } from "gradcam-wasm";
import { CLASSES, SIDE } from "./shapes.mjs";

/** @typedef {import("./shapes.mjs").Random} Random */

const STRIDE_1 = /** @type {const} */ ({ strides: [1, 1], dilations: [1, 1] });
const HALVE = /** @type {const} */ ({ kernel: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] });

/**
 * The network with random weights: kernels by He's rule, biases 0. The batch axis is a number of our choice at run time.
 * @param {Random} random
 * @param {import("gradcam-wasm").ModelOptions} [options]
 */
export async function createNetwork(random, options) {
  const builder = new GraphBuilder("tiny", "example");
  /** @type {Map<string, Float32Array>} */
  const weights = new Map();

  /** @type {(name: string, shape: readonly number[], fanIn: number) => number} */
  const kernel = (name, shape, fanIn) => weight(name, shape, () => random.normal() * Math.sqrt(2 / fanIn));
  /** @type {(name: string, size: number) => number} */
  const bias = (name, size) => weight(name, [size], () => 0);
  /** @type {(name: string, shape: readonly number[], value: () => number) => number} */
  const weight = (name, shape, value) => {
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, value);
    weights.set(name, values);
    return builder.parameter(name, shape, parameterOf(values, shape));
  };

  const input = builder.input("input", [1, SIDE, SIDE, 1]);
  const conv = builder.node(
    "conv2d",
    "conv/linear",
    [input, kernel("conv/kernel", [5, 5, 1, 8], 25), bias("conv/bias", 8)],
    { ...STRIDE_1, padding: [2, 2, 2, 2], groups: 1 },
  );
  const edges = builder.layer("conv", "Conv2D", builder.node("relu", "conv", [conv], {}));
  const small = builder.node("maxPool", "pool", [edges], HALVE);
  const spread = builder.node(
    "depthwiseConv2d",
    "depthwise",
    [small, kernel("depthwise/kernel", [3, 3, 8, 1], 9), bias("depthwise/bias", 8)],
    { ...STRIDE_1, padding: [1, 1, 1, 1] },
  );
  const mixed = builder.node(
    "conv2d",
    "features/linear",
    [spread, kernel("features/kernel", [1, 1, 8, 16], 8), bias("features/bias", 16)],
    { ...STRIDE_1, padding: [0, 0, 0, 0], groups: 1 },
  );
  const features = builder.layer("features", "Conv2D", builder.node("relu", "features", [mixed], {}));
  const smaller = builder.node("maxPool", "pool_2", [features], HALVE);
  const size = 16 * (SIDE / 4) ** 2;
  const flat = builder.node("reshape", "flatten", [smaller], { shape: [size] });
  const logits = builder.node(
    "dense",
    "scores/logits",
    [flat, kernel("scores/kernel", [size, CLASSES.length], size), bias("scores/bias", CLASSES.length)],
    {},
  );
  const output = builder.layer("scores", "Dense", builder.node("softmax", "scores", [logits], {}));
  const model = await createModel(builder.finish([output]), { labels: CLASSES, ...options });
  return { model, weights };
}
