/** One picture that a network has looked at, and the questions asked about it: a target each, all from one forward pass. */
import { camMethods, type MethodName } from "./cam/index.ts";
import { diagnose, normalized, type Sign } from "./cam/normalize.ts";
import { GradCamError } from "./errors.ts";
import type { Compat, ExplainedTarget, Explanation } from "./explanation.ts";
import type { Answers, Seed } from "./answers.ts";
import type { Map2D } from "./image/image.ts";
import type { EngineInfo, Model } from "./model.ts";
import type { Prepared } from "./prepare.ts";
import { explanationToJson } from "./report/json.ts";
import { differentiate, softmax } from "./score.ts";
import { type Prediction, rank, type ResolvedTarget, resolveTarget, type ScoreKind, type Target } from "./target.ts";
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
  readonly about: Explanation["model"];
  readonly engine: EngineInfo;
}

/** Throws E_NONFINITE: a map of NaN logits would be meaningless. */
export function makeScene(model: Model, prepared: Prepared, answers: Answers, recipe: Recipe): Scene {
  const logits = finite(answers.logits.subarray(0, model.classes), model);
  const probabilities = softmax(logits);
  const predictions = rank(logits, model.labels, 5, probabilities);
  const { name, format, engine } = model;
  return { ...recipe, model, prepared, answers, logits, probabilities, predictions, about: { name, format }, engine };
}

/** What a method made of a layer, for every question in their order. */
interface RawMaps {
  readonly method: MethodName;
  readonly layer: string;
  readonly maps: readonly Map2D[];
}

/** For every question the explanations by all methods and layers, the last fastest. To be called once. */
export function answerAll(
  scene: Scene,
  questions: readonly Question[],
  methods: readonly MethodName[],
  layers: readonly string[],
): Explanation[] {
  const begun = performance.now();
  const means = scene.answers.meanGradients(questions.map(({ seed }) => seed));
  const raws = methods.flatMap((method) => layers.map((layer) => rawMaps(scene, method, layer, means.get(layer)!)));
  const timings = { ...scene.timings, backward: performance.now() - begun };
  return questions.flatMap((question, i) =>
    raws.map(({ method, layer, maps }) => question.answer({ method, layer, raw: maps[i]!, timings })),
  );
}

function rawMaps(
  { answers, compat }: Scene,
  method: MethodName,
  layer: string,
  means: readonly Float32Array[],
): RawMaps {
  const { data: activation, shape } = answers.activation(layer);
  const [, height, width, channels] = shape as readonly [number, number, number, number];
  const cam = camMethods[method];
  const weights = means.map((meanGradient) => cam.weights({ height, width, channels, activation, meanGradient }));
  const sums = answers.weightedSums(layer, weights);
  // The article averages over channels where the paper sums: a factor that only the raw numbers show.
  if (compat === "chollet") for (const data of sums) data.forEach((value, i) => (data[i] = value / channels));
  return { method, layer, maps: sums.map((data) => ({ data, width, height })) };
}

interface Found extends Pick<Explanation, "method" | "layer" | "timings"> {
  readonly raw: Map2D;
}

/** One target and its score. */
export class Question {
  readonly seed: Seed;
  readonly #scene: Scene;
  readonly #target: ResolvedTarget;
  readonly #value: number;

  /** Throws E_TARGET_CLASS. */
  constructor(scene: Scene, target: Target) {
    const { model, score, logits } = scene;
    this.#scene = scene;
    this.#target = resolveTarget(target, score, logits, model.labels);
    const { index, isLogit } = this.#target;
    if (isLogit && index !== undefined) {
      // A thousand classes would otherwise spend as long on expressions as the network on the picture.
      this.#value = logits[index]!;
      this.seed = index;
      return;
    }
    const { value, gradient } = differentiate(this.#target.score, logits, model.classes);
    this.#value = value;
    this.seed = Float32Array.from(gradient);
  }

  answer({ method, layer, raw, timings }: Found): Explanation {
    const { prepared, compat, score, sign, predictions, about, engine } = this.#scene;
    const target = this.#describe();
    const place = (): Map2D => prepared.place({ ...raw, data: normalized(raw.data, sign) });
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
      warnings: diagnose({ raw: raw.data, sign, score, probability: target.probability }),
      timings,
      model: about,
      engine,
      ...(compat && { compat }),
      version: VERSION,
    });
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
