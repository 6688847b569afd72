/** Our own portable file: what comes out is what went in. */
import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../../src/graph/builder.ts";
import type { Graph } from "../../../src/graph/graph.ts";
import { parameterOf, readParameter } from "../../../src/graph/parameter.ts";
import { loadGraph } from "../../../src/load/index.ts";
import { bytesSource } from "../../../src/load/source.ts";
import { createModel, loadModel } from "../../../src/node.ts";
import { codeOf } from "../../support/error-code.ts";
import { relativeMax } from "../../support/golden.ts";
import { logits, network, written } from "../../support/portable.ts";

/** Networks with every kind of layer that the zoo has. */
const NETWORKS = ["resnet18", "mobilenet-v3-small", "efficientnet-b0", "densenet121", "xception", "googlenet"] as const;

describe.each(NETWORKS)("%s there and back", (name) => {
  it("gives the same logits, layers and preprocessing", async () => {
    const graph = network(name);
    const before = await createModel(graph, { preprocess: "torch" });
    const after = await loadModel(await written(graph));
    expect(await logits(after)).toEqual(await logits(before));
    expect(after.layers).toEqual(before.layers);
    expect({ ...after.identity, format: "" }).toEqual({ ...before.identity, format: "" });
    expect([after.format, after.defaultLayer]).toEqual(["gradcam", before.defaultLayer]);
    before.dispose();
    after.dispose();
  });

  it("in f16 gives nearly the same logits", async () => {
    const graph = network(name);
    const before = await createModel(graph, { preprocess: "torch" });
    const half = await loadModel(await written(graph, { weights: "f16" }));
    expect(relativeMax(await logits(half), await logits(before))).toBeLessThanOrEqual(5e-3);
    before.dispose();
    half.dispose();
  });
});

it("has less than a third of the bytes in int8, and labels and remarks where they are given", async () => {
  const graph = network("resnet18");
  const [wide, narrow] = [await written(graph), await written(graph, { weights: "int8" })];
  expect(narrow.length).toBeLessThan(wide.length / 3);
  const labels = ["a", ["n1", "b"], "c", "d", "e", "f", "g", "h", "i", "j"];
  const loaded = await loadGraph(bytesSource(await written(graph, { labels, metadata: { licence: "CC0" } })));
  expect(loaded.labels).toEqual(labels);
  expect(loaded.metadata).toEqual({ format: "gradcam-wasm", licence: "CC0" });
});

/** A network of one dense layer whose parameters have these names. */
function dense(kernel: string, bias: string, values: readonly number[]): Graph {
  const builder = new GraphBuilder("dense", "test");
  const x = builder.input("input", [1, 2]);
  const w = builder.parameter(kernel, [2, 2], parameterOf(Float32Array.from(values), [2, 2]));
  const b = builder.parameter(bias, [2], parameterOf(Float32Array.of(5, 6), [2]));
  return builder.finish([builder.layer("d", "Dense", builder.node("dense", "d", [x, w, b], {}))]);
}

it.each([
  ["that a header has for itself", "__metadata__", "b"],
  ["of scales", "w.scale", "b"],
  ["of each other's scales", "w", "w.scale"],
  ["that are the same", "w", "w"],
  ["that look like ours", "w#2", "w#2"],
])("keeps parameters apart by names %s", async (_, kernel, bias) => {
  for (const weights of ["f32", "int8"] as const) {
    const file = bytesSource(await written(dense(kernel, bias, [127, 2, 3, 127]), { weights }));
    const { graph } = await loadGraph(file);
    const read = async (id: number) => Array.from(await readParameter(graph.values[id]!.parameter!));
    expect([await read(1), await read(2)]).toEqual([
      [127, 2, 3, 127],
      [5, 6],
    ]);
    expect([graph.values[1]!.name, graph.values[2]!.name]).toEqual([kernel, bias]);
  }
});

it.each([
  ["int8", NaN],
  ["int8", Infinity],
  ["f16", 65_520],
] as const)("does not write as %s what would be another number there: %s", async (weights, value) => {
  expect(await codeOf(() => written(dense("w", "b", [1, value, 1, 1]), { weights }))).toBe("E_NONFINITE");
});

it("writes as f16 what rounds to the largest half, and what is infinite already", async () => {
  const file = await written(dense("w", "b", [65_519, -Infinity, NaN, 1]), { weights: "f16" });
  const { graph } = await loadGraph(bytesSource(file));
  expect(Array.from(await readParameter(graph.values[1]!.parameter!))).toEqual([65_504, -Infinity, NaN, 1]);
});
