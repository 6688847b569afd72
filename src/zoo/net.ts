/**
 * The vocabulary in which architectures are written: Keras layers by their Keras names, unfused.
 * A layer's activation is a node of its own, so the value before it can be asked for as `name/linear`
 * (`name/logits` before a softmax); the value called like the layer is what the layer answers.
 */
import { GraphBuilder } from "../graph/builder.ts";
import type { Graph, ValueId } from "../graph/graph.ts";
import { type Padding, type Pair, resolvePadding, type Shape } from "../shape.ts";
import type { WeightRole, WeightSet } from "./weights.ts";

export type Activation = "relu" | "relu6" | "softmax";

export interface WindowOptions {
  /** Square. Default 1. */
  readonly stride?: number;
  /** Default "valid", as in Keras. */
  readonly padding?: "same" | "valid" | Padding;
}

export interface ConvOptions extends WindowOptions {
  readonly filters: number;
  /** Square. */
  readonly kernel: number;
  /** Default true. */
  readonly bias?: boolean;
  readonly activation?: Activation;
}

export interface DepthwiseOptions extends WindowOptions {
  readonly kernel: number;
}

export interface PoolOptions extends WindowOptions {
  readonly size: number;
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
    const w = this.#weight(`${name}/kernel`, [kernel, kernel, this.channels(x), filters], "conv");
    const b = bias ? this.#weight(`${name}/bias`, [filters], "vector") : undefined;
    return this.#layer(name, "Conv2D", activation, (node) =>
      this.#builder.node("conv2d", node, [x, w, b], {
        ...this.#window(x, kernel, options),
        dilations: [1, 1],
        groups: 1,
      }),
    );
  }

  /** DepthwiseConv2D without bias, multiplier 1: weight `kernel` [k,k,C,1]. */
  depthwise(x: ValueId, name: string, options: DepthwiseOptions): ValueId {
    const { kernel } = options;
    const w = this.#weight(`${name}/kernel`, [kernel, kernel, this.channels(x), 1], "depthwise");
    return this.#layer(name, "DepthwiseConv2D", undefined, (node) =>
      this.#builder.node("depthwiseConv2d", node, [x, w], { ...this.#window(x, kernel, options), dilations: [1, 1] }),
    );
  }

  /** BatchNormalization in inference: weights `gamma`, `beta`, `moving_mean`, `moving_variance`, each [C]. */
  batchNorm(x: ValueId, name: string, epsilon: number): ValueId {
    const weights = ["gamma", "beta", "moving_mean", "moving_variance"].map((part) =>
      this.#weight(`${name}/${part}`, [this.channels(x)], "vector"),
    );
    return this.#layer(name, "BatchNormalization", undefined, (node) =>
      this.#builder.node("batchNorm", node, [x, ...weights], { epsilon }),
    );
  }

  relu(x: ValueId, name: string): ValueId {
    return this.#builder.layer(name, "Activation", this.#activate(x, name, "relu"));
  }

  relu6(x: ValueId, name: string): ValueId {
    return this.#builder.layer(name, "ReLU", this.#activate(x, name, "relu6"));
  }

  softmax(x: ValueId, name: string): ValueId {
    return this.#builder.layer(name, "Activation", this.#activate(x, name, "softmax"));
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
    const { size } = options;
    const output = this.#builder.node("maxPool", name, [x], {
      kernel: [size, size],
      ...this.#window(x, size, options),
    });
    return this.#builder.layer(name, "MaxPooling2D", output);
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
    return this.#builder.layer(name, kind, this.#activate(linear, name, activation));
  }

  #activate(x: ValueId, name: string, activation: Activation): ValueId {
    switch (activation) {
      case "relu":
        return this.#builder.node("relu", name, [x], {});
      case "relu6":
        return this.#builder.node("clippedRelu", name, [x], { max: 6 });
      case "softmax":
        return this.#builder.node("softmax", name, [x], {});
    }
  }

  #window(
    x: ValueId,
    kernel: number,
    { stride = 1, padding = "valid" }: WindowOptions,
  ): { strides: Pair; padding: Padding } {
    const strides: Pair = [stride, stride];
    return { strides, padding: resolvePadding(padding, this.shape(x), [kernel, kernel], strides) };
  }
}
