/** One picture that a network has looked at, and the questions asked about it: a target each, all from one forward pass. */
import { camMethods, type MethodName } from "./cam/index.ts";
import type { LayerProbe } from "./cam/method.ts";
import { diagnose, normalized, type Sign } from "./cam/normalize.ts";
import { GradCamError } from "./errors.ts";
import type { Compat, ExplainedTarget, Explanation } from "./explanation.ts";
import type { Answers, Model } from "./model.ts";
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
  /** By layer, copied when first asked for. */
  readonly activations: Map<string, HostTensor>;
}

/** Throws E_NONFINITE: a map of NaN logits would be meaningless. */
export function makeScene(model: Model, prepared: Prepared, answers: Answers, recipe: Recipe): Scene {
  const logits = finite(answers.logits.subarray(0, model.classes), model);
  const probabilities = softmax(logits);
  const predictions = rank(logits, model.labels, 5, probabilities);
  return { ...recipe, model, prepared, answers, logits, probabilities, predictions, activations: new Map() };
}

/** One target: its score, and the gradients of all layers, computed when the first method asks for them. */
export class Question {
  readonly #scene: Scene;
  readonly #target: ResolvedTarget;
  readonly #seed: Float32Array;
  readonly #value: number;
  #gradients: Map<string, HostTensor> | undefined;
  #backwardTime = 0;

  /** Throws E_TARGET_CLASS. */
  constructor(scene: Scene, target: Target) {
    const { model, score, logits } = scene;
    this.#scene = scene;
    this.#target = resolveTarget(target, score, logits, model.labels);
    const { value, gradient } = differentiate(this.#target.score, logits, model.classes);
    this.#value = value;
    this.#seed = Float32Array.from(gradient);
  }

  answer(method: MethodName, layer: string): Explanation {
    const { model, prepared, compat, score, sign, timings, predictions } = this.#scene;
    this.#backwardTime = 0;
    const probe = this.#probe(layer);
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
      timings: { ...timings, backward: this.#backwardTime },
      model: { name: model.name, format: model.format, ...(model.sha256 && { sha256: model.sha256 }) },
      engine: model.engine,
      ...(compat && { compat }),
      version: VERSION,
    });
  }

  #probe(layer: string): LayerProbe {
    const { answers, activations } = this.#scene;
    const activation = activations.get(layer) ?? answers.activation(layer);
    activations.set(layer, activation);
    const [, height, width, channels] = activation.shape as readonly [number, number, number, number];
    const gradient = (): Float32Array => this.#gradient(layer);
    return {
      height,
      width,
      channels,
      activation: activation.data,
      get gradient() {
        return gradient();
      },
    };
  }

  #gradient(layer: string): Float32Array {
    const begun = performance.now();
    this.#gradients ??= this.#scene.answers.gradients(this.#seed);
    this.#backwardTime += performance.now() - begun;
    return this.#gradients.get(layer)!.data;
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
