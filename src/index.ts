/**
 * gradcam-wasm/core: models, tensors, explanations and pictures as plain pixels. No file system, no DOM.
 * Models come as bytes, Blobs or random-access sources; `gradcam-wasm/node` and `/browser` add paths and URLs.
 */
import { GradCamError } from "./errors.ts";
import type { Graph } from "./graph/graph.ts";
import { toPng } from "./image/png.ts";
import {
  createModelOn,
  type LoadOptions,
  loadModelOn,
  type ModelOptions,
  type ModelSource,
  type Platform,
} from "./load-model.ts";
import type { Model } from "./model.ts";
import type { Reported, ReportOptions } from "./report/html.ts";
import type { EncodePicture } from "./report/page-picture.ts";

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

const png: EncodePicture = async (image) => ({ bytes: await toPng(image), type: "image/png" });

/**
 * One HTML file that works offline: pictures, maps, script and style inside, nothing requested. `about` is a list of
 * pictures with their explanations, or the explanations of one picture (`options.image` is the picture then).
 * Pictures are stored as PNG with at most 512 pixels a side: about half a megabyte for a photograph, of which the JPEGs of
 * `gradcam-wasm/node` and `/browser` take a tenth. Maps have their own resolution.
 * Throws E_OPTION when there is nothing to report, E_INPUT_SHAPE.
 */
export async function report(about: Reported, options: ReportOptions = {}): Promise<string> {
  const { reportHtml } = await import("./report/html.ts");
  return reportHtml(about, options, png);
}
