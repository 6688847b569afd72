/**
 * The vocabulary in which architectures are written: Keras layers by their Keras names, unfused.
 * A layer's activation is a node of its own, so the value before it can be asked for as `name/linear`
 * (`name/logits` before a softmax); the value called like the layer is what the layer answers.
 */
import { GraphBuilder } from "../graph/builder.ts";
import type { Graph, ValueId } from "../graph/graph.ts";
import { parameterOf } from "../graph/parameter.ts";
import { type Padding, type Pair, resolvePadding, type Shape } from "../shape.ts";
import { activate, type Activation } from "./activation.ts";
import { storedVariance } from "./normalization.ts";
import type { WeightRole, WeightSet } from "./weights.ts";

export interface WindowOptions {
  /** Square. Default 1. */
  readonly stride?: number;
  /** Default "valid", as in Keras. */
  readonly padding?: "same" | "valid" | Padding;
}

export interface ConvOptions extends WindowOptions {
  readonly filters: number;
  /** Square if it is one number. */
  readonly kernel: number | Pair;
  /** Default true. */
  readonly bias?: boolean;
  readonly activation?: Activation;
}

export interface DepthwiseOptions extends WindowOptions {
  readonly kernel: number;
}

export interface PoolOptions extends WindowOptions {
  readonly size: number;
  /** Also answers for a last window that only partly lies in the picture. */
  readonly ceilMode?: boolean;
}

export interface AveragePoolOptions extends PoolOptions {
  /** Padding counts as zeros, as in PyTorch; default: only what lies in the picture counts, as in TensorFlow. */
  readonly countIncludePad?: boolean;
}

export interface BatchNormOptions {
  /** Default true. */
  readonly scale?: boolean;
}

export class Net {
  readonly #builder: GraphBuilder;
  readonly #weights: WeightSet;
  /** Flattened maps: a dense layer on one needs the map's shape to know the order of its kernel's rows. */
  readonly #maps = new Map<ValueId, Shape>();

  constructor(name: string, format: string, weights: WeightSet) {
    this.#builder = new GraphBuilder(name, format);
    this.#weights = weights;
  }

  /** One RGB picture, NHWC. */
  input([height, width]: Pair): ValueId {
    return this.#builder.input("input", [1, height, width, 3]);
  }

