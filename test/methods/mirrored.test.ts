/** A mirrored picture, shown to the network with mirrored kernels, has the mirrored map: no direction is built into a method. */
import { describe, expect, it } from "vitest";
import { createModel, explain, explainMany, type Graph, type MethodName } from "../../src/node.ts";
import { type Parameter, parameterOf } from "../../src/graph/parameter.ts";
import { elements, type Shape } from "../../src/shape.ts";
import { relativeL2 } from "../support/golden.ts";
import { averaged, excited, flattened, input } from "./networks.ts";

/** Strides of 2 over 15 pixels and a border, and windows of 2 in 16, lie symmetrically. */
const NETWORKS = [
  ["averaged", averaged({ side: 15 }), 15],
  ["flattened", flattened(), 16],
  ["excited", excited({ side: 15 }), 15],
] as const;

const OF_ALL: readonly MethodName[] = [
  "grad-cam",
  "grad-cam++",
  "hirescam",
  "grad-cam-elementwise",
  "xgrad-cam",
  "layer-cam",
  "eigen-cam",
  "eigen-grad-cam",
  "kpca-cam",
  "fem",
  "score-cam",
  "is-cam",
  "ablation-cam",
  "finer-cam",
  "shapley-cam",
  "refine-cam",
  "saliency",
  "input-x-gradient",
  "integrated-gradients",
  "blur-ig",
];
const OF_RELUS: readonly MethodName[] = ["guided-backprop", "guided-grad-cam", "full-grad"];
/** What each network is asked. Of windows that are 0 all over max-pooling takes the first place, which deconvnet alone lets be seen. */
const METHODS = {
  averaged: [...OF_ALL, ...OF_RELUS, "deconvnet"],
  flattened: [...OF_ALL, ...OF_RELUS],
  excited: OF_ALL,
} as const satisfies Record<string, readonly MethodName[]>;

describe.each(NETWORKS)("on the network %s", (name, graph, side) => {
  it("the map is mirrored with picture and kernels, by every method without chance", async () => {
    const methods: readonly MethodName[] = METHODS[name];
    const options = { methods, targets: [1], layers: ["last"] } as const;
    const [model, turned] = [await createModel(graph), await createModel(await mirroredGraph(graph))];
    const { data, shape } = input(3, side);
    const maps = await explainMany(model, { data, shape }, options);
    const others = await explainMany(turned, { data: mirrored(data, shape, 2), shape }, options);
    expect(maps).toHaveLength(methods.length);
    maps.forEach(({ method, raw }, i) => {
      const back = mirrored(others[i]!.raw.data, [raw.height, raw.width], 1);
      expect(relativeL2(back, raw.data), method).toBeLessThanOrEqual(1e-5);
    });
    // Mirroring only the picture is another question.
    const other = await explain(model, { data: mirrored(data, shape, 2), shape }, { target: 1, layer: "last" });
    const { raw } = maps[0]!;
    expect(relativeL2(mirrored(other.raw.data, [raw.height, raw.width], 1), raw.data)).toBeGreaterThan(1e-2);
    model.dispose();
    turned.dispose();
  });
});

/** Kernels [kH,kW,in,out] from right to left, and the weights of what reads a flattened map 4×4×10. */
async function mirroredGraph(graph: Graph): Promise<Graph> {
  const values = await Promise.all(
    graph.values.map(async (value) => {
      const { name, shape, parameter } = value;
      if (!parameter || (shape.length !== 4 && name !== "fc1/w")) return value;
      const rows = name === "fc1/w" ? [4, 4, 10, shape[1]!] : shape;
      return { ...value, parameter: parameterOf(mirrored(await all(parameter), rows, 1), shape) };
    }),
  );
  return { ...graph, values };
}

const all = async ({ source }: Parameter): Promise<Float32Array> => source.read(0, source.length);

/** Along one axis from the last to the first. */
function mirrored(data: Float32Array, shape: Shape, axis: number): Float32Array {
  const [size, run] = [shape[axis]!, elements(shape.slice(axis + 1))];
  return data.map((_, i) => {
    const at = Math.floor(i / run) % size;
    return data[i + (size - 1 - 2 * at) * run]!;
  });
}
