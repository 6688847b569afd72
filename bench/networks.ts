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
import { Net } from "../src/zoo/net.ts";
import { vgg16 } from "../src/zoo/vgg.ts";
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

/** VGG16 with the synthetic weights of the golden tests: 138 million numbers made from their names. */
export async function vgg16Network(): Promise<Network> {
  const golden = await readFile(join(ROOT, "test/golden/keras/models/vgg16.json"), "utf8");
  const { tensors } = JSON.parse(golden) as { tensors: SyntheticTensor[] };
  const net = new Net("vgg16", "synthetic", syntheticWeights(tensors));
  const options = { size: [224, 224], classes: 1000, alpha: 1, flavour: "keras" } as const;
  const graph = net.finish(vgg16.build(net, options));
  const identity = JSON.stringify(tensors);
  const weights = await cachedFile("vgg16.safetensors", identity, syntheticSafetensors(tensors));
  return network(graph, "VGG16", "caffe", identity, { weights, architecture: "vgg16" });
}

/** The model that comes with the package: EfficientNet-Lite0. */
export async function embeddedNetwork(): Promise<Network> {
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
