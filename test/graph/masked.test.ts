/** Gradients that nobody looks at are left out, and nobody notices. */
import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../src/graph/builder.ts";
import type { Graph, ValueId } from "../../src/graph/graph.ts";
import { maskedWhereZero } from "../../src/graph/masked.ts";
import { parameterOf } from "../../src/graph/parameter.ts";
import { between } from "../../src/graph/path.ts";
import { createModel, type HostTensor } from "../../src/node.ts";
import type { Shape } from "../../src/shape.ts";
import { BUILDS } from "../support/engine.ts";
import { seeded } from "../support/random.ts";

/** conv → ReLU → max-pool → flatten → dense → ReLU → dense; `poison` makes row 0 of the first dense layer infinite. */
function network(poison: boolean): Graph {
  const g = new GraphBuilder("masked", "test");
  const random = seeded(2);
  const weight = (name: string, shape: Shape, change = (_values: Float32Array): void => undefined): ValueId => {
    const values = Float32Array.from(random.array(shape, { scale: 0.6 }).data);
    change(values);
    return g.parameter(name, shape, parameterOf(values, shape));
  };
  const x = g.input("input", [1, 4, 4, 3]);
  const window = { strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0], groups: 1 } as const;
  // The filter of channel 0 answers with what a ReLU makes 0.
  const silence = (values: Float32Array): void => values.forEach((_, i) => i % 6 === 0 && (values[i] = -1));
  const conv = g.node("conv2d", "conv", [x, weight("conv/kernel", [1, 1, 3, 6], silence)], window);
  const a = g.layer("a", "ReLU", g.node("relu", "a", [conv], {}));
  const pooled = g.node("maxPool", "pool", [a], { kernel: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] });
  const flat = g.node("reshape", "flat", [pooled], { shape: [24] });
  const infinite = (values: Float32Array): void => {
    if (poison) values.fill(Infinity, 0, 8);
  };
  const hidden = g.node("dense", "hidden", [flat, weight("hidden/kernel", [24, 8], infinite)], {});
  const relu = g.node("relu", "relu", [hidden], {});
  return g.finish([g.node("dense", "logits", [relu, weight("logits/kernel", [8, 4])], {})]);
}

const picture: HostTensor = {
  data: Float32Array.from(seeded(9).array([1, 4, 4, 3]).data, Math.abs),
  shape: [1, 4, 4, 3],
};

const gradient = async (graph: Graph, wrt: string, build: "simd" | "relaxed"): Promise<Float32Array> => {
  const model = await createModel(graph, { engine: { build } });
  const { gradients } = await model.gradients(picture, { of: (o) => o.logit(1).add(o.logit(2)), wrt: [wrt] });
  model.dispose();
  return gradients[wrt]!.data;
};

describe("a gradient that is masked where a value is 0", () => {
  const graph = network(false);
  const id = (name: string): ValueId => graph.values.findIndex((value) => value.name === name);
  const names = (wrt: string): string[] => {
    const path = between(graph, [id(wrt)], id("logits"));
    return [...maskedWhereZero(graph, path, [id(wrt)])].map((value) => graph.values[value]!.name);
  };

  it("is that of a ReLU, its maxima and their views, as long as it is not asked for itself", () => {
    expect(names("input")).toEqual(["a", "pool", "flat", "relu"]);
    expect(names("a")).toEqual(["relu"]);
    expect(names("flat")).toEqual(["relu"]);
  });

  it.each(BUILDS)("is not computed there: weights behind a 0 may be infinite unseen, build %s", async (build) => {
    const clean = await gradient(graph, "input", build);
    expect(clean.some((value) => value !== 0)).toBe(true);
    expect(await gradient(network(true), "input", build)).toEqual(clean);
  });

  it("is computed in full for whoever asks", async () => {
    const full = await gradient(network(true), "a", "simd");
    expect(full.some((value) => Number.isFinite(value) && value !== 0)).toBe(true);
    expect(full.some((value) => !Number.isFinite(value))).toBe(true);
  });
});
