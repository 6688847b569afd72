/** What an engine must offer to take part. One process holds one contender; processes/contender.ts drives it. */
import type { NetworkFiles } from "../networks/files.ts";

/**
 * A piece of work that is timed as a whole, results copied out, and what it answers (all scores are logits):
 * forward: class probabilities. grad-cam: the map of the best class at the network's layer, before ReLU. ten-classes:
 * the maps of the ten best. all-classes: those of all classes. input-gradient: d best/d input, NHWC. weight-gradients:
 * d best/d each of the network's `trained` weights, one after the other. train-step: mean cross-entropy, the label of
 * sample i being i modulo the number of classes, its gradients by all weights and w ← w − η·dw; answers the loss before
 * the step.
 */
export const WORKS = [
  "forward",
  "grad-cam",
  "ten-classes",
  "all-classes",
  "input-gradient",
  "weight-gradients",
  "train-step",
] as const;
export type Work = (typeof WORKS)[number];

/** Name → fact: version, build, threads, options. */
export type Description = Readonly<Record<string, string | number | boolean>>;

/** How an engine is to be run. */
export interface Setting {
  readonly threads: number;
  /** What an entrant of entrants.ts asks of its engine. */
  readonly options: Readonly<Record<string, string | number | boolean>>;
}

export interface Engine {
  readonly description: Description;
  /** Class scores before the softmax. */
  logits(): Promise<Float32Array>;
  /** What it can do; each returns its answer, so that answers are compared before anything is timed. */
  readonly work: Readonly<Partial<Record<Work, () => Promise<Float32Array>>>>;
  /** Work it seems to do and does not, with the reason. */
  readonly cannot?: Readonly<Partial<Record<Work, string>>>;
  /** Bytes the engine says it holds, by what for. */
  bytes?(): Readonly<Record<string, number>>;
}

export interface Contender {
  /** Converts the network's files to the engine's own format, once; not counted as loading. */
  prepare?(network: NetworkFiles): Promise<void>;
  /** Loads a network for one picture. Throws AbsentError where the engine cannot be had. */
  load(network: NetworkFiles, input: Float32Array, setting: Setting): Promise<Engine>;
}

/** The step size of train-step. */
export const LEARNING_RATE = 1e-3;

/** Several answers as one. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The engine is not on this machine: its line says why, and the others are measured. */
export class AbsentError extends Error {
  override readonly name = "AbsentError";
}
