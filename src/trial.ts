/** An explanation on trial: what metrics may ask, answered by the model. */
import type { Planes, Series } from "./cam/method.ts";
import { GradCamError } from "./errors.ts";
import type { EvaluatedExplanation } from "./evaluate.ts";
import { explain } from "./explain.ts";
import { checkMap, type Map2D, type Rect } from "./image/image.ts";
import type { Cascade, Trial } from "./metrics/metric.ts";
import type { Model } from "./model.ts";
import { scoreSamples } from "./others.ts";
import type { Prepared } from "./prepare.ts";
import { type Random, randomStream } from "./random.ts";
import { probabilitiesOf } from "./score.ts";
import type { Conduct } from "./series.ts";

/** Streams of one seed: those of metrics begin where the trial's own end. */
const METRIC_STREAMS = 2 ** 20;

/** What a trial is about. */
export interface Case {
  readonly model: Model;
  readonly prepared: Prepared;
  readonly explanation: EvaluatedExplanation;
  readonly boxes: readonly Rect[];
  readonly seed: number;
  readonly conduct: Conduct;
}

export class ModelTrial implements Trial {
  readonly input: Planes;
  readonly map: Map2D;
  readonly #case: Case;
  readonly #class: number;
  #probability: Promise<number> | undefined;
  #own: Promise<Map2D> | undefined;

  /** Throws E_TARGET_CLASS for explanations of something else than a class, E_NONFINITE, E_INPUT_SHAPE. */
  constructor(about: Case) {
    const { prepared, model, explanation } = about;
    const { data, shape } = prepared.tensor;
    const [height, width, channels] = shape.slice(-3) as [number, number, number];
    this.#case = about;
    this.#class = classOf(explanation, model.classes);
    this.input = { data, height, width, channels };
    checkPlaced(explanation.map, prepared.picture);
    this.map = prepared.fetch(explanation.map);
  }

  get placed(): Map2D {
    return this.#case.explanation.map;
  }

  get boxes(): readonly Rect[] {
    return this.#case.boxes;
  }

  get probability(): Promise<number> {
    const { data } = this.input;
    const write = (_: number, into: Float32Array): void => into.set(data);
    this.#probability ??= this.probabilities({ name: "the picture", count: 1, write }).then(([p]) => p!);
    return this.#probability;
  }

  async probabilities(series: Series): Promise<Float64Array> {
    const { model, prepared, conduct } = this.#case;
    const found = new Float64Array(series.count);
    const visit = (logits: Float32Array, index: number): void => {
      found[index] = probabilitiesOf(logits.subarray(0, model.classes), model.link)[this.#class]!;
    };
    await model.ask(prepared.tensor, [], (answers) => scoreSamples(answers, series, visit), conduct);
    return found;
  }

  get own(): Promise<Map2D> {
    this.#own ??= this.again(this.input.data);
    return this.#own;
  }

  again(picture: Float32Array): Promise<Map2D> {
    return this.#mapBy(this.#case.model, picture);
  }

  async cascade<T>(work: (cascade: Cascade) => Promise<T>): Promise<T> {
    const { model, seed } = this.#case;
    const layers = model.weightedLayers;
    const twin = await model.twin();
    let done = 0;
    try {
      return await work({
        layers: layers.map(({ name }) => name),
        async redraw(count) {
          for (; done < count; done++) await twin.setWeights(layers[done]!.draw(randomStream(seed, done)));
        },
        map: () => this.#mapBy(twin, this.input.data),
      });
    } finally {
      twin.dispose();
    }
  }

  random(stream: number): Random {
    return randomStream(this.#case.seed, METRIC_STREAMS + stream);
  }

  async #mapBy(model: Model, data: Float32Array): Promise<Map2D> {
    const { explanation, prepared, conduct } = this.#case;
    const { method, layer, target, score, compat, smooth, fuse, sign, seed, parameters } = explanation;
    if (method === undefined) throw noMethod();
    const { map } = await explain(model, { data, shape: prepared.tensor.shape }, {
      ...parameters,
      ...conduct,
      method,
      target: target.against ? { for: target.index!, against: [...target.against] } : target.index!,
      ...(layer !== undefined && layer !== "input" && { layer }),
      ...(score && { score }),
      ...(compat && { compat }),
      ...(smooth && { smooth }),
      ...(fuse && { fuse }),
      ...(sign && { sign }),
      ...(seed !== undefined && { seed }),
    } as Parameters<typeof explain>[2]);
    return map;
  }
}

/** Throws E_INPUT_SHAPE unless the map lies on the picture pixel by pixel, E_NONFINITE. */
function checkPlaced(map: Map2D, { width, height }: Prepared["picture"]): void {
  checkMap(map, "the explanation's map", true);
  if (map.width === width && map.height === height) return;
  throw new GradCamError("E_INPUT_SHAPE", {
    where: "the explanation's map",
    expected: `the size of the picture, ${String(width)}×${String(height)}`,
    got: `${String(map.width)}×${String(map.height)}`,
    hint: "evaluate with the picture (or the tensor) that was explained",
  });
}

function classOf({ target }: Partial<EvaluatedExplanation>, classes: number): number {
  const index = target?.index;
  if (index !== undefined && Number.isInteger(index) && index >= 0 && index < classes) return index;
  throw new GradCamError("E_TARGET_CLASS", {
    where: "evaluate",
    expected: `an explanation of a class, 0 to ${String(classes - 1)}, whose probability can be measured`,
    got: !target ? "no target" : index === undefined ? "a score expression" : `class ${String(index)}`,
    hint: "explain a class, or set target: { index }",
  });
}

const noMethod = (): GradCamError =>
  new GradCamError("E_OPTION", {
    where: "evaluate",
    expected: "an explanation that says by which method it was made",
    got: "a map alone",
    hint: "this metric makes maps of other pictures; deletion, insertion and road need the map only",
  });
