/** A file that describes its network itself: what every format with an architecture is opened as. */
import type { Graph } from "../graph/graph.ts";
import type { Preprocess } from "../image/preprocess.ts";
import type { PresetName } from "../image/presets.ts";
import type { LoadGraphOptions } from "./index.ts";
import type { Limits } from "./limits.ts";

/** What a format is told besides the bytes. */
export interface OpenContext extends Omit<LoadGraphOptions, "limits"> {
  readonly limits: Limits;
}

/** How pictures become inputs, and how that is known: said by the file, or guessed from it. */
export interface PreprocessGuess {
  readonly preset: PresetName | Preprocess;
  /** For people: "the file says so", "the network rescales itself", "no hint in the file: 0 … 1 is the commonest". */
  readonly why: string;
}

export interface GraphFile {
  readonly format: string;
  readonly graph: Graph;
  readonly preprocess: PreprocessGuess;
  /** Class names, if the file has them. */
  readonly labels?: "imagenet" | readonly unknown[];
  /** Remarks of the writer, if any: producer, versions. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Gives back what reading parameters needs. */
  close(): void | Promise<void>;
}
