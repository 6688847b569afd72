/** Three small networks with the heads that formulas differ by: GAP + dense, VGG's dense layers on a flattened map, squeeze-excite with swish. */
import { GraphBuilder } from "../../src/graph/builder.ts";
import type { Graph, ValueId } from "../../src/graph/graph.ts";
import { parameterOf } from "../../src/graph/parameter.ts";
import { elements, type Shape } from "../../src/shape.ts";
import { seeded } from "../support/random.ts";

export const CLASSES = 6;
const SIDE = 16;
const FLAT = [0, 0, 0, 0] as const;
const RING = [1, 1, 1, 1] as const;

export const input = (seed = 3, side = SIDE) => ({
  data: Float32Array.from(seeded(seed).array([1, side, side, 3]).data),
  shape: [1, side, side, 3],
});

/** Layers by a few words; weights are drawn in the order in which they are asked for. */
class Sketch {
  readonly graph: GraphBuilder;
  readonly #random = seeded(41);

  constructor(name: string) {
    this.graph = new GraphBuilder(name, "test");
  }

  weight(name: string, shape: Shape): ValueId {
    const scale = shape.length > 1 ? Math.sqrt(2 / elements(shape.slice(0, -1))) : 0.2;
    const { data } = this.#random.array(shape, { scale });
    return this.graph.parameter(name, shape, parameterOf(Float32Array.from(data), shape));
  }

  conv(name: string, x: ValueId, filters: number, { size = 3, stride = 1 } = {}): ValueId {
    const w = this.weight(`${name}/w`, [size, size, this.graph.shape(x).at(-1)!, filters]);
    const padding = size === 3 ? RING : FLAT;
    const attrs = { strides: [stride, stride], dilations: [1, 1], padding, groups: 1 } as const;
    const y = this.graph.node("conv2d", name, [x, w, this.weight(`${name}/b`, [filters])], attrs);
    return this.graph.layer(name, "Conv2D", y);
  }

  layer(op: "relu" | "swish" | "sigmoid" | "globalAveragePool", name: string, x: ValueId): ValueId {
    const y =
      op === "globalAveragePool"
        ? this.graph.node(op, name, [x], { keepDims: false })
        : this.graph.node(op, name, [x], {});
    return this.graph.layer(name, op, y);
  }

  relu6(name: string, x: ValueId): ValueId {
    return this.graph.layer(name, "ReLU6", this.graph.node("clippedRelu", name, [x], { max: 1.5 }));
  }

  pool(name: string, x: ValueId): ValueId {
    const attrs = { kernel: [2, 2], strides: [2, 2], padding: FLAT } as const;
    return this.graph.layer(name, "MaxPool", this.graph.node("maxPool", name, [x], attrs));
  }

  dense(name: string, x: ValueId, outputs: number): ValueId {
    const w = this.weight(`${name}/w`, [this.graph.shape(x)[1]!, outputs]);
    return this.graph.node("dense", name, [x, w, this.weight(`${name}/b`, [outputs])], {});
  }

  flat(name: string, x: ValueId): ValueId {
    return this.graph.node("reshape", name, [x], { shape: [elements(this.graph.shape(x).slice(1))] });
  }

  finish(logits: ValueId): Graph {
    return this.graph.finish([logits]);
  }
}

/** conv → relu → conv → relu6 ("last") → global average → dense; `late`: the dense layer at every position, averaged afterwards */
export function averaged({ side = SIDE, late = false } = {}): Graph {
  const s = new Sketch("averaged");
  const x = s.graph.input("input", [1, side, side, 3]);
  const first = s.layer("relu", "first", s.conv("conv1", x, 8, { stride: 2 }));
  const last = s.relu6("last", s.conv("conv2", first, 12));
  if (late) return s.finish(s.layer("globalAveragePool", "gap", s.conv("logits", last, CLASSES, { size: 1 })));
  return s.finish(s.dense("logits", s.layer("globalAveragePool", "gap", last), CLASSES));
}

/** conv → relu → pool → conv → relu ("last") → pool → dense → relu → dense */
export function flattened(): Graph {
  const s = new Sketch("flattened");
  const x = s.graph.input("input", [1, SIDE, SIDE, 3]);
  const first = s.pool("pool1", s.layer("relu", "first", s.conv("conv1", x, 8)));
  const last = s.layer("relu", "last", s.conv("conv2", first, 10));
  const hidden = s.layer("relu", "hidden", s.dense("fc1", s.flat("flat", s.pool("pool2", last)), 16));
  return s.finish(s.dense("logits", hidden, CLASSES));
}

/** conv → swish → gate by its own mean → conv → swish ("last") → global average → dense */
export function excited({ side = SIDE } = {}): Graph {
  const s = new Sketch("excited");
  const x = s.graph.input("input", [1, side, side, 3]);
  const first = s.layer("swish", "first", s.conv("conv1", x, 8, { stride: 2 }));
  const mean = s.graph.node("globalAveragePool", "squeeze", [first], { keepDims: true });
  const gate = s.layer("sigmoid", "gate", s.conv("excite", mean, 8, { size: 1 }));
  const gated = s.graph.layer("gated", "Multiply", s.graph.node("mul", "gated", [first, gate], {}));
  const last = s.layer("swish", "last", s.conv("conv2", gated, 12));
  return s.finish(s.dense("logits", s.layer("globalAveragePool", "gap", last), CLASSES));
}