  /** Conv2D with weights `kernel` [k,k,in,filters] and `bias` [filters]. */
  conv(x: ValueId, name: string, options: ConvOptions): ValueId {
    const { filters, kernel, bias = true, activation } = options;
    const window = typeof kernel === "number" ? ([kernel, kernel] as const) : kernel;
    const w = this.#weight(`${name}/kernel`, [...window, this.channels(x), filters], "conv");
    const b = bias ? this.#weight(`${name}/bias`, [filters], "vector") : undefined;
    return this.#layer(name, "Conv2D", activation, (node) =>
      this.#builder.node("conv2d", node, [x, w, b], {
        ...this.#window(x, window, options),
        dilations: [1, 1],
        groups: 1,
      }),
    );
  }

  /** SeparableConv2D without bias: weights `depthwise_kernel` [k,k,C,1] and `pointwise_kernel` [1,1,C,filters]. */
  separable(
    x: ValueId,
    name: string,
    { filters, kernel, ...options }: DepthwiseOptions & { filters: number },
  ): ValueId {
    const depthwise = this.#weight(`${name}/depthwise_kernel`, [kernel, kernel, this.channels(x), 1], "depthwise");
    const pointwise = this.#weight(`${name}/pointwise_kernel`, [1, 1, this.channels(x), filters], "conv");
    const window = { ...this.#window(x, [kernel, kernel], options), dilations: [1, 1] } as const;
    const spatial = this.#builder.node("depthwiseConv2d", `${name}/depthwise`, [x, depthwise], window);
    const attrs = { strides: [1, 1], padding: [0, 0, 0, 0], dilations: [1, 1], groups: 1 } as const;
    return this.#layer(name, "SeparableConv2D", undefined, (node) =>
      this.#builder.node("conv2d", node, [spatial, pointwise], attrs),
    );
  }

  /** DepthwiseConv2D without bias, multiplier 1: weight `kernel` [k,k,C,1]. */
  depthwise(x: ValueId, name: string, options: DepthwiseOptions): ValueId {
    const { kernel } = options;
    const w = this.#weight(`${name}/kernel`, [kernel, kernel, this.channels(x), 1], "depthwise");
    return this.#layer(name, "DepthwiseConv2D", undefined, (node) =>
      this.#builder.node("depthwiseConv2d", node, [x, w], {
        ...this.#window(x, [kernel, kernel], options),
        dilations: [1, 1],
      }),
    );
  }

  /** BatchNormalization in inference: weights `gamma` if `scale`, `beta`, `moving_mean`, `moving_variance`, each [C]. */
  batchNorm(x: ValueId, name: string, epsilon: number, { scale = true }: BatchNormOptions = {}): ValueId {
    const weights = ["gamma", "beta", "moving_mean", "moving_variance"].map((part) =>
      part !== "gamma" || scale ? this.#weight(`${name}/${part}`, [this.channels(x)], "vector") : undefined,
    );
    return this.#layer(name, "BatchNormalization", undefined, (node) =>
      this.#builder.node("batchNorm", node, [x, ...weights], { epsilon }),
    );
  }

  /** Rescaling: x·scale + offset, one number for all channels. */
  rescaling(x: ValueId, name: string, scale: number, offset = 0): ValueId {
    const inner = offset === 0 ? name : `${name}/scaled`;
    const scaled = this.#builder.node("mul", inner, [x, this.#constant(`${name}/scale`, [scale])], {});
    if (offset === 0) return this.#builder.layer(name, "Rescaling", scaled);
    const shifted = this.#builder.node("add", name, [scaled, this.#constant(`${name}/offset`, [offset])], {});
    return this.#builder.layer(name, "Rescaling", shifted);
  }

  /** Normalization with known numbers, one per channel: (x − mean) / √variance. */
  standardize(x: ValueId, name: string, mean: readonly number[], variance: readonly number[]): ValueId {
    const statistics = [this.#constant(`${name}/mean`, mean), this.#constant(`${name}/variance`, variance)];
    return this.#builder.layer(name, "Normalization", this.#normalize(x, name, statistics));
  }

  /** Normalization as it was trained: weights `mean` and `variance`, each [C]. See normalization.ts. */
  normalization(x: ValueId, name: string): ValueId {
    const shape = [this.channels(x)];
    const mean = this.#weight(`${name}/mean`, shape, "vector");
    const stored = this.#weights.get({ name: `${name}/variance`, shape, role: "vector" });
    const variance = this.#builder.parameter(`${name}/variance`, shape, storedVariance(stored));
    return this.#builder.layer(name, "Normalization", this.#normalize(x, name, [mean, variance]));
  }

  /** A layer that only is an activation. */
  activation(x: ValueId, name: string, activation: Activation): ValueId {
    const kind = activation === "relu6" ? "ReLU" : "Activation";
    return this.#builder.layer(name, kind, activate(this.#builder, x, name, activation));
  }

  relu(x: ValueId, name: string): ValueId {
    return this.activation(x, name, "relu");
  }

  relu6(x: ValueId, name: string): ValueId {
    return this.activation(x, name, "relu6");
  }

  softmax(x: ValueId, name: string): ValueId {
    return this.activation(x, name, "softmax");
  }

  /** Dense with weights `kernel` [in,units] and `bias` [units]. */
  dense(x: ValueId, name: string, units: number, activation?: Activation): ValueId {
    const inputs = this.channels(x);
    const asked = [...(this.#maps.get(x) ?? [inputs]), units];
    const w = this.#weight(`${name}/kernel`, asked, "dense", [inputs, units]);
    const b = this.#weight(`${name}/bias`, [units], "vector");
    return this.#layer(name, "Dense", activation, (node) => this.#builder.node("dense", node, [x, w, b], {}));
  }

  maxPool(x: ValueId, name: string, options: PoolOptions): ValueId {
    const { size, ceilMode = false } = options;
    const attrs = { kernel: [size, size], ...this.#window(x, [size, size], options), ceilMode } as const;
    return this.#builder.layer(name, "MaxPooling2D", this.#builder.node("maxPool", name, [x], attrs));
  }

  averagePool(x: ValueId, name: string, options: AveragePoolOptions): ValueId {
    const { size, countIncludePad = false } = options;
    const attrs = { kernel: [size, size], ...this.#window(x, [size, size], options), countIncludePad } as const;
    return this.#builder.layer(name, "AveragePooling2D", this.#builder.node("avgPool", name, [x], attrs));
  }

  /** [1,H,W,C] → [1,C], or [1,1,1,C] with `keepDims`. */
  globalPool(x: ValueId, name: string, keepDims = false): ValueId {
    return this.#builder.layer(
      name,
      "GlobalAveragePooling2D",
      this.#builder.node("globalAveragePool", name, [x], { keepDims }),
    );
  }

  /** ZeroPadding2D. */
  pad(x: ValueId, name: string, padding: Padding): ValueId {
    return this.#builder.layer(name, "ZeroPadding2D", this.#builder.node("pad", name, [x], { padding, value: 0 }));
  }

  add(a: ValueId, b: ValueId, name: string): ValueId {
    return this.#builder.layer(name, "Add", this.#builder.node("add", name, [a, b], {}));
  }

  /** a·b; with a gate [1,1,1,C] for every channel one factor. */
  multiply(a: ValueId, b: ValueId, name: string): ValueId {
    return this.#builder.layer(name, "Multiply", this.#builder.node("mul", name, [a, b], {}));
  }

  /** Channels one after the other. */
  concat(parts: readonly ValueId[], name: string): ValueId {
    return this.#builder.layer(name, "Concatenate", this.#builder.node("concat", name, parts, { axis: -1 }));
  }

  /** [1,H,W,C] → [1,H·W·C] in the order of memory. */
  flatten(x: ValueId, name: string): ValueId {
    const map = this.shape(x).slice(1);
    const output = this.#reshape(x, name, "Flatten", [map.reduce((product, size) => product * size, 1)]);
    this.#maps.set(output, map);
    return output;
  }

  /** `shape` is without the batch. */
  reshape(x: ValueId, name: string, shape: Shape): ValueId {
    return this.#reshape(x, name, "Reshape", shape);
  }

  /** Declares that a layer which exists by name only, such as a block or a dropout, answers with `x`. */
  alias(x: ValueId, name: string, kind: string): ValueId {
    return this.#builder.layer(name, kind, x);
  }

  shape(x: ValueId): Shape {
    return this.#builder.shape(x);
  }

  channels(x: ValueId): number {
    return this.shape(x).at(-1)!;
  }

  finish(output: ValueId): Graph {
    return this.#builder.finish([output]);
  }

  #reshape(x: ValueId, name: string, kind: string, shape: Shape): ValueId {
    return this.#builder.layer(name, kind, this.#builder.node("reshape", name, [x], { shape }));
  }

  #weight(name: string, asked: Shape, role: WeightRole, shape: Shape = asked): ValueId {
    return this.#builder.parameter(name, shape, this.#weights.get({ name, shape: asked, role }));
  }

  #layer(name: string, kind: string, activation: Activation | undefined, make: (node: string) => ValueId): ValueId {
    if (!activation) return this.#builder.layer(name, kind, make(name));
    const linear = make(`${name}/${activation === "softmax" ? "logits" : "linear"}`);
    return this.#builder.layer(name, kind, activate(this.#builder, linear, name, activation));
  }

  #normalize(x: ValueId, name: string, [mean, variance]: readonly ValueId[]): ValueId {
    return this.#builder.node("batchNorm", name, [x, undefined, undefined, mean, variance], { epsilon: 0 });
  }

  #constant(name: string, values: readonly number[]): ValueId {
    const shape = [values.length];
    const parameter = { ...parameterOf(Float32Array.from(values), shape), constant: true } as const;
    return this.#builder.parameter(name, shape, parameter);
  }

  #window(
    x: ValueId,
    kernel: Pair,
    { stride = 1, padding = "valid" }: WindowOptions,
  ): { strides: Pair; padding: Padding } {
    const strides: Pair = [stride, stride];
    return { strides, padding: resolvePadding(padding, this.shape(x), kernel, strides) };
  }
}
