/**
 * A model's configuration as Keras writes it to JSON: `{class_name, config}`, nested models inside. After
 * keras/src/models/functional.py, sequential.py and keras/src/saving/serialization_lib.py, and their Keras 1 and 2 forms.
 */
import { GradCamError } from "../../errors.ts";
import type { Limits } from "../limits.ts";
import { checkName } from "../names.ts";
import { show } from "../show.ts";
import { Attributes } from "./attributes.ts";
import { type Call, readCalls, readReferences, type TensorReference } from "./call.ts";

export interface LayerConfig {
  readonly name: string;
  /** "Conv2D", … */
  readonly kind: string;
  /** Where the class comes from, if the file says it: "keras.layers", "keras.src.ops.nn", "__main__". */
  readonly module: string | undefined;
  /** Registered by somebody's program: "package>Class". */
  readonly isCustom: boolean;
  readonly attributes: Attributes;
  /** False where it was frozen. */
  readonly trainable: boolean;
  readonly calls: readonly Call[];
  /** How many layers of its model stand before it. */
  readonly place: number;
  /** The model, where a model is used as a layer. */
  readonly model?: ModelConfig;
}

export interface ModelConfig {
  readonly name: string;
  readonly kind: "functional" | "sequential";
  readonly layers: readonly LayerConfig[];
  /** Of functional models. */
  readonly inputs: readonly TensorReference[];
  readonly outputs: readonly TensorReference[];
  /** The shape that a model was built with, batch first, where the file says it. */
  readonly builtWith: unknown;
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const FUNCTIONAL: ReadonlySet<string> = new Set(["Functional", "Model"]);
const isModel = (kind: string): boolean => FUNCTIONAL.has(kind) || kind === "Sequential";

/** @param json what config.json or `model_config` holds @throws E_HEADER_INVALID, E_GRAPH, E_NAME_INVALID, E_UNSUPPORTED_LAYER */
export function readConfig(json: unknown, where: string, limits: Limits): ModelConfig {
  const kind = isObject(json) && typeof json["class_name"] === "string" ? json["class_name"] : undefined;
  if (kind === undefined) throw malformed(where, "a model as {class_name, config}", json);
  if (isModel(kind)) return readModel(kind, json as Json, where, limits);
  throw new GradCamError("E_UNSUPPORTED_LAYER", {
    where,
    expected: "a Sequential or functional model",
    got: `a model of class ${kind}, whose layers are in its program`,
    hint: "build it from layers with keras.Model(inputs, outputs) and save it again",
  });
}

function readModel(kind: string, json: Json, where: string, limits: Limits): ModelConfig {
  // Keras 1 wrote the layers of a Sequential without anything around them.
  const config = Array.isArray(json["config"]) ? { layers: json["config"] as unknown[] } : json["config"];
  const list = isObject(config) ? config["layers"] : undefined;
  if (!isObject(config) || !Array.isArray(list) || list.length > limits.tensors) {
    const got = Array.isArray(list) ? `${list.length} layers` : config;
    throw malformed(where, `a list of at most ${limits.tensors} layers (limit tensors)`, got);
  }
  const names = new Set(list.map((layer: unknown) => nameOf(layer, where)));
  if (names.size < list.length) throw malformed(where, "layers with names of their own", "two of the same name");
  const model = {
    name: typeof config["name"] === "string" ? config["name"] : kind.toLowerCase(),
    layers: list.map((layer: Json, place) => readLayer(layer, place, names, where, limits)),
    builtWith:
      config["build_input_shape"] ?? (isObject(json["build_config"]) ? json["build_config"]["input_shape"] : undefined),
  };
  if (kind === "Sequential") return { ...model, kind: "sequential", inputs: [], outputs: [] };
  const inputs = readReferences(config["input_layers"], `${where}, input_layers`);
  const outputs = readReferences(config["output_layers"], `${where}, output_layers`);
  if (outputs.length === 0) throw malformed(`${where}, output_layers`, "at least one tensor", config["output_layers"]);
  return { ...model, kind: "functional", inputs, outputs };
}

function readLayer(json: Json, place: number, names: ReadonlySet<string>, file: string, limits: Limits): LayerConfig {
  const name = nameOf(json, file);
  const kind = json["class_name"];
  const config = json["config"];
  if (typeof kind !== "string" || (!isObject(config) && !Array.isArray(config))) {
    throw malformed(`${file}: layer "${name}"`, "{class_name, config}", json);
  }
  const where = `${file}: ${kind} "${name}"`;
  const module = typeof json["module"] === "string" ? json["module"] : undefined;
  const registered = json["registered_name"];
  return {
    name,
    kind,
    module,
    isCustom: (typeof registered === "string" && registered.includes(">")) || !isOwnModule(module),
    attributes: new Attributes(where, isObject(config) ? config : {}),
    trainable: !(isObject(config) && config["trainable"] === false),
    calls: readCalls(json["inbound_nodes"], names, where),
    place,
    ...(isModel(kind) && { model: readModel(kind, json, where, limits) }),
  };
}

/** Layers of Keras itself; files older than Keras 2.12 do not say where a class comes from. */
const isOwnModule = (module: string | undefined): boolean =>
  module === undefined || /^(tf_keras|tensorflow\.(python\.)?keras|keras)(\.|$)/.test(module);

/** A layer has its name beside its configuration, inside of it, or in both. */
function nameOf(layer: unknown, where: string): string {
  const config = isObject(layer) ? layer["config"] : undefined;
  const name = isObject(layer) ? (layer["name"] ?? (isObject(config) ? config["name"] : undefined)) : undefined;
  if (typeof name !== "string") throw malformed(where, "layers with names", layer);
  checkName(name, where);
  return name;
}

const malformed = (where: string, expected: string, got: unknown): GradCamError =>
  new GradCamError("E_HEADER_INVALID", { where, expected, got: show(got) });
