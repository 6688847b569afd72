/** The networks that are measured, as files that every contender can read, and the picture they are shown. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readImage } from "gradcam-wasm";
import type { Graph } from "../src/graph/graph.ts";
import { logitsOf } from "../src/graph/inspect.ts";
import { preprocess } from "../src/image/preprocess.ts";
import { type PresetName, resolvePreprocess } from "../src/image/presets.ts";
import { loadGraph } from "../src/load/index.ts";
import { bytesSource } from "../src/load/source.ts";
import type { Shape } from "../src/shape.ts";
import { architectures, type ArchitectureName } from "../src/zoo/index.ts";
import { Net } from "../src/zoo/net.ts";
import { syntheticWeights, type SyntheticTensor } from "../test/support/synthetic-weights.ts";
import { cachedFile } from "./cache.ts";
import { toOnnx } from "./onnx/export.ts";
import { ROOT } from "./root.ts";
import { syntheticSafetensors } from "./synthetic-safetensors.ts";

/** What a contender is told; crosses a process boundary. */
export interface NetworkFiles {
  readonly title: string;
  /** For loadModel; undefined for the embedded model. */
  readonly weights: string | undefined;
  readonly architecture: string | undefined;
  readonly onnx: string;
  /** Of the input, [1,H,W,C]. */
  readonly shape: Shape;
  /** Our name of the value before the softmax. */
  readonly logits: string;
}

export interface Network {
  readonly files: NetworkFiles;
  readonly input: Float32Array;
}

const PICTURE = join(ROOT, "examples/cat.jpg");

/** Every network, by the name of its architecture. Files are written when it is first asked for. */
export const networks = {
  vgg16: () => zooNetwork("vgg16", "vgg16", "VGG16"),
  resnet50: () => zooNetwork("resnet50", "resnet50", "ResNet50"),
  mobilenet: () => zooNetwork("mobilenet", "mobilenet", "MobileNet"),
  "mobilenet-v2": () => zooNetwork("mobilenet-v2", "mobilenetv2", "MobileNetV2"),
  "efficientnet-lite0": embeddedNetwork,
} as const satisfies Partial<Record<ArchitectureName, () => Promise<Network>>>;

export type NetworkName = keyof typeof networks;

interface GoldenModel {
  readonly input: { readonly preprocess: PresetName };
  readonly tensors: readonly SyntheticTensor[];
}

/** A network of the zoo with the synthetic weights of the golden tests: numbers made from the tensors' names. */
async function zooNetwork(architecture: ArchitectureName, golden: string, title: string): Promise<Network> {
  const text = await readFile(join(ROOT, `test/golden/keras/models/${golden}.json`), "utf8");
  const { tensors, input } = JSON.parse(text) as GoldenModel;
  const net = new Net(architecture, "synthetic", syntheticWeights(tensors));
  const options = { size: [224, 224], classes: 1000, alpha: 1, flavour: "keras" } as const;
  const graph = net.finish(architectures[architecture].build(net, options));
  const identity = JSON.stringify(tensors);
  const weights = await cachedFile(`${architecture}.safetensors`, identity, syntheticSafetensors(tensors));
  return network(graph, title, input.preprocess, identity, { weights, architecture });
}

/** The model that comes with the package: EfficientNet-Lite0. */
async function embeddedNetwork(): Promise<Network> {
  const bytes = await readFile(join(ROOT, "weights/efficientnet-lite0.f16.safetensors"));
  const { graph, preprocess: preset } = await loadGraph(bytesSource(bytes));
  const identity = createHash("sha256").update(bytes).digest("hex");
  return network(graph, "EfficientNet-Lite0", preset, identity, { weights: undefined, architecture: undefined });
}

async function network(
  graph: Graph,
  title: string,
  preset: PresetName,
  identity: string,
  source: Pick<NetworkFiles, "weights" | "architecture">,
): Promise<Network> {
  const onnx = await cachedFile(`${title.toLowerCase()}.onnx`, identity, toOnnx(graph));
  const { shape } = graph.values[graph.inputs[0]!]!;
  const size = [shape[1]!, shape[2]!] as const;
  const input = preprocess(await readImage(PICTURE), resolvePreprocess(preset, { size })).data;
  return { files: { title, ...source, onnx, shape, logits: graph.values[logitsOf(graph)]!.name }, input };
}
