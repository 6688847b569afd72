/** Scores that are looked at together: what one of them asks is answered for all of them at once. */
import type { Answers } from "../answers.ts";
import type { BackwardRule } from "../ops/backward-rule.ts";
import type { Fold, Series } from "../cam/method.ts";
import type { ValueId } from "../graph/graph.ts";
import type { Objective } from "../objective.ts";
import { type ConstantTerm, constantTerms, logitsOfSamples, observe } from "../others.ts";

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

/** What does not depend on a score: shared by all groups of a call. */
export interface Common {
  readonly answers: Answers;
  readonly seed: number;
  readonly memo: Memo;
}

export class Group {
  readonly common: Common;
  readonly objectives: readonly Objective[];
  readonly #means: (index: number, layer: string) => Promise<Float32Array>;
  readonly #memo = new Memo();

  /** @param means of gradients are cheap enough to be found for all groups at once */
  constructor(
    common: Common,
    objectives: readonly Objective[],
    means: (index: number, layer: string) => Promise<Float32Array>,
  ) {
    this.common = common;
    this.objectives = objectives;
    this.#means = means;
  }

  /** ∂score/∂layer. */
  async gradient(index: number, layer: string): Promise<Float32Array> {
    const all = await this.#memo.of("gradients", () => this.common.answers.gradients(this.#seeds()));
    return all[index]!.get(layer)!.data;
  }

  meanGradient(index: number, layer: string): Promise<Float32Array> {
    return this.#means(index, layer);
  }

  async ruled(index: number, rule: BackwardRule): Promise<Float32Array> {
    const all = await this.#memo.of(`rule ${rule}`, () => this.common.answers.ruled(rule, this.#seeds()));
    return all[index]!;
  }

  constants(): Promise<ConstantTerm[]> {
    return this.#memo.of("constants", () => constantTerms(this.common.answers, this.#seeds()));
  }

  /** @param key names the series among all of the call @param layer where samples are written; the input if undefined */
  async scores(index: number, key: string, series: Series, layer?: string): Promise<Float64Array> {
    const { answers, memo } = this.common;
    const rows = await memo.of(`logits ${key}`, () => logitsOfSamples(answers, series, layer));
    return Float64Array.from(rows, (row) => this.objectives[index]!.valueAt(row));
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
