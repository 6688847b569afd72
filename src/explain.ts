/** Why did the network say that: picture → scores → partial backward passes → maps on the picture. */
import { camMethods, METHODS, type MethodName } from "./cam/index.ts";
import type { LayerProbe } from "./cam/method.ts";
import { diagnose, normalized, type Sign } from "./cam/normalize.ts";
import { GradCamError, nearest } from "./errors.ts";
import type { Compat, ExplainedTarget, ExplainManyOptions, ExplainOptions, Explanation } from "./explanation.ts";
import type { ImageLike } from "./image/image.ts";
import type { Answers, Model } from "./model.ts";
import { type Prepared, prepareInput } from "./prepare.ts";
import { differentiate, softmax } from "./score.ts";
import { rank, type ResolvedTarget, resolveTarget, type ScoreKind, type Target } from "./target.ts";
import type { HostTensor } from "./tensor.ts";
import { VERSION } from "./version.ts";

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
  const methods = (options.methods ?? ["grad-cam"]).map(checkedMethod);
  const layers = (options.layers ?? ["auto"]).map((layer) => resolveLayer(model, layer));
  const compat = checkedCompat(options.compat);
  const score = options.score ?? (compat === "chollet" ? "probability" : "logit");
  const begun = performance.now();
  const prepared = prepareInput(model, image, compat);
  const prepareTime = performance.now() - begun;
  const session = { model, prepared, compat, score, sign: options.sign ?? "positive" } as const;
  return model.ask(
    prepared.tensor,
    [...new Set(layers)],
    (answers) => {
      const timings = { prepare: prepareTime, forward: performance.now() - begun - prepareTime };
      return (options.targets ?? ["top-1"]).flatMap((target) => {
        const question = new Question(session, answers, target);
        return methods.flatMap((method) => layers.map((layer) => question.answer(method, layer, timings)));
      });
    },
    options.signal,
  );
}

interface Session {
  readonly model: Model;
  readonly prepared: Prepared;
  readonly compat: Compat | undefined;
  readonly score: ScoreKind;
  readonly sign: Sign;
}

/** One target: its score, and the gradients of all layers, computed when the first method asks for them. */
class Question {
  readonly #session: Session;
  readonly #answers: Answers;
  readonly #target: ResolvedTarget;
  readonly #logits: Float32Array;
  readonly #seed: Float32Array;
  readonly #value: number;
  #gradients: Map<string, HostTensor> | undefined;
  #backwardTime = 0;

  constructor(session: Session, answers: Answers, target: Target) {
    const { model, score } = session;
    this.#session = session;
    this.#answers = answers;
    this.#logits = finite(answers.logits.subarray(0, model.classes), model);
    this.#target = resolveTarget(target, score, this.#logits, model.labels);
    const { value, gradient } = differentiate(this.#target.score, this.#logits, model.classes);
    this.#value = value;
    this.#seed = Float32Array.from(gradient);
  }

  answer(method: MethodName, layer: string, timings: { prepare: number; forward: number }): Explanation {
    const { model, prepared, compat, score, sign } = this.#session;
    this.#backwardTime = 0;
    const probe = this.#probe(layer);
    const raw = camMethods[method].map(probe);
    // The article averages over channels where the paper sums: a factor that only the raw numbers show.
    if (compat === "chollet") raw.forEach((value, i) => (raw[i] = value / probe.channels));
    const { width, height } = probe;
    const probabilities = softmax(this.#logits);
    const { index } = this.#target;
    return {
      method,
      layer,
      target: this.#describe(probabilities),
      score,
      predictions: rank(this.#logits, model.labels, 5),
      raw: { data: raw, width, height },
      map: prepared.place({ data: normalized(raw, sign), width, height }),
      warnings: diagnose({ raw, sign, score, probability: index === undefined ? undefined : probabilities[index] }),
      timings: { ...timings, backward: this.#backwardTime },
      model: { name: model.name, format: model.format, ...(model.sha256 && { sha256: model.sha256 }) },
      engine: model.engine,
      ...(compat && { compat }),
      version: VERSION,
    };
  }

  #probe(layer: string): LayerProbe {
    const { data, shape } = this.#answers.activation(layer);
    const gradient = (): Float32Array => this.#gradient(layer);
    return {
      height: shape[1]!,
      width: shape[2]!,
      channels: shape[3]!,
      activation: data,
      get gradient() {
        return gradient();
      },
    };
  }

  #gradient(layer: string): Float32Array {
    const begun = performance.now();
    this.#gradients ??= this.#answers.gradients(this.#seed);
    this.#backwardTime += performance.now() - begun;
    return this.#gradients.get(layer)!.data;
  }

  #describe(probabilities: Float64Array): ExplainedTarget {
    const { index, label } = this.#target;
    const wnid = index === undefined ? undefined : this.#session.model.labels?.[index]?.wnid;
    return {
      label,
      score: this.#value,
      ...(index !== undefined && { index, logit: this.#logits[index]!, probability: probabilities[index]! }),
      ...(wnid !== undefined && { wnid }),
    };
  }
}

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

function checkedMethod(method: string): MethodName {
  if (METHODS.includes(method as MethodName)) return method as MethodName;
  const close = nearest(method, METHODS);
  throw new GradCamError("E_OPTION", {
    where: `method "${method}"`,
    expected: METHODS.join(", "),
    got: method,
    ...(close && { hint: `did you mean "${close}"?` }),
  });
}

function checkedCompat(compat: string | undefined): Compat | undefined {
  if (compat === undefined || compat === "chollet") return compat;
  throw new GradCamError("E_OPTION", { where: "compat", expected: '"chollet"', got: compat });
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
