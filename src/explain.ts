/** Why did the network say that: picture → scores → whatever the methods ask → maps on the picture. */
import { augmented, type Augmentation, AUGMENTATIONS, meanOf } from "./augment.ts";
import { COMPATS } from "./cam/compat.ts";
import { SIGNS } from "./cam/normalize.ts";
import { pipelineOf } from "./compat-pipelines.ts";
import { seesInput, seesLayers, stagesOf } from "./draft.ts";
import { GradCamError, nearest } from "./errors.ts";
import {
  type ExplainManyOptions,
  type ExplainOptions,
  type Explanation,
  type LayerChoice,
  SMOOTHINGS,
} from "./explanation.ts";
import { FUSIONS } from "./fuse.ts";
import { checkChoice } from "./image/choice.ts";
import type { ImageLike, Map2D } from "./image/image.ts";
import { type Made, MapMaker, type MethodCall } from "./make-maps.ts";
import { checkOptionNames, optionValues } from "./method-options.ts";
import { methodCalled, type MethodName, METHODS } from "./methods.ts";
import type { Model } from "./model.ts";
import { forMean } from "./pipeline.ts";
import { checkModel, prepareInput } from "./prepare.ts";
import { makeScene, Question, type Wishes } from "./question.ts";
import { checkSeed } from "./random.ts";
import type { Conduct } from "./series.ts";
import { type ResolvedTarget, SCORE_KINDS, type Target } from "./target.ts";
import type { HostTensor } from "./tensor.ts";

/**
 * One map for one target.
 * Throws E_TARGET_CLASS, E_TARGET_LAYER, E_OPTION, E_METHOD, E_INPUT_SHAPE, E_NONFINITE, E_DISPOSED, AbortError.
 */
export async function explain<M extends MethodName = "grad-cam">(
  model: Model,
  image: ImageLike | HostTensor,
  options?: ExplainOptions<M>,
): Promise<Explanation> {
  const { method, target, layer, ...rest } = (options ?? {}) as ExplainOptions;
  const [explanation] = await explainMany(model, image, {
    ...rest,
    ...(method && { methods: [method] }),
    ...(target !== undefined && { targets: [target] }),
    ...(layer !== undefined && { layers: [layer] }),
  });
  return explanation!;
}

/**
 * Maps for every combination of target, method and layer (in that order, last fastest) from one forward pass, as far as
 * methods need no more. Methods that see no layer answer once, and so does what is named twice.
 */
export async function explainMany<M extends MethodName = "grad-cam">(
  model: Model,
  image: ImageLike | HostTensor,
  options?: ExplainManyOptions<M>,
): Promise<Explanation[]>;
/**
 * The same of several pictures, a list for each in their order: one after the other, since a batch would gain next to nothing and
 * hold all of their maps in linear memory. Throws before any work what is wrong with the options, and at a picture what is wrong with it.
 */
