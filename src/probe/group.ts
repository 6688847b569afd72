/** Scores that are looked at together: what one of them asks is answered for all of them at once. */
import { type Answers, MAX_SEEDS } from "../answers.ts";
import type { BackwardRule } from "../ops/backward-rule.ts";
import type { Fold, Series, Tally } from "../cam/method.ts";
import { channelMeans } from "../cam/volume.ts";
import type { ValueId } from "../graph/graph.ts";
import type { Objective } from "../objective.ts";
import { type ConstantTerm, constantTerms, observe, scoreSamples } from "../others.ts";

/** Promises by what they are of: asked for once. */
export class Memo {
  readonly #found = new Map<string, Promise<unknown>>();

  /** @param key names the question, and with it the type of its answer */
  of<T>(key: string, find: () => Promise<T>): Promise<T> {
    const found = this.#found.get(key) ?? find();
    this.#found.set(key, found);
    return found as Promise<T>;
  }
}

/** What is shared by all groups of a call whose scores are made by one rule. */
export interface Common {
  readonly answers: Answers;
  readonly seed: number;
  /** Of all questions of the call. */
  readonly objectives: readonly Objective[];
  readonly memo: Memo;
}

export class Group {
  readonly common: Common;
  readonly objectives: readonly Objective[];
  readonly #first: number;
  readonly #memo = new Memo();

  /** @param first of the call's objectives; as many belong to the group as are differentiated at a time */
  constructor(common: Common, first: number) {
    this.common = common;
    this.#first = first;
    this.objectives = common.objectives.slice(first, first + MAX_SEEDS);
  }

  /** ∂score/∂layer. */
  async gradient(index: number, layer: string): Promise<Float32Array> {
    const all = await this.#memo.of("gradients", () => this.common.answers.gradients(this.#seeds()));
    return all[index]!.get(layer)!.data;
  }

  /** Through the head for all groups at once, where that is possible; else of whole gradients, which others may ask for too. */
  async meanGradient(index: number, layer: string): Promise<Float32Array> {
    const { answers, memo, objectives } = this.common;
    const find = () =>
      answers.meansThroughHead(
        layer,
        objectives.map(({ seed }) => seed),
      );
    const means = await memo.of(`means of ${layer}`, find);
    if (means) return means[this.#first + index]!;
    return channelMeans(await this.gradient(index, layer), answers.activation(layer).shape.at(-1)!);
  }

  async ruled(index: number, rule: BackwardRule): Promise<Float32Array> {
    const all = await this.#memo.of(`rule ${rule}`, () => this.common.answers.ruled(rule, this.#seeds()));
    return all[index]!;
  }

  constants(): Promise<ConstantTerm[]> {
    return this.#memo.of("constants", () => constantTerms(this.common.answers, this.#seeds()));
  }

  /** H·A of the layer's own answer A. */
  async curvature(index: number, layer: string): Promise<Float32Array> {
    const { answers, memo } = this.common;
    const all = await this.#memo.of(`curvature of ${layer}`, async () => {
      // One method asks for it, which is no reason for all others to read it.
      const { curvatures, slopes } = await import("./curvature.ts");
      return curvatures(
        answers,
        this.objectives,
        layer,
        await memo.of(`slopes of ${layer}`, () => slopes(answers, layer)),
      );
    });
    return all[index]!;
  }

  /** @param key names the series among all of the call @param layer where samples are written; the input if undefined */
  scores(index: number, key: string, series: Series, layer?: string): Promise<Float64Array> {
    const begin = () => new Float64Array(series.count);
    const step = (scores: Float64Array, { index: at, score }: { index: number; score: number }): void => {
      scores[at] = score;
    };
    return this.tally(index, key, { series, tally: { begin, step }, ...(layer !== undefined && { layer }) });
  }

  /** All questions of the call are scored in one pass; of logits nothing is kept. */
  async tally<State>(
    index: number,
    key: string,
    { series, tally, layer }: { series: Series; tally: Tally<State>; layer?: string },
  ): Promise<State> {
    const { answers, memo, objectives } = this.common;
    const states = await memo.of(`tally ${key}`, async () => {
      const begun = objectives.map(() => tally.begin());
      const visit = (logits: Float32Array, at: number): void => {
        objectives.forEach((objective, i) => {
          tally.step(begun[i]!, { index: at, score: objective.valueAt(logits) });
        });
      };
      await scoreSamples(answers, series, visit, layer);
      return begun;
    });
    return states[this.#first + index]!;
  }

  async fold<State>(
    index: number,
    key: string,
    { series, at, fold }: { series: Series; at: ValueId; fold: Fold<State> },
  ): Promise<State> {
    const states = await this.#memo.of(`fold ${key}`, async () => {
      const begun = this.objectives.map(() => fold.begin());
      const seeds = (logits: Float32Array) => this.objectives.map((objective) => objective.seedAt(logits));
      await observe(this.common.answers, { samples: series, at, seeds }, (seen) => {
        this.objectives.forEach((objective, i) => {
          const { logits, value: activation, gradients } = seen;
          const score = objective.valueAt(logits);
          fold.step(begun[i]!, { index: seen.index, score, activation, gradient: gradients[i]! });
        });
      });
      return begun;
    });
    return states[index]!;
  }

  #seeds() {
    return this.objectives.map(({ seed }) => seed);
  }
}
