/** gradcam-wasm in Node: the core, plus files. Nothing happens at import; sharp is loaded with the first picture. */
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { SHARE_ENV, Worker } from "node:worker_threads";
import type { ConvertOptions } from "./convert-model.ts";
import type { PullOptions } from "./download/download.ts";
import type { Graph } from "./graph/graph.ts";
import { labelsFrom } from "./labels.ts";
import {
  createModelOn,
  type LoadOptions,
  loadModelOn,
  type ModelOptions,
  type ModelSource,
  type Platform,
} from "./load-model.ts";
import type { Model } from "./model.ts";
import type { Converted } from "./node/convert-model.ts";
import { locate } from "./node/cache/locate.ts";
import { fileSource } from "./node/file-source.ts";
import { hdf5Starter } from "./node/hdf5-worker.ts";
import { requireEntry } from "./registry/index.ts";
import { hasRelaxedSimd } from "./wasm/features.ts";
import { type Bytes, unpack } from "./wasm/inlined.ts";
import type { Build } from "./wasm/instantiate.ts";
import type { StartWorker } from "./wasm/crew.ts";

export * from "./api.ts";
export { readImage, type ReadOptions } from "./node/read-image.ts";
export { report } from "./node/report.ts";
/** @internal The command packs pictures one by one. */
export { jpeg } from "./node/report.ts";
export { writeImage, type WriteOptions } from "./node/write-image.ts";
export type { PictureSource } from "./node/picture-bytes.ts";
export type { PullOptions, PullProgress } from "./download/download.ts";

export type { ConvertOptions, Converted };

/** How a model is converted and written. */
export interface WriteConversionOptions extends ConvertOptions {
  readonly overwrite?: boolean;
  /** Called with the bytes written so far, and all that there will be. */
  readonly onBytes?: (done: number, total: number) => void;
}

const weights = (name: string): string => fileURLToPath(new URL(`../weights/${name}`, import.meta.url));

/** Idle workers keep no process alive. Flags such as loaders are nothing that they need, and V8's are shared anyway. */
const startWorker: StartWorker = (post, ended) => {
  const worker = new Worker(new URL("./node-worker.js", import.meta.url), {
    workerData: post,
    execArgv: [],
    env: SHARE_ENV,
  });
  worker.on("error", (error) => ended(`a worker ended: ${error.message}`));
  worker.on("exit", (code) => ended(`a worker ended with code ${code}`));
  worker.unref();
  return { terminate: () => void worker.terminate() };
};

/** The .wasm file beside this one; undefined in source trees and in bundles, which have the inlined builds only. */
const coreFile = async (build: Build | "turbo"): Promise<Bytes | undefined> => {
  try {
    return new Uint8Array(await readFile(new URL(`./wasm/${build}.wasm`, import.meta.url)));
  } catch {
    return undefined;
  }
};

const NODE: Platform = {
  open: async (location, options) => fileSource(await locate(location, options)),
  embedded: () => fileSource(weights("efficientnet-lite0.f16.safetensors")),
  imagenetLabels: async () => labelsFrom(JSON.parse(await readFile(weights("imagenet-labels.json"), "utf8"))),
  sha256: async (source) => (await import("./node/sha256.ts")).sha256InPieces(source),
  core: coreFile,
  startHdf5: hdf5Starter(new URL("./generated/node-hdf5-worker.js", import.meta.url)),
  workforce: { cores: availableParallelism, start: startWorker },
  enableRelaxedSimd() {
    // V8 11 has the finished instructions behind a flag; later versions need none and must not be given it.
    if (!hasRelaxedSimd() && process.versions.v8.startsWith("11.")) {
      setFlagsFromString("--experimental-wasm-relaxed-simd");
    }
  },
  async turbo() {
    // Before V8 13 the flag is there but gains nothing; it needs AVX2, which turboHelps will notice.
    if (process.arch !== "x64" || Number.parseInt(process.versions.v8, 10) < 13) return undefined;
    const bytes = (await coreFile("turbo")) ?? (await unpack((await import("./wasm/generated/turbo.ts")).turboPacked));
    setFlagsFromString("--experimental-wasm-revectorize");
    return { bytes, revoke: () => setFlagsFromString("--no-experimental-wasm-revectorize") };
  },
};

/**
 * Loads a model: nothing for the embedded ImageNet network, or a registry name, a path, a URL, bytes.
 * Throws E_MODEL_NOT_FOUND, E_NOT_A_MODEL, E_UNSUPPORTED_FORMAT, E_OPTION, E_OUT_OF_MEMORY and the format errors.
 */
export const loadModel = (source?: ModelSource, options?: LoadOptions): Promise<Model> =>
  loadModelOn(NODE, source, options);

/**
 * Writes any model that can be loaded as one portable file: graph, weights, preprocessing and labels, in safetensors. It is there whole
 * or not at all; `overwrite` (default false) replaces an existing one. Throws E_EXISTS, E_IO and what loadModel throws of files.
 */
export async function convertModel(
  source: ModelSource | undefined,
  path: string,
  { overwrite = false, onBytes, ...options }: WriteConversionOptions = {},
): Promise<Converted> {
  const [{ convertModelOn }, { writeConversion }] = await Promise.all([
    import("./convert-model.ts"),
    import("./node/convert-model.ts"),
  ]);
  return writeConversion(await convertModelOn(NODE, source, options), path, overwrite, onBytes);
}

/** A model from a graph built with `GraphBuilder`. */
export const createModel = (graph: Graph, options?: ModelOptions): Promise<Model> =>
  createModelOn(NODE, graph, options);

/**
 * The path of a model's official weights in the cache, downloaded if they are not there: with resumption, verified, and under its
 * name only when it is whole. Names are those of `listModels()`; the embedded model's path is that of its file in this package.
 * Throws E_MODEL_NOT_FOUND, E_HTTP, E_INTEGRITY, E_URL_SCHEME, E_IO, AbortError.
 */
export async function pull(name: string, options?: PullOptions): Promise<string> {
  const { file } = requireEntry(name);
  return file === undefined ? (await import("./node/cache/pull.ts")).pullFile(name, options) : weights(file);
}