export async function explainMany<M extends MethodName = "grad-cam">(
  model: Model,
  images: readonly (ImageLike | HostTensor)[],
  options?: ExplainManyOptions<M>,
): Promise<Explanation[][]>;
export async function explainMany<M extends MethodName = "grad-cam">(
  model: Model,
  pictures: ImageLike | HostTensor | readonly (ImageLike | HostTensor)[],
  options?: ExplainManyOptions<M>,
): Promise<Explanation[] | Explanation[][]> {
  const {
    methods: named = ["grad-cam"],
    targets,
    layers: chosen,
    signal,
    onProgress,
    onUndefined,
    ...rest
  } = (options ?? {}) as ExplainManyOptions;
  const { compat, smooth, fuse, sign = "positive", score, seed = 0, ...set } = rest;
  checkModel(model);
  const wanted = targetsOf(model, targets);
  checkSome({ methods: named, targets: wanted, ...(chosen !== undefined && { layers: chosen }) });
  const methods = [...new Set(named)];
  for (const method of methods) checkChoice(method, METHODS, "method");
  checkSeed(seed);
  checkChoice(sign, SIGNS, "sign");
  if (compat !== undefined) checkChoice(compat, COMPATS, "compat");
  if (smooth !== undefined) checkChoice(smooth, SMOOTHINGS, "smooth");
  if (fuse !== undefined) checkChoice(fuse, FUSIONS, "fuse");
  const wishes: Wishes = {
    score: score ?? pipelineOf(compat).score,
    sign,
    seed,
    fuse: fuse ?? pipelineOf(compat).fuse ?? "mean",
    ...(onUndefined && { onUndefined }),
    ...(compat && { compat }),
    ...(smooth && { smooth }),
  };
  checkChoice(wishes.score, SCORE_KINDS, "score");
  // Networks without maps have pixels all the same.
  const layers = chosen ?? (methods.some(seesLayers) ? (["auto"] as const) : []);
  const choices = distinct(layers.map((choice) => resolveChoice(model, choice)));
  const calls = callsOf(methods, set).map((call) => ({ ...call, choices: choicesFor(model, call.name, choices) }));
  const answer = (image: ImageLike | HostTensor): Promise<Explanation[]> =>
    new Inquiry(model, image, wishes, { signal, onProgress }).answer(wanted, calls);
  if (!isList(pictures)) return answer(pictures);
  checkSome({ pictures });
  const all: Explanation[][] = [];
  for (const picture of pictures) {
    signal?.throwIfAborted();
    all.push(await answer(picture));
  }
  return all;
}

const isList = (
  pictures: ImageLike | HostTensor | readonly (ImageLike | HostTensor)[],
): pictures is readonly (ImageLike | HostTensor)[] => Array.isArray(pictures);

/** One call of explainMany with everything checked. */
class Inquiry {
  readonly #model: Model;
  readonly #image: ImageLike | HostTensor;
  readonly #wishes: Wishes;
  readonly #conduct: Conduct;

  constructor(model: Model, image: ImageLike | HostTensor, wishes: Wishes, conduct: Conduct) {
    this.#model = model;
    this.#image = image;
    this.#wishes = wishes;
    this.#conduct = conduct;
  }

