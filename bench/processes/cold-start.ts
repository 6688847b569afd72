/** Prints how long a cold process needs for its first heatmap. Imports nothing before the clock runs. */
import type { Explanation } from "gradcam-wasm";

export interface ColdStart {
  readonly importMs: number;
  readonly modelMs: number;
  readonly pictureMs: number;
  readonly explainMs: number;
  readonly totalMs: number;
  /** Bytes. */
  readonly peakRss: number;
}

const begun = performance.now();
const { explain, loadModel, readImage } = await import("gradcam-wasm");
const imported = performance.now();
const model = await loadModel();
const loaded = performance.now();
const image = await readImage("examples/cat.jpg");
const read = performance.now();
const { map }: Explanation = await explain(model, image);
const done = performance.now();
if (!map.data.some((value) => value > 0.5)) throw new Error("expected a heatmap that is not blank");

const result: ColdStart = {
  importMs: imported - begun,
  modelMs: loaded - imported,
  pictureMs: read - loaded,
  explainMs: done - read,
  totalMs: done - begun,
  peakRss: process.resourceUsage().maxRSS * 1024,
};
process.stdout.write(JSON.stringify(result));
