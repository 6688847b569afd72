/** gradcam-wasm in a page or a worker: the core, plus URLs, elements and canvases. */
import { drawImage, readImage, toBlob } from "./browser/images.ts";
import { request, urlSource } from "./browser/url-source.ts";
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
import type { StartHdf5 } from "./load/hdf5/connection.ts";
import type { Hdf5Answer } from "./load/hdf5/service.ts";
import { blobSource, type RandomAccessSource } from "./load/source.ts";
import type { Model } from "./model.ts";
import { findEntry, isRemote, requireEntry } from "./registry/index.ts";
import type { StartWorker } from "./wasm/crew.ts";

export * from "./api.ts";
export type { BlobType, PictureSource } from "./browser/images.ts";
export { drawImage, readImage, toBlob };
export type { PullOptions, PullProgress } from "./download/download.ts";
export { report } from "./browser/report.ts";

// Written out in full at each place: bundlers recognise `new URL(literal, import.meta.url)` and ship the file.
const startWorker: StartWorker = (post, ended) => {
  const worker = new Worker(new URL("./browser-worker.js", import.meta.url), { type: "module" });
  worker.addEventListener("error", ({ message }) => {
    ended(`a worker ended: ${message || "its file could not be loaded"}`);
  });
  worker.postMessage(post);
  return worker;
};

const startHdf5: StartHdf5 = (listener) => {
  const worker = new Worker(new URL("./generated/browser-hdf5-worker.js", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }: MessageEvent<Hdf5Answer>) => {
    listener.answer(data);
  });
  worker.addEventListener("error", ({ message }) => {
    listener.ended(`its worker ended: ${message || "its file could not be loaded"}`);
  });
  return {
    reads: "blob",
    post(request, transfer) {
      worker.postMessage(request, transfer);
    },
    terminate() {
      worker.terminate();
    },
  };
};

/** A model that was downloaded, or is to be; else a URL. */
async function openModel(location: string | URL, options: LoadOptions): Promise<RandomAccessSource> {
  const entry = typeof location === "string" ? findEntry(location) : undefined;
  if (!entry || !isRemote(entry)) return urlSource(location);
  const { pullStored, storedFile } = await import("./browser/pull.ts");
  if (options.download && !(await storedFile(entry))) await pullStored(entry.name, options);
  const file = await storedFile(entry);
  return file ? blobSource(file, entry.name) : urlSource(location);
}

const BROWSER: Platform = {
  open: openModel,
  startHdf5,
  workforce: { cores: () => navigator.hardwareConcurrency, start: startWorker },
  embedded: () => urlSource(new URL("../weights/efficientnet-lite0.f16.safetensors", import.meta.url)),
  imagenetLabels: async () =>
    labelsFrom(await (await request(new URL("../weights/imagenet-labels.json", import.meta.url))).json()),
};

/** Loads a model: nothing for the embedded ImageNet network, or a URL, a File, bytes. */
export const loadModel = (source?: ModelSource, options?: LoadOptions): Promise<Model> =>
  loadModelOn(BROWSER, source, options);

/** A model from a graph built with `GraphBuilder`. */
export const createModel = (graph: Graph, options?: ModelOptions): Promise<Model> =>
  createModelOn(BROWSER, graph, options);

/**
 * Downloads a model's official weights into the origin's private file system, verified, and resolves to the name that `loadModel`
 * finds them by; what is there already is not fetched again. Names are those of `listModels()`. The server, or the `mirror`, must
 * send Access-Control-Allow-Origin. Throws E_MODEL_NOT_FOUND, E_HTTP, E_INTEGRITY, E_URL_SCHEME, E_IO, AbortError.
 */
export async function pull(name: string, options?: PullOptions): Promise<string> {
  const entry = requireEntry(name);
  return entry.file === undefined ? (await import("./browser/pull.ts")).pullStored(name, options) : entry.name;
}
