/** Whole networks: the zoo's with the synthetic weights of the golden tests, and the model that comes with the package. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readImage } from "gradcam-wasm";
import { type Preprocess, preprocess } from "../../src/image/preprocess.ts";
import { type PresetName, resolvePreprocess } from "../../src/image/presets.ts";
import { loadGraph } from "../../src/load/index.ts";
import { bytesSource } from "../../src/load/source.ts";
import type { ArchitectureName } from "../../src/zoo/architecture-names.ts";
import { architectures } from "../../src/zoo/index.ts";
import { Net } from "../../src/zoo/net.ts";
import { syntheticWeights, type SyntheticTensor } from "../../test/support/synthetic-weights.ts";
import { ROOT } from "../root.ts";
import { type NetworkFiles, networkFiles } from "./files.ts";

const PICTURE = join(ROOT, "examples/cat.jpg");
const SIZE = [224, 224] as const;
const SHAPE = [1, ...SIZE, 3] as const;

/** Weights are made from tensor names: 138 million numbers for VGG16. @param golden name of its JSON file */
export async function zooNetwork(
  architecture: ArchitectureName,
  golden: string,
  trained: readonly string[] = [],
): Promise<NetworkFiles> {
  const zoo = architectures[architecture];
  const text = await readFile(join(ROOT, "test/golden/keras/models", `${golden}.json`), "utf8");
  const { tensors, input } = JSON.parse(text) as { tensors: SyntheticTensor[]; input: { preprocess: PresetName } };
  const net = new Net(architecture, "synthetic", syntheticWeights(tensors));
  const graph = net.finish(zoo.build(net, { size: SIZE, classes: 1000, alpha: 1, flavour: "keras" }));
  return networkFiles({
    graph,
    title: zoo.title,
    source: { kind: "weights", architecture },
    identity: JSON.stringify(tensors),
    input: await picture(input.preprocess),
    shape: SHAPE,
    trained,
  });
}

/** EfficientNet-Lite0 with the trained weights of the package. */
export async function embeddedNetwork(): Promise<NetworkFiles> {
  const bytes = await readFile(join(ROOT, "weights/efficientnet-lite0.f16.safetensors"));
  const {
    graph,
    preprocess: { preset },
  } = await loadGraph(bytesSource(bytes));
  return networkFiles({
    graph,
    title: "EfficientNet-Lite0",
    source: { kind: "embedded" },
    identity: createHash("sha256").update(bytes).digest("hex"),
    input: await picture(preset),
    shape: SHAPE,
  });
}

const picture = async (preset: PresetName | Preprocess): Promise<Float32Array> =>
  preprocess(await readImage(PICTURE), resolvePreprocess(preset, { size: SIZE })).data;
