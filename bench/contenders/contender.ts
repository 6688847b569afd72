/** What an engine must offer to take part. One process holds one contender; processes/contender.ts drives it. */
import type { NetworkFiles } from "../networks.ts";

/** A piece of work that is timed as a whole, results copied out. ten-classes: Grad-CAM of ten classes of one picture. */
export type Work = "forward" | "grad-cam" | "ten-classes";

/** Name → fact: version, build, threads, options. */
export type Description = Readonly<Record<string, string | number | boolean>>;

export interface Engine {
  readonly description: Description;
  /** Class scores before the softmax. */
  logits(): Promise<Float32Array>;
  /** What it can do; work that is missing is not possible with this engine. */
  readonly work: Readonly<Partial<Record<Work, () => Promise<unknown>>>>;
  /** Bytes the engine says it holds, by what for. */
  bytes?(): Readonly<Record<string, number>>;
}

export interface Contender {
  /** Loads a network for one picture, one thread. Throws AbsentError where the engine cannot be had. */
  load(network: NetworkFiles, input: Float32Array): Promise<Engine>;
}

/** The engine is not on this machine: its line says why, and the others are measured. */
export class AbsentError extends Error {
  override readonly name = "AbsentError";
}
