/** A network's files as a model of ours and as the array it is shown. */
import { readFile } from "node:fs/promises";
import { createModel, loadModel, type LoadOptions, type Model } from "gradcam-wasm";
import type { NetworkFiles } from "./files.ts";
import { graphOfProgram } from "./read-program.ts";

export async function openModel(network: NetworkFiles, engine: NonNullable<LoadOptions["engine"]>): Promise<Model> {
  const { source, weights } = network;
  switch (source.kind) {
    case "embedded":
      return loadModel(undefined, { engine });
    case "weights":
      return loadModel(weights, { engine, architecture: source.architecture });
    case "program":
      return createModel(await graphOfProgram(network), { engine });
  }
}

export async function readInput({ input }: NetworkFiles): Promise<Float32Array> {
  const { buffer, byteOffset, byteLength } = await readFile(input);
  return new Float32Array(buffer, byteOffset, byteLength / 4);
}
