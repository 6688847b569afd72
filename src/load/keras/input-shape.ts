/** The shapes of a network's inputs, batch 1: what the file says, what the user says where it leaves sizes open. */
import { GradCamError } from "../../errors.ts";
import type { Shape } from "../../shape.ts";
import { checkShape } from "../shapes.ts";
import { show } from "../show.ts";
import type { LayerConfig, ModelConfig } from "./config.ts";
import type { LayersGraphOptions } from "./layers-graph.ts";

export interface NamedShape {
  readonly name: string;
  readonly shape: Shape;
}

/** In the order of the model's arguments. Throws E_INPUT_SHAPE, E_SHAPE_INVALID, E_SHAPE_OVERFLOW, E_GRAPH, E_OPTION. */
export function inputShapesOf(model: ModelConfig, options: LayersGraphOptions): NamedShape[] {
  if (model.kind === "sequential") return [settled(sequentialInput(model), options)];
  return model.inputs.map(({ layer: name }) => {
    const layer = model.layers.find((one) => one.name === name);
    if (layer?.kind === "InputLayer") return settled({ name, declared: declaredBy(layer) }, options);
    throw new GradCamError("E_GRAPH", {
      where: `${options.where}: input_layers`,
      got: `"${name}", which is no InputLayer`,
    });
  });
}

interface Declared {
  readonly name: string;
  /** A list with the batch in front, null where a size is open; or nothing. */
  readonly declared: unknown;
}

const declaredBy = ({ attributes }: LayerConfig): unknown =>
  attributes.raw("batch_shape") ?? attributes.raw("batch_input_shape");

/** An InputLayer, else what the first layer or the model was built with. */
function sequentialInput({ layers, builtWith }: ModelConfig): Declared {
  const [first] = layers;
  if (!first) return { name: "input", declared: builtWith };
  if (first.kind === "InputLayer") return { name: first.name, declared: declaredBy(first) };
  const inner = first.model && firstInput(first.model);
  return { name: `${first.name}_input`, declared: declaredBy(first) ?? builtWith ?? inner };
}

/** What a model that begins another says about its own beginning. */
function firstInput(model: ModelConfig): unknown {
  if (model.kind === "sequential") return sequentialInput(model).declared;
  const layer = model.layers.find(({ name }) => name === model.inputs[0]?.layer);
  return layer && declaredBy(layer);
}

function settled({ name, declared }: Declared, options: LayersGraphOptions): NamedShape {
  const where = `${options.where}: input "${name}"`;
  const asked = options.inputShapes && Object.hasOwn(options.inputShapes, name) ? options.inputShapes[name] : undefined;
  if (declared === undefined && !asked) throw unknown(where, "nothing");
  const sizes: unknown = declared ?? asked;
  if (!Array.isArray(sizes)) throw unknown(where, sizes);
  const open = sizes.slice(1).map((size: unknown) => (size === undefined ? null : size));
  const filled = asked ? fill(open, asked.slice(1), where) : open.length === 3 ? withSize(open, options, where) : open;
  if (filled.includes(null)) throw unknown(where, sizes);
  const shape = checkShape([1, ...filled], where, options.limits);
  if (shape.every((size) => size > 0)) return { name, shape };
  throw new GradCamError("E_INPUT_SHAPE", { where, expected: "sizes of at least 1", got: show(sizes) });
}

/** [height, width, channels] with the size that the user wants. */
function withSize(open: unknown[], { inputShape }: LayersGraphOptions, where: string): unknown[] {
  return inputShape ? fill(open, [...inputShape, open[2]], where) : open;
}

/** Open sizes are filled; others must be the same. */
function fill(open: readonly unknown[], wanted: readonly unknown[], where: string): unknown[] {
  if (open.length === wanted.length && open.every((size, i) => size === null || size === wanted[i])) return [...wanted];
  throw new GradCamError("E_OPTION", {
    where,
    expected: `the sizes that the file leaves open: ${show(open)}`,
    got: show(wanted),
    hint: "a network built for one size has no other",
  });
}

const unknown = (where: string, got: unknown): GradCamError =>
  new GradCamError("E_INPUT_SHAPE", {
    where,
    expected: "a size in the file or in the option inputShape",
    got: show(got),
    hint: "inputShape: [224, 224] (--input-shape 224x224), or inputShapes with the whole shape by the input's name",
  });
