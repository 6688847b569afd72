/** A score of the logits as the network needs it: its value and where backward begins, for this picture and for others. */
import { differentiate, type Link, type Score } from "./score.ts";
import type { Seed } from "./seed.ts";

export class Objective {
  readonly value: number;
  readonly seed: Seed;
  readonly score: Score;
  /** The score is this logit and nothing else. A thousand classes would spend longer on expressions than the network on the picture. */
  readonly logit: number | undefined;
  readonly logits: Float32Array;
  readonly link: Link;

  /** Throws E_NONFINITE. */
  constructor(score: Score, logits: Float32Array, link: Link, logit?: number) {
    this.link = link;
    this.score = score;
    this.logit = logit;
    this.logits = logits;
    const { value, seed } = this.#differentiate(logits);
    this.value = value;
    this.seed = seed;
  }

  valueAt(logits: Float32Array): number {
    return this.logit === undefined
      ? differentiate(this.score, logits, logits.length, this.link).value
      : logits[this.logit]!;
  }

  seedAt(logits: Float32Array): Seed {
    return this.#differentiate(logits).seed;
  }

  #differentiate(logits: Float32Array): { value: number; seed: Seed } {
    if (this.logit !== undefined) return { value: logits[this.logit]!, seed: this.logit };
    const { value, gradient } = differentiate(this.score, logits, logits.length, this.link);
    return { value, seed: Float32Array.from(gradient) };
  }
}
