/** Networks made for one question: a single layer of VGG16, and a small classifier that is trained. */
import { GraphBuilder } from "../../src/graph/builder.ts";
import type { ValueId } from "../../src/graph/graph.ts";
import { elements, resolvePadding, type Shape } from "../../src/shape.ts";
import { syntheticParameter, syntheticValues } from "../../test/support/synthetic-weights.ts";
import { type NetworkFiles, networkFiles } from "./files.ts";

const CLASSES = 10;

/** Changes when the architectures below do. */
const IDENTITY = "small networks, 1";

/** VGG16's block3_conv2 by itself (56×56, 256 → 256), ReLU, and a linear classifier on the pooled map. */
export function singleLayer(): Promise<NetworkFiles> {
  const shape = [1, 56, 56, 256] as const;
  const net = new SmallNet("conv3-2", shape);
  const map = net.conv(net.input, "conv3_2", 256);
  const pooled = net.builder.node("globalAveragePool", "pool", [map], { keepDims: false });
  return net.finish(pooled, "conv3-2", shape, ["conv3_2/kernel", "conv3_2/bias"]);
}

/** 32×32 pictures, 32 at a time: twice conv 32 + pool, conv 64 + pool, then 128 units and a softmax. 554 thousand weights. */
export function smallClassifier(): Promise<NetworkFiles> {
  const shape = [32, 32, 32, 3] as const;
  const net = new SmallNet("small-cnn", [1, ...shape.slice(1)]);
  const first = net.pool(net.conv(net.conv(net.input, "conv1", 32), "conv2", 32), "pool1");
  const second = net.pool(net.conv(first, "conv3", 64), "pool2");
  const flat = net.builder.node("reshape", "flatten", [second], { shape: [8 * 8 * 64] });
  const hidden = net.builder.node("relu", "hidden", [net.dense(flat, "hidden", 128)], {});
  return net.finish(hidden, "small-cnn", shape, []);
}

class SmallNet {
  readonly builder: GraphBuilder;
  readonly input: ValueId;

  constructor(name: string, shape: Shape) {
    this.builder = new GraphBuilder(name, "synthetic");
    this.input = this.builder.input("input", shape);
  }

  /** 3×3, same padding, ReLU. */
  conv(x: ValueId, name: string, filters: number): ValueId {
    const input = this.builder.shape(x);
    const w = this.#weight(`${name}/kernel`, [3, 3, input[3]!, filters]);
    const b = this.#weight(`${name}/bias`, [filters]);
    const linear = this.builder.node("conv2d", `${name}/linear`, [x, w, b], {
      strides: [1, 1],
      dilations: [1, 1],
      padding: resolvePadding("same", input, [3, 3], [1, 1]),
      groups: 1,
    });
    return this.builder.layer(name, "Conv2D", this.builder.node("relu", name, [linear], {}));
  }

  pool(x: ValueId, name: string): ValueId {
    return this.builder.node("maxPool", name, [x], { kernel: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] });
  }

  dense(x: ValueId, name: string, units: number): ValueId {
    const w = this.#weight(`${name}/kernel`, [this.builder.shape(x)[1]!, units]);
    return this.builder.node("dense", `${name}/linear`, [x, w, this.#weight(`${name}/bias`, [units])], {});
  }

  finish(x: ValueId, title: string, shape: Shape, trained: readonly string[]): Promise<NetworkFiles> {
    const output = this.builder.node("softmax", "probabilities", [this.dense(x, "classes", CLASSES)], {});
    return networkFiles({
      graph: this.builder.finish([output]),
      title,
      source: { kind: "program" },
      identity: IDENTITY,
      input: syntheticValues({ name: "input", shape, center: 0.5, scale: 0.5 }, 0, elements(shape)),
      shape,
      trained,
      forwardOnly: shape[0] === 1,
    });
  }

  /** Kernels: uniform with variance 2/fan-in (He et al. 2015, https://arxiv.org/abs/1502.01852); biases: small. */
  #weight(name: string, shape: Shape): ValueId {
    const fanIn = elements(shape.slice(0, -1));
    const scale = shape.length === 1 ? 0.1 : Math.sqrt(6 / fanIn);
    return this.builder.parameter(name, shape, syntheticParameter({ name, shape, center: 0, scale }));
  }
}
