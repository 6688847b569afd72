/** Each architecture asks for exactly the weights that Keras has, in Keras's order, and declares Keras's layers. */
import { describe, expect, it } from "vitest";
import type { Graph } from "../../src/graph/graph.ts";
import { elements } from "../../src/shape.ts";
import type { BuildOptions } from "../../src/zoo/architecture.ts";
import type { ArchitectureName } from "../../src/zoo/architecture-names.ts";
import { architectures } from "../../src/zoo/index.ts";
import { inKerasOrder } from "../../src/zoo/keras-order.ts";
import { Net } from "../../src/zoo/net.ts";
import type { WeightSet } from "../../src/zoo/weights.ts";
import { goldenJson } from "../support/golden.ts";
import { syntheticParameter } from "../support/synthetic-weights.ts";

/** Has every weight that is asked for. */
const ANY: WeightSet = { get: ({ name, shape }) => syntheticParameter({ name, shape, center: 0, scale: 1 }) };

function build(name: ArchitectureName, options: Partial<BuildOptions> = {}): Graph {
  const net = new Net(name, "test", ANY);
  const all = { size: [224, 224], classes: 1000, alpha: 1, flavour: "keras", ...options } as const;
  return net.finish(architectures[name].build(net, all));
}

const weightsOf = (graph: Graph): { name: string; shape: readonly number[] }[] =>
  graph.values.filter(({ parameter }) => parameter && !parameter.constant).map(({ name, shape }) => ({ name, shape }));

/** All but the number of pictures that a Normalization layer was adapted to: nothing computes with it. */
const isWeight = ({ name }: { name: string }): boolean => !name.endsWith("/count");

const countOf = (graph: Graph): number => weightsOf(graph).reduce((sum, { shape }) => sum + elements(shape), 0);
const shapeOf = (graph: Graph, layer: string): readonly number[] =>
  graph.values[graph.layers.find(({ name }) => name === layer)!.output]!.shape;

interface Manifest {
  parameters: number;
  auto_layer: string;
  layers: { name: string; shape: number[] }[];
  tensors: { name: string; shape: number[] }[];
}

describe.each([
  ["vgg16", "vgg16"],
  ["vgg19", "vgg19"],
  ["mobilenet", "mobilenet"],
  ["mobilenet-v2", "mobilenetv2"],
  ["resnet50", "resnet50"],
  ["resnet50-v2", "resnet50v2"],
  ["densenet121", "densenet121"],
  ["inception-v3", "inceptionv3"],
  ["xception", "xception"],
  ["efficientnet-b0", "efficientnetb0"],
  ["mobilenet-v3-small", "mobilenetv3small"],
] as const)("%s", (name, golden) => {
  const manifest = goldenJson<Manifest>(`keras/models/${golden}.json`);
  const graph = build(name);

  it("has Keras's weights by name, shape and order, and as many parameters", () => {
    const theirs = manifest.tensors.filter(isWeight);
    const shapes = new Map(weightsOf(graph).map(({ name, shape }) => [name, shape]));
    const ours = inKerasOrder(graph).map((weight) => ({ name: weight, shape: shapes.get(weight) }));
    expect(ours).toEqual(theirs.map((tensor) => ({ name: tensor.name, shape: tensor.shape })));
    expect(countOf(graph)).toBe(manifest.parameters - (manifest.tensors.length - theirs.length));
  });

  it("has Keras's maps at the layers that are explained", () => {
    for (const layer of manifest.layers) expect(shapeOf(graph, layer.name).slice(1)).toEqual(layer.shape);
  });

  it("ends in probabilities, with the logits in front of the softmax", () => {
    const last = graph.nodes.at(-1)!;
    expect(last.op).toBe("softmax");
    expect(graph.outputs).toEqual([last.output]);
    expect(graph.values[last.inputs[0]!]!.shape).toEqual([1, 1000]);
  });

  it("gives every value a name of its own", () => {
    expect(new Set(graph.values.map((value) => value.name)).size).toBe(graph.values.length);
  });
});

/** count_params() of Keras 3's own models, top included. */
const WIDTHS: readonly (readonly [ArchitectureName, alpha: number, parameters: number])[] = [
  ["mobilenet", 0.25, 475_544],
  ["mobilenet", 0.5, 1_342_536],
  ["mobilenet", 0.75, 2_601_976],
  ["mobilenet-v2", 0.35, 1_691_208],
  ["mobilenet-v2", 0.5, 1_987_224],
  ["mobilenet-v2", 0.75, 2_663_064],
  ["mobilenet-v2", 1.3, 5_431_048],
  ["mobilenet-v2", 1.4, 6_156_712],
];

describe("widths", () => {
  it.each(WIDTHS)("%s at width %s has %s parameters", (name, alpha, parameters) => {
    expect(countOf(build(name, { alpha }))).toBe(parameters);
  });
});

describe("other input sizes", () => {
  it("keep Keras's padding: odd sizes are padded all around", () => {
    expect(shapeOf(build("mobilenet-v2", { size: [225, 193] }), "out_relu")).toEqual([1, 8, 7, 1280]);
    expect(shapeOf(build("resnet50", { size: [256, 320] }), "conv5_block3_out")).toEqual([1, 8, 10, 2048]);
    expect(shapeOf(build("efficientnet-lite0", { size: [280, 280] }), "_relu_head")).toEqual([1, 9, 9, 1280]);
  });

  it("change the first dense layer of VGG", () => {
    const fc1 = weightsOf(build("vgg16", { size: [96, 128], classes: 5 })).find(({ name }) => name === "fc1/kernel")!;
    expect(fc1.shape).toEqual([3 * 4 * 512, 4096]);
  });
});

describe("the torch flavour", () => {
  it("pads and strides as PyTorch does and has no biases under batch norms", () => {
    const resnet = build("resnet50", { flavour: "torch" });
    const stride = (name: string): unknown => {
      const node = resnet.nodes.find((candidate) => candidate.name === name)!;
      return node.op === "conv2d" ? node.attrs.strides : undefined;
    };
    expect(stride("conv3_block1_1_conv")).toEqual([1, 1]);
    expect(stride("conv3_block1_2_conv")).toEqual([2, 2]);
    // torchvision.models.resnet50 has 25,557,032 trainable parameters and 53,120 running statistics.
    expect(countOf(resnet)).toBe(25_557_032 + 53_120);
    const stem = build("mobilenet-v2", { flavour: "torch" }).nodes[0]!;
    expect(stem.op === "conv2d" && stem.attrs.padding).toEqual([1, 1, 1, 1]);
  });
});
