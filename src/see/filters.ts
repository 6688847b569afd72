/** What a filter looks for: a picture that makes one channel of a layer answer strongly, by gradient ascent on the input. */
import { GradCamError } from "../errors.ts";
import { checkChoice } from "../image/choice.ts";
import type { Image } from "../image/image.ts";
import type { Model } from "../model.ts";
import { checkSeed, randomStream } from "../random.ts";
import { breather, type Progress } from "../series.ts";
import type { HostTensor } from "../tensor.ts";
import { FILTER_RECIPES, type FilterRecipe, type FilterRecipeName } from "./recipes.ts";

/** Pixels: less shows nothing, more takes minutes and gigabytes. */
const MIN_SIZE = 8;
const MAX_SIZE = 2048;

/** How `filterImage` climbs; what is left out is the recipe's. */
export interface FilterOptions {
  /** Default "chollet-2". */
  readonly recipe?: FilterRecipeName;
  readonly steps?: number;
  /** Pixels of a side of the square that is climbed, 8 to 2048, as far as the layer can take it. Default: the model's input. */
  readonly size?: number;
  /** Of the noise that the ascent begins with, and of shifts; default 0. Every channel has noise of its own. */
  readonly seed?: number;
  /** Pixels by which the picture is rolled at random before each step. */
  readonly jitter?: number;
  /** Smoothing at each step, from 0 to 1. */
  readonly totalVariation?: number;
  /** Ends the ascent between two steps. */
  readonly signal?: AbortSignal;
  /** Hears of every step. */
  readonly onProgress?: (progress: Progress) => void;
}

/** A picture (RGB, of the size that was asked for less the recipe's border) and how well it worked. */
export interface FilterImage extends Image {
  /** Mean of the channel over positions for the noise and for the picture. */
  readonly activation: { readonly before: number; readonly after: number };
}

/**
 * Maximises the mean of one channel of a layer over positions, starting from seeded noise.
 * Any layer will do, the class scores included; what lies behind it is not run. Where a ReLU cuts off the channel everywhere in
 * the noise, so that no gradient comes back, the ascent looks at what goes into the ReLU.
 * Throws E_TARGET_LAYER, E_OPTION, E_INPUT_VALUE, E_NONFINITE, E_DISPOSED, E_INPUT_SHAPE where the network takes no single picture or the
 * layer not one of this size; an aborted signal ends it between two steps.
 */
export async function filterImage(
  model: Model,
  layer: string,
  channel: number,
  options: FilterOptions = {},
): Promise<FilterImage> {
  const recipe = recipeOf(options);
  const { seed = 0, signal, onProgress } = options;
  checkSeed(seed);
  const breathe = breather({ signal });
  const random = randomStream(seed, channel);
  const shape = canvasShape(model, options);
  const { Canvas } = await import("./canvas.ts");
  const canvas = new Canvas(model, shape, recipe, random);
  const score = (answer: HostTensor) => meanOfChannel(answer, layer, channel, recipe.border);
  const look = (beforeRelu: boolean) => model.inputGradient(canvas.input(), layer, score, { signal, beforeRelu });
  const first = await look(false);
  const beforeRelu = first.gradient.data.every((value) => value === 0);
  for (let step = 0; step < recipe.steps; step++) {
    canvas.shift();
    const { gradient } = await look(beforeRelu);
    canvas.climb(gradient.data);
    await breathe();
    onProgress?.({
      stage: `gradient ascent, channel ${channel}`,
      done: step + 1,
      total: recipe.steps,
      unit: "samples",
    });
  }
  const { value: after } = await look(false);
  if (Number.isFinite(after)) return { ...canvas.picture(), activation: { before: first.value, after } };
  const hint = "check that the weights belong to this architecture";
  const where = `channel ${channel} of ${layer}`;
  throw new GradCamError("E_NONFINITE", { where, expected: "a finite answer", got: String(after), hint });
}

function recipeOf({ recipe = "chollet-2", steps, jitter, totalVariation }: FilterOptions): FilterRecipe {
  checkChoice(recipe, Object.keys(FILTER_RECIPES) as FilterRecipeName[], "recipe");
  const { [recipe]: usual } = FILTER_RECIPES;
  const chosen: FilterRecipe = {
    ...usual,
    ...(steps !== undefined && { steps }),
    ...(jitter !== undefined && { jitter }),
    ...(totalVariation !== undefined && { totalVariation }),
  };
  const whole = [chosen.steps, chosen.jitter].every((value) => Number.isInteger(value) && value >= 0);
  if (whole && chosen.totalVariation >= 0 && chosen.totalVariation <= 1) return chosen;
  throw new GradCamError("E_INPUT_VALUE", {
    where: "filterImage",
    expected: "whole steps and jitter of at least 0, totalVariation from 0 to 1",
    got: JSON.stringify({ steps: chosen.steps, jitter: chosen.jitter, totalVariation: chosen.totalVariation }),
  });
}

/** [1, height, width, channels] of the picture that is made. Throws E_INPUT_SHAPE, E_INPUT_VALUE. */
function canvasShape({ innerInputs: [input, ...others] }: Model, { size }: FilterOptions): readonly number[] {
  const { shape, layout } = input!;
  if (others.length > 0 || layout !== "NHWC") {
    const got = [input!, ...others].map(({ name }) => name).join(", ");
    throw new GradCamError("E_INPUT_SHAPE", { where: "filterImage", expected: "a network of one picture", got });
  }
  const [, height, width, channels] = shape as [number, number, number, number];
  if (size === undefined) return [1, height, width, channels];
  if (Number.isInteger(size) && size >= MIN_SIZE && size <= MAX_SIZE) return [1, size, size, channels];
  const expected = `a whole number from ${MIN_SIZE} to ${MAX_SIZE}`;
  throw new GradCamError("E_INPUT_VALUE", { where: "filterImage: size", expected, got: String(size) });
}

/** The mean over positions and its gradient: 1/n at the channel's inner positions. Throws E_INPUT_VALUE. */
function meanOfChannel({ data, shape }: HostTensor, layer: string, channel: number, border: number) {
  const channels = shape.at(-1)!;
  if (!Number.isInteger(channel) || channel < 0 || channel >= channels) {
    throw new GradCamError("E_INPUT_VALUE", {
      where: `channel of ${layer}`,
      expected: `a whole number from 0 to ${channels - 1}`,
      got: String(channel),
    });
  }
  const [height = 1, width = 1] = shape.length === 4 ? shape.slice(1, 3) : [];
  const margin = Math.min(height, width) > 2 * border ? border : 0;
  const count = (height - 2 * margin) * (width - 2 * margin);
  const gradient = new Float32Array(data.length);
  let value = 0;
  for (let y = margin; y < height - margin; y++) {
    for (let x = margin; x < width - margin; x++) {
      const at = (y * width + x) * channels + channel;
      value += data[at]! / count;
      gradient[at] = 1 / count;
    }
  }
  return { value, gradient };
}
