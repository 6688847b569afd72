/** Our own portable file: what its header says, held against the tensors that are there. */
import { GradCamError } from "../../errors.ts";
import type { Parameter } from "../../graph/parameter.ts";
import { elements, sameShape, showShape } from "../../shape.ts";
import type { StoredTensors } from "../../zoo/weights.ts";
import type { GraphFile } from "../graph-file.ts";
import { dequantised } from "../int8.ts";
import { parseJson } from "../json.ts";
import type { Limits } from "../limits.ts";
import { show } from "../show.ts";
import type { TensorFile } from "../tensor-file.ts";
import { rebuild } from "./description.ts";
import { readPreprocess } from "./preprocess.ts";
import { KEYS, VERSION } from "./recognise.ts";

/** @param file with all its tensors as they are stored. Throws the errors of `rebuild` and readPreprocess, and E_UNSUPPORTED_FORMAT. */
export function readPortable(file: TensorFile, name: string, limits: Limits): GraphFile {
  const { metadata, tensors } = file;
  const version = metadata[KEYS.version];
  if (version !== VERSION) {
    throw new GradCamError("E_UNSUPPORTED_FORMAT", {
      where: `${name}: ${KEYS.version}`,
      expected: VERSION,
      got: JSON.stringify(version),
      hint: "was it written by a later version of gradcam-wasm?",
    });
  }
  const json = (key: string): unknown => {
    const text = metadata[key];
    return text === undefined ? undefined : parseJson(text, `${name}: ${key}`, limits.jsonDepth);
  };
  const find = (tensor: string, shape: readonly number[]): Parameter =>
    parameterOf(tensors, tensor, shape, `${name}: tensor "${tensor}"`);
  const graph = rebuild(json(KEYS.graph), `${name}: ${KEYS.graph}`, limits, find);
  const labels = labelsOf(json(KEYS.labels), `${name}: ${KEYS.labels}`);
  return {
    format: "gradcam",
    graph,
    preprocess: {
      preset: readPreprocess(json(KEYS.preprocess), `${name}: ${KEYS.preprocess}`),
      why: "the file says so",
    },
    ...(labels && { labels }),
    metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => !key.startsWith("gradcam."))),
    close: () => file.close(),
  };
}

function parameterOf(tensors: StoredTensors, name: string, shape: readonly number[], where: string): Parameter {
  const tensor = tensors.get(name);
  if (!tensor) throw new GradCamError("E_WEIGHT_MISSING", { where, expected: "a tensor of this name", got: "none" });
  if (elements(tensor.shape) !== elements(shape) || !sameShape(tensor.shape, shape)) {
    throw new GradCamError("E_SHAPE_MISMATCH", { where, expected: showShape(shape), got: showShape(tensor.shape) });
  }
  if (tensor.dtype !== "I8") return tensor.parameter();
  const scale = tensors.get(`${name}.scale`);
  if (!scale) throw new GradCamError("E_QUANT_INVALID", { where, expected: `scales "${name}.scale"`, got: "none" });
  return dequantised(tensor, scale, { divisor: 1, outputs: "last" }, where).parameter();
}

/** Names, or [wnid, name] pairs. */
function labelsOf(json: unknown, where: string): "imagenet" | readonly unknown[] | undefined {
  if (json === undefined || json === "imagenet") return json;
  const isText = (value: unknown): boolean => typeof value === "string";
  const isLabel = (value: unknown): boolean => isText(value) || (Array.isArray(value) && value.every(isText));
  if (Array.isArray(json) && json.every(isLabel)) return json as unknown[];
  throw new GradCamError("E_HEADER_INVALID", { where, expected: "a list of class names", got: show(json) });
}
