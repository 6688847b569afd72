/**
 * From a raw map to numbers that a picture is painted with. The papers clip and divide by the maximum; packages differ in
 * this more than in their formulas, so each recipe is a pipeline of its own.
 */
import type { Sign } from "./cam/normalize.ts";
import { type Pipeline, pipelineOf } from "./compat-pipelines.ts";
import type { Explanation } from "./explanation.ts";
import { fuse, type Fusion } from "./fuse.ts";
import type { Map2D } from "./image/image.ts";
import { resizeMap } from "./image/resize-map.ts";
import type { MethodName } from "./methods.ts";
import type { Prepared } from "./prepare.ts";

type Shape = readonly number[];
type MadeMap = Pick<Explanation, "layer" | "raw">;
type Combined = Pick<Explanation, "layer" | "smooth">;

/** Whether `raw` is a combination of finished maps that stays as it is. */
function isSettled({ settles = [] }: Pipeline, { layer, smooth }: Combined): boolean {
  return (Array.isArray(layer) && settles.includes("fused")) || (smooth === "aug" && settles.includes("aug"));
}

/** Normalised, and resized where the pipeline finishes maps at the input's size. @param shape of the input, […, height, width, channels] */
function enlarged({ normalize, enlarge }: Pipeline, raw: Map2D, sign: Sign, shape: Shape): Map2D {
  const small = { ...raw, data: normalize(raw.data, sign) };
  if (enlarge?.to !== "input") return small;
  const [height, width] = shape.slice(-3) as [number, number, number];
  return resizeMap(small, width, height, enlarge.resize);
}

/** What the mean over pictures is taken of: finished maps, or raw ones. */
export function forMean(pipeline: Pipeline, { raw, layer }: MadeMap, sign: Sign, shape: Shape): Map2D {
  if (!pipeline.settles?.includes("aug") || Array.isArray(layer)) return raw;
  return finishedAt("input", pipeline, enlarged(pipeline, raw, sign, shape));
}

const finishedAt = (to: "input" | "picture", { enlarge }: Pipeline, map: Map2D): Map2D =>
  enlarge?.to === to ? { ...map, data: enlarge.finish(map.data) } : map;

/** One map of those of several layers. */
export function fused(
  pipeline: Pipeline,
  raws: readonly Map2D[],
  { method, how, sign, shape }: { method: MethodName; how: Fusion; sign: Sign; shape: Shape },
): Map2D {
  const scale = pipeline.beforeFusion?.[method];
  const maps = raws.map((raw) => enlarged(pipeline, raw, sign, shape));
  const scaled = scale ? maps.map((map) => ({ ...map, data: map.data.map(scale) })) : maps;
  return finishedAt("input", pipeline, fuse(scaled, how));
}

/** The map at the size of the picture that was passed in. */
export function finished(
  pipeline: Pipeline,
  raw: Map2D,
  made: Combined,
  { sign, prepared }: { readonly sign: Sign; readonly prepared: Prepared },
): Map2D {
  const { shape } = prepared.tensor;
  const map = isSettled(pipeline, made) ? raw : finishedAt("input", pipeline, enlarged(pipeline, raw, sign, shape));
  const { enlarge } = pipeline;
  if (enlarge?.to !== "picture") return prepared.place(map);
  const { width, height } = prepared.covered;
  return prepared.place(finishedAt("picture", pipeline, resizeMap(map, width, height, enlarge.resize)));
}

/**
 * The map at the layer's own resolution, normalised as `compat` does: what keras.io's page and torchcam call the heat map. Their
 * overlays enlarge it in their own ways: `overlay(image, layerMap(explanation), { compat: "torchcam" })`.
 */
export function layerMap(explanation: Explanation): Map2D {
  const { raw, compat, sign } = explanation;
  const pipeline = pipelineOf(compat);
  return { ...raw, data: isSettled(pipeline, explanation) ? raw.data.slice() : pipeline.normalize(raw.data, sign) };
}
