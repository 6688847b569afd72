/**
 * gradcam-wasm/core: models, tensors, explanations and pictures as plain pixels. No file system, no DOM.
 * Models come as bytes, Blobs or random-access sources; `gradcam-wasm/node` and `/browser` add paths and URLs.
 */
import { GradCamError } from "./errors.ts";
import type { Graph } from "./graph/graph.ts";
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

const nowhere = (what: string): never => {
  throw new GradCamError("E_MODEL_NOT_FOUND", {
    where: what,
    expected: "bytes, a Blob or a RandomAccessSource",
    hint: "import from gradcam-wasm (Node or browser) to load by name, path or URL",
  });
};

const CORE: Platform = {
  open: (location) => Promise.resolve().then(() => nowhere(`model "${String(location)}"`)),
  embedded: () => Promise.resolve().then(() => nowhere("the embedded model")),
  imagenetLabels: () => Promise.resolve(undefined),
};

/** Loads a model from bytes. See `loadModelOn` for what it throws. */
export const loadModel = (source?: ModelSource, options?: LoadOptions): Promise<Model> =>
  loadModelOn(CORE, source, options);

/** A model from a graph built with `GraphBuilder`. */
export const createModel = (graph: Graph, options?: ModelOptions): Promise<Model> =>
  createModelOn(CORE, graph, options);
