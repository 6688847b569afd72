/** One small network that has every shape of trouble, and pictures for it. */
import { GraphBuilder } from "../../src/graph/builder.ts";
import type { Graph, ValueId } from "../../src/graph/graph.ts";
import { parameterOf } from "../../src/graph/parameter.ts";
import type { HostTensor } from "../../src/node.ts";
import { elements, type Shape } from "../../src/shape.ts";
import type { NDArray } from "../reference/ndarray.ts";
import { seeded } from "../support/random.ts";

export const CLASSES = 5;

/** pad → strided conv → BN → relu6 → [depthwise → BN → relu → conv] + skip → relu → gate ⊙ → pool ∥ pool → concat → flatten → dense → softmax */
function troubled(): Graph {
  const random = seeded(7);
  const g = new GraphBuilder("troubled", "test");
  const weight = (name: string, shape: Shape, mean = 0): ValueId => {
    const scale = shape.length > 1 ? Math.sqrt(2 / elements(shape.slice(0, -1))) : 0.1;
    return g.parameter(name, shape, parameterOf(Float32Array.from(random.array(shape, { mean, scale }).data), shape));
  };
  const norm = (x: ValueId, name: string, channels: number): ValueId => {
    const parts = [
      weight(`${name}/gamma`, [channels], 1),
      weight(`${name}/beta`, [channels]),
      weight(`${name}/mean`, [channels]),
    ];
    const variance = g.parameter(
      `${name}/variance`,
      [channels],
      parameterOf(new Float32Array(channels).fill(0.8), [channels]),
    );
    return g.layer(name, "BatchNormalization", g.node("batchNorm", name, [x, ...parts, variance], { epsilon: 1e-3 }));
  };
  const window = { strides: [1, 1], dilations: [1, 1], padding: [1, 1, 1, 1], groups: 1 } as const;

  const x = g.input("input", [1, 9, 11, 3]);
  const padded = g.node("pad", "pad", [x], { padding: [0, 1, 0, 1], value: 0 });
  const stem = g.node("conv2d", "stem", [padded, weight("stem/kernel", [3, 3, 3, 6])], {
    ...window,
    strides: [2, 2],
    padding: [0, 0, 0, 0],
  });
  g.layer("stem", "Conv2D", stem);
  const a = g.layer("stem_relu", "ReLU", g.node("clippedRelu", "stem_relu", [norm(stem, "stem_bn", 6)], { max: 6 }));
  const dw = g.node("depthwiseConv2d", "dw", [a, weight("dw/kernel", [3, 3, 6, 1])], {
    strides: [1, 1],
    dilations: [1, 1],
    padding: [1, 1, 1, 1],
  });
  const b = g.node("relu", "dw_relu", [norm(dw, "dw_bn", 6)], {});
  const project = g.node(
    "conv2d",
    "project",
    [b, weight("project/kernel", [1, 1, 6, 6]), weight("project/bias", [6])],
    { ...window, padding: [0, 0, 0, 0] },
  );
  const sum = g.layer("sum", "Add", g.node("add", "sum", [a, project], {}));
  const block = g.layer("block", "ReLU", g.node("relu", "block", [sum], {}));
  const gate = g.node("sigmoid", "gate", [g.node("globalAveragePool", "squeeze", [block], { keepDims: true })], {});
  const gated = g.layer("gated", "Multiply", g.node("mul", "gated", [block, gate], {}));
  const pool = { kernel: [2, 2], strides: [2, 2], padding: [0, 1, 0, 0] } as const;
  const joined = g.node(
    "concat",
    "joined",
    [g.node("maxPool", "max", [gated], pool), g.node("avgPool", "avg", [gated], pool)],
    { axis: 3 },
  );
  const flat = g.layer(
    "flat",
    "Flatten",
    g.node("reshape", "flat", [joined], { shape: [elements(g.shape(joined).slice(1))] }),
  );
  const logits = g.node(
    "dense",
    "logits",
    [flat, weight("logits/kernel", [g.shape(flat)[1]!, CLASSES]), weight("logits/bias", [CLASSES])],
    {},
  );
  return g.finish([g.layer("probabilities", "Softmax", g.node("softmax", "probabilities", [logits], {}))]);
}

export const graph = troubled();
export const idOf = (name: string): ValueId => graph.values.findIndex((value) => value.name === name);
export const input = (batch: number): NDArray => seeded(11).array([batch, 9, 11, 3]);
export const host = ({ shape, data }: NDArray): HostTensor => ({ shape, data: Float32Array.from(data) });