  async answer(targets: readonly Target[], calls: readonly MethodCall[]): Promise<Explanation[]> {
    const begun = performance.now();
    const prepared = prepareInput(this.#model, this.#image, this.#wishes.compat);
    const prepare = performance.now() - begun;
    let forward = 0;
    let scenery: Question[] = [];
    const runs: Made[][][] = [];
    const augmentations = this.#wishes.smooth === "aug" ? AUGMENTATIONS : AUGMENTATIONS.slice(0, 1);
    for (const augmentation of augmentations) {
      const tensor = augmented(prepared.tensor, augmentation);
      const made = await this.#model.ask(
        tensor,
        this.#asked(calls),
        async (answers) => {
          forward ||= performance.now() - begun - prepare;
          const scene = makeScene(this.#model, prepared, answers, this.#wishes);
          const again: readonly (Target | ResolvedTarget)[] =
            scenery.length > 0 ? scenery.map(({ target }) => target) : targets;
          const questions = again.map((target) => new Question(scene, target));
          if (scenery.length === 0) scenery = questions;
          return new MapMaker(answers, questions, this.#wishes, {
            input: this.#model.innerInputs[0]!,
            conduct: this.#conduct,
          }).all(calls);
        },
        this.#conduct,
      );
      runs.push(made);
    }
    const backward = performance.now() - begun - prepare - forward;
    return scenery.flatMap((question, i) =>
      averaged(
        runs.map((run) => run[i]!),
        augmentations,
        (made) => forMean(pipelineOf(this.#wishes.compat), made, this.#wishes.sign, prepared.tensor.shape),
      ).map((made) => question.answer(made, { prepare, forward, backward })),
    );
  }

  get #inputName(): string {
    return this.#model.inputs[0]!.name;
  }

  /** The layers, and the input where a method differentiates by it. */
  #asked(calls: readonly MethodCall[]): string[] {
    const attributes = calls.some(({ name }) => seesInput(name));
    const layers = calls.flatMap(({ choices }) => choices.flat());
    return [...new Set([...layers, ...(attributes ? [this.#inputName] : [])])];
  }
}

/** One run's maps, or the means of those of several. @param mapOf what means are taken of */
function averaged(
  runs: readonly (readonly Made[])[],
  augmentations: readonly Augmentation[],
  mapOf: (made: Made) => Map2D,
): readonly Made[] {
  if (runs.length === 1) return runs[0]!;
  return runs[0]!.map(({ attribution: _, ...made }, i) => ({
    ...made,
    raw: meanOf(
      runs.map((run) => mapOf(run[i]!)),
      augmentations,
    ),
  }));
}

/** "all" stands for every class in its order. */
function targetsOf(model: Model, targets: ExplainManyOptions["targets"] = ["top-1"]): readonly Target[] {
  return targets === "all" ? Array.from({ length: model.classes }, (_, index) => index) : targets;
}

/** Throws E_OPTION for options that no method knows or that have impossible values. */
function callsOf(methods: readonly MethodName[], set: Readonly<Record<string, unknown>>) {
  checkOptionNames(set, new Map(methods.map((name) => [name, methodCalled(name).options ?? {}])));
  return methods.map((name) => ({ name, options: optionValues(name, methodCalled(name).options, set) }));
}

/** Throws E_OPTION for what is no list, and for an empty one: it would be an answer without a question. */
function checkSome(lists: Readonly<Record<string, unknown>>): void {
  for (const [where, list] of Object.entries(lists)) {
    if (!Array.isArray(list)) {
      const got = typeof list === "string" ? `"${list}"` : list === null ? "null" : typeof list;
      const hint = typeof list === "string" ? { hint: `write ["${list}"]` } : {};
      throw new GradCamError("E_OPTION", { where, expected: "a list", got, ...hint });
    }
    if (list.length === 0) throw new GradCamError("E_OPTION", { where, expected: "at least one", got: "none" });
  }
}

/** Each once: a second one would be the same map, in the same memory. */
const distinct = (choices: readonly LayerChoice[]): LayerChoice[] => [
  ...new Map(choices.map((choice) => [JSON.stringify(choice), choice])).values(),
];

function resolveChoice(model: Model, choice: LayerChoice): LayerChoice {
  if (typeof choice === "string") return resolveLayer(model, choice);
  checkSome({ layer: choice });
  return choice.map((layer) => resolveLayer(model, layer));
}

/** Methods that multiply the maps of stages take the last ones up to the layer that was asked for. */
function choicesFor(model: Model, name: MethodName, choices: readonly LayerChoice[]): readonly LayerChoice[] {
  const stages = stagesOf(name);
  if (stages === undefined) return choices;
  return choices.map((choice) => (typeof choice === "string" ? model.stages(choice).slice(-stages) : choice));
}

/** A layer's name in full. Throws E_TARGET_LAYER naming the nearest layer that has a map. */
function resolveLayer(model: Model, layer: string): string {
  const name = layer === "auto" ? model.defaultLayer : layer;
  const known = model.layers.find((candidate) => candidate.name === name);
  if (known?.explainable) return known.name;
  const maps = model.layers.filter((candidate) => candidate.explainable).map((candidate) => candidate.name);
  const close = nearest(layer, maps) ?? model.defaultLayer;
  throw new GradCamError("E_TARGET_LAYER", {
    where: `layer "${layer}"`,
    expected: `a layer of ${model.name} with a map that the scores depend on`,
    got: known ? `${known.op} with output [${known.shape.join(",")}]` : "no such layer",
    hint: close ? `did you mean "${close}"?` : "this model has no spatial layer",
  });
}
