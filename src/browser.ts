/** gradcam-wasm in a page or a worker: the core, plus URLs, elements and canvases. */
import { drawImage, readImage, toBlob } from "./browser/images.ts";
import { request, urlSource } from "./browser/url-source.ts";
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
import type { Model } from "./model.ts";
import type { StartWorker } from "./wasm/crew.ts";

export * from "./api.ts";
export type { BlobType, PictureSource } from "./browser/images.ts";
export { drawImage, readImage, toBlob };
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

const BROWSER: Platform = {
  open: urlSource,
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
