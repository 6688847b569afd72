/** TensorFlow.js models: model.json and the files with weights beside it. */
import type { GraphFile, OpenContext } from "../graph-file.ts";
import { guessPreprocess } from "../guess/preprocess.ts";
import type { RandomAccessSource } from "../source.ts";
import type { TensorFile } from "../tensor-file.ts";
import { graphModel } from "./graph-model.ts";
import { givenModel, layersModel, zooTensors } from "./layers-model.ts";
import { checkManifest } from "./manifest.ts";
import { readModelJson } from "./model-json.ts";
import { openShards } from "./shards.ts";

/**
 * With an architecture in the file or in `context`, the network that it describes; otherwise tensors for the zoo. Throws what the
 * manifest, its files and the topology may be wrong with.
 */
export async function openTfjs(source: RandomAccessSource, context: OpenContext): Promise<TensorFile | GraphFile> {
  const json = await readModelJson(source, context.limits);
  const shards = await openShards(source, checkManifest(json.manifest, source.name, context.limits));
  const close = async (): Promise<void> => {
    await shards.close();
    await source.close();
  };
  try {
    const { kind, metadata } = json;
    const { name: where } = source;
    if (kind === "graph") {
      const graph = await graphModel(json, shards, where, context);
      return { format: "tfjs-graph", graph, preprocess: await guessPreprocess(graph), metadata, close };
    }
    const opened = { json, shards, where, context, close };
    const given = givenModel(opened);
    if (given) return await given;
    // An architecture of the zoo comes before the file's own.
    if (kind === "layers" && context.architecture === undefined) return await layersModel(opened);
    return { format: "tfjs-weights", tensors: zooTensors(shards), metadata, close };
  } catch (error) {
    await shards.close();
    throw error;
  }
}
