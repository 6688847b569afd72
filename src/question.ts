/** One picture that a network has looked at, and the questions asked about it: a target each, all from one forward pass. */
import type { Answers } from "./answers.ts";
import type { ScoredClass } from "./cam/method.ts";
import { diagnose, type Sign } from "./cam/normalize.ts";
import { pipelineOf } from "./compat-pipelines.ts";
import { GradCamError } from "./errors.ts";
import type { Compat, ExplainedTarget, ExplainManyOptions, Explanation, Smoothing } from "./explanation.ts";
import type { Fusion } from "./fuse.ts";
import type { Map2D } from "./image/image.ts";
import type { Made } from "./make-maps.ts";
import type { Model } from "./model.ts";
import type { EngineInfo } from "./model-facts.ts";
import { Objective } from "./objective.ts";
import { finished } from "./pipeline.ts";
import type { Prepared } from "./prepare.ts";
import { explanationToJson } from "./report/json.ts";
import { probabilitiesOf, type Score } from "./score.ts";
import { type Prediction, rank, type ResolvedTarget, resolveTarget, type ScoreKind, type Target } from "./target.ts";
import { VERSION } from "./version.ts";

/** What was asked for, apart from targets, methods and layers. */
export interface Wishes {
  readonly compat?: Compat;
  readonly smooth?: Smoothing;
  readonly fuse?: Fusion;
  readonly score: ScoreKind;
  readonly sign: Sign;
  readonly seed: number;
  readonly onUndefined?: ExplainManyOptions["onUndefined"];
}

/** What all questions about one picture share. */
export interface Scene extends Wishes {
  readonly model: Model;
  readonly prepared: Prepared;
  readonly logits: Float32Array;
  readonly probabilities: Float64Array;
  readonly predictions: readonly Prediction[];
  readonly about: Explanation["model"];
  readonly engine: EngineInfo;
}

/** Throws E_NONFINITE: a map of NaN logits would be meaningless. */
export function makeScene(model: Model, prepared: Prepared, answers: Answers, wishes: Wishes): Scene {
  const logits = finite(answers.logits.subarray(0, model.classes), model);
  const probabilities = probabilitiesOf(logits, model.link);
  const predictions = rank(logits, model.labels, 5, probabilities);
  const { identity: about, engine } = model;
  return { ...wishes, model, prepared, logits, probabilities, predictions, about, engine };
}

/** One target and its score. */
export class Question {
  readonly target: ResolvedTarget;
  readonly objective: Objective;
  readonly #scene: Scene;

  /** Throws E_TARGET_CLASS. */
  constructor(scene: Scene, target: Target | ResolvedTarget) {
    const { model, score, logits } = scene;
    this.#scene = scene;
    this.target = isResolved(target) ? target : resolveTarget(target, score, logits, model.labels);
    this.objective = new Objective(this.target.score, logits, model.link, this.target.isLogit && this.target.index);
  }

  /** Another score, made from the target's. */
  under(rule: (scored: ScoredClass) => ReturnType<Score>): Objective {
    const { score, of, index } = this.target;
    const { logits, model } = this.#scene;
    return new Objective(
      (output) => rule({ own: score(output), of: (at) => of(output, at), output, index, logits }),
      logits,
      model.link,
    );
  }

  answer(made: Made, timings: Explanation["timings"]): Explanation {
    const { compat, smooth, fuse, score, sign, seed, predictions, about, engine } = this.#scene;
    const { method, layer, raw, parameters, facts, attribution } = made;
    const target = this.#describe(made.score);
    const how = { layer, ...(smooth && { smooth }) };
    const place = (): Map2D => finished(pipelineOf(compat), raw, how, this.#scene);
    const found = diagnose({ raw: raw.data, sign, score, probability: target.probability });
    return withJson({
      method,
      layer,
      target,
      score,
      predictions,
      raw,
      get map(): Map2D {
        const value = place();
        Object.defineProperty(this, "map", { value, enumerable: true, writable: true, configurable: true });
        return value;
      },
      ...(attribution && { attribution }),
      parameters,
      ...(facts && { facts }),
      warnings: made.warnings.length > 0 ? [...found, ...made.warnings] : found,
      timings,
      model: about,
      picture: this.#scene.prepared.picture,
      engine,
      ...(compat && { compat }),
      ...(smooth && { smooth }),
      ...(Array.isArray(layer) && fuse && { fuse }),
      sign,
      seed,
      version: VERSION,
    });
  }

  #describe(score: number): ExplainedTarget {
    const { model, logits, probabilities } = this.#scene;
    const { index, label, against } = this.target;
    const wnid = index === undefined ? undefined : model.labels?.[index]?.wnid;
    return {
      label,
      score,
      ...(index !== undefined && { index, logit: logits[index]!, probability: probabilities[index]! }),
      ...(wnid !== undefined && { wnid }),
      ...(against && { against }),
    };
  }
}

const isResolved = (target: Target | ResolvedTarget | null): target is ResolvedTarget =>
  typeof target === "object" && target !== null && "label" in target;

/** Lets JSON.stringify give the documented schema. Not enumerable: a structured clone is made of the data alone. */
const withJson = (explanation: Explanation): Explanation => Object.defineProperty(explanation, "toJSON", TO_JSON);

const TO_JSON = {
  value(this: Explanation) {
    return explanationToJson(this);
  },
};

/** Throws E_NONFINITE: a map of NaN logits would be meaningless. */
function finite(logits: Float32Array, model: Model): Float32Array {
  const bad = logits.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return logits;
  throw new GradCamError("E_NONFINITE", {
    where: `logit ${String(bad)} of ${model.name}`,
    expected: "finite class scores",
    got: String(logits[bad]),
    hint: "check that the weights belong to this architecture and that the input is finite",
  });
}
