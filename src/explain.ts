/** Why did the network say that: picture → scores → partial backward passes → maps on the picture. */
import { METHODS } from "./cam/index.ts";
import { SIGNS } from "./cam/normalize.ts";
import { GradCamError, nearest } from "./errors.ts";
import { COMPATS, type ExplainManyOptions, type ExplainOptions, type Explanation } from "./explanation.ts";
import { checkChoice } from "./image/choice.ts";
import type { ImageLike } from "./image/image.ts";
import type { Model } from "./model.ts";
import { prepareInput } from "./prepare.ts";
import { answerAll, makeScene, Question } from "./question.ts";
import { SCORE_KINDS, type Target } from "./target.ts";
import type { HostTensor } from "./tensor.ts";

/**
 * One map for one target.
 * Throws E_TARGET_CLASS, E_TARGET_LAYER, E_OPTION, E_INPUT_SHAPE, E_DISPOSED.
 */
export async function explain(
  model: Model,
  image: ImageLike | HostTensor,
  { method, target, layer, ...rest }: ExplainOptions = {},
): Promise<Explanation> {
  const [explanation] = await explainMany(model, image, {
    ...rest,
    ...(method && { methods: [method] }),
    ...(target !== undefined && { targets: [target] }),
    ...(layer !== undefined && { layers: [layer] }),
  });
  return explanation!;
}

/** Maps for every combination of target, method and layer (in that order, last fastest) from one forward pass. */
export async function explainMany(
  model: Model,
  image: ImageLike | HostTensor,
  options: ExplainManyOptions = {},
): Promise<Explanation[]> {
  const { methods = ["grad-cam"] } = options;
  const targets = targetsOf(model, options.targets);
  const { compat, sign = "positive", score = compat === "chollet" ? "probability" : "logit" } = options;
  for (const method of methods) checkChoice(method, METHODS, "method");
  checkSome({ methods, targets, layers: options.layers ?? ["auto"] });
  checkChoice(sign, SIGNS, "sign");
  checkChoice(score, SCORE_KINDS, "score");
  if (compat !== undefined) checkChoice(compat, COMPATS, "compat");
  const layers = (options.layers ?? ["auto"]).map((layer) => resolveLayer(model, layer));
  const begun = performance.now();
  const prepared = prepareInput(model, image, compat);
  const prepare = performance.now() - begun;
  return model.ask(
    prepared.tensor,
    [...new Set(layers)],
    (answers) => {
      const timings = { prepare, forward: performance.now() - begun - prepare };
      const scene = makeScene(model, prepared, answers, { score, sign, timings, ...(compat && { compat }) });
      const questions = targets.map((target) => new Question(scene, target));
      return answerAll(scene, questions, methods, layers);
    },
    { questions: targets.length, reads: "meanGradient", signal: options.signal },
  );
}

/** "all" stands for every class in its order. */
function targetsOf(model: Model, targets: ExplainManyOptions["targets"] = ["top-1"]): readonly Target[] {
  return targets === "all" ? Array.from({ length: model.classes }, (_, index) => index) : targets;
}

/** Throws E_OPTION for an empty list: it would be an answer without a question. */
function checkSome(lists: Readonly<Record<string, readonly unknown[]>>): void {
  for (const [where, list] of Object.entries(lists)) {
    if (list.length === 0) throw new GradCamError("E_OPTION", { where, expected: "at least one", got: "none" });
  }
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
