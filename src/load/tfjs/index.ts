/** TensorFlow.js models: model.json and the files with weights beside it. */
import type { GraphFile, OpenContext } from "../graph-file.ts";
import type { RandomAccessSource } from "../source.ts";
import type { TensorFile } from "../tensor-file.ts";
import { graphModel } from "./graph-model.ts";
import { layersModel } from "./layers-model.ts";
import { checkManifest } from "./manifest.ts";
import { readModelJson } from "./model-json.ts";
import { openShards } from "./shards.ts";

/** Throws what the manifest, its files and the topology may be wrong with. */
export async function openTfjs(source: RandomAccessSource, context: OpenContext): Promise<TensorFile | GraphFile> {
  const json = await readModelJson(source, context.limits);
  const shards = await openShards(source, checkManifest(json.manifest, source.name, context.limits));
  const close = async (): Promise<void> => {
    await shards.close();
    await source.close();
  };
  try {
    const { metadata } = json;
    if (json.kind === "weights") return { format: "tfjs-weights", tensors: shards.weights, metadata, close };
    if (json.kind === "layers") return layersModel({ json, shards, where: source.name, context, close });
    const graph = await graphModel(json, shards, source.name, context);
    return { format: "tfjs-graph", graph, preprocess: { preset: "unit", why: "no hint in the file" }, metadata, close };
  } catch (error) {
    await shards.close();
    throw error;
  }
}
