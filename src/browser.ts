/** gradcam-wasm in a page or a worker: the core, plus URLs, elements and canvases. */
import { drawImage, readImage } from "./browser/images.ts";
import { request, urlSource } from "./browser/url-source.ts";
import { BROWSER_WORKFORCE } from "./browser/workforce.ts";
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

export * from "./api.ts";
export { drawImage, readImage };

// Written out in full at each place: bundlers recognise `new URL(literal, import.meta.url)` and ship the file.
const BROWSER: Platform = {
  open: urlSource,
  workforce: BROWSER_WORKFORCE,
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
