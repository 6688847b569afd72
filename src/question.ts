/** One picture that a network has looked at, and the questions asked about it: a target each, all from one forward pass. */
import { camMethods, type MethodName } from "./cam/index.ts";
import type { LayerProbe } from "./cam/method.ts";
import { diagnose, normalized, type Sign } from "./cam/normalize.ts";
import { GradCamError } from "./errors.ts";
import type { Compat, ExplainedTarget, Explanation } from "./explanation.ts";
import type { Answers } from "./answers.ts";
import type { Model } from "./model.ts";
import type { Prepared } from "./prepare.ts";
import { explanationToJson } from "./report/json.ts";
import { differentiate, softmax } from "./score.ts";
import { type Prediction, rank, type ResolvedTarget, resolveTarget, type ScoreKind, type Target } from "./target.ts";
import type { HostTensor } from "./tensor.ts";
import { VERSION } from "./version.ts";

interface Recipe {
  readonly compat?: Compat;
  readonly score: ScoreKind;
  readonly sign: Sign;
  readonly timings: { readonly prepare: number; readonly forward: number };
}

/** What all questions about one picture share. */
export interface Scene extends Recipe {
  readonly model: Model;
  readonly prepared: Prepared;
  readonly answers: Answers;
  readonly logits: Float32Array;
  readonly probabilities: Float64Array;
  readonly predictions: readonly Prediction[];
}

/** Throws E_NONFINITE: a map of NaN logits would be meaningless. */
export function makeScene(model: Model, prepared: Prepared, answers: Answers, recipe: Recipe): Scene {
  const logits = finite(answers.logits.subarray(0, model.classes), model);
  const probabilities = softmax(logits);
  const predictions = rank(logits, model.labels, 5, probabilities);
  return { ...recipe, model, prepared, answers, logits, probabilities, predictions };
}

/** ∂score/∂layer of one question for every layer, and the milliseconds that all questions took together. */
export interface Gradients {
  readonly ofLayers: ReadonlyMap<string, HostTensor>;
  readonly time: number;
}

/** The gradients of all questions, in their order. */
export function gradientsOf({ answers }: Scene, questions: readonly Question[]): Gradients[] {
  const begun = performance.now();
  const all = answers.gradients(questions.map(({ seed }) => seed));
  const time = performance.now() - begun;
  return all.map((ofLayers) => ({ ofLayers, time }));
}

/** One target and its score. */
export class Question {
  /** d(score)/d(logits). */
  readonly seed: Float32Array;
  readonly #scene: Scene;
  readonly #target: ResolvedTarget;
  readonly #value: number;

  /** Throws E_TARGET_CLASS. */
  constructor(scene: Scene, target: Target) {
    const { model, score, logits } = scene;
    this.#scene = scene;
    this.#target = resolveTarget(target, score, logits, model.labels);
    const { value, gradient } = differentiate(this.#target.score, logits, model.classes);
    this.#value = value;
    this.seed = Float32Array.from(gradient);
  }

  answer(method: MethodName, layer: string, gradients: Gradients): Explanation {
    const { model, prepared, compat, score, sign, timings, predictions } = this.#scene;
    const probe = this.#probe(layer, gradients);
    const raw = camMethods[method].map(probe);
    // The article averages over channels where the paper sums: a factor that only the raw numbers show.
    if (compat === "chollet") raw.forEach((value, i) => (raw[i] = value / probe.channels));
    const { width, height } = probe;
    const target = this.#describe();
    return withJson({
      method,
      layer,
      target,
      score,
      predictions,
      raw: { data: raw, width, height },
      map: prepared.place({ data: normalized(raw, sign), width, height }),
      warnings: diagnose({ raw, sign, score, probability: target.probability }),
      timings: { ...timings, backward: gradients.time },
      model: { name: model.name, format: model.format },
      engine: model.engine,
      ...(compat && { compat }),
      version: VERSION,
    });
  }

  #probe(layer: string, { ofLayers }: Gradients): LayerProbe {
    const { data, shape } = this.#scene.answers.activation(layer);
    const [, height, width, channels] = shape as readonly [number, number, number, number];
    return { height, width, channels, activation: data, gradient: ofLayers.get(layer)!.data };
  }

  #describe(): ExplainedTarget {
    const { model, logits, probabilities } = this.#scene;
    const { index, label } = this.#target;
    const wnid = index === undefined ? undefined : model.labels?.[index]?.wnid;
    return {
      label,
      score: this.#value,
      ...(index !== undefined && { index, logit: logits[index]!, probability: probabilities[index]! }),
      ...(wnid !== undefined && { wnid }),
    };
  }
}

/** Lets JSON.stringify give the documented schema. Not enumerable: a structured clone is made of the data alone. */
const withJson = (explanation: Explanation): Explanation =>
  Object.defineProperty(explanation, "toJSON", { value: () => explanationToJson(explanation) });

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
