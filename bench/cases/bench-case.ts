/** What a case is: something that is measured, and the lines of the table it becomes. */

export interface Settings {
  /** Fewer rounds: minutes become seconds, tenths become wider. */
  readonly quick: boolean;
  /** The CPU that all measured processes are pinned to. */
  readonly cpu: number;
}

/** What is promised: at least (≥) or at most (≤) so much. */
export interface Bar {
  readonly sense: "≥" | "≤";
  readonly limit: number;
}

export interface Line {
  readonly what: string;
  /** Missing where it could not be measured; `detail` says why then. */
  readonly value?: number;
  readonly unit: "" | "×" | "ms" | "MiB" | "GFLOP/s";
  readonly bar?: Bar;
  readonly detail: string;
}

export interface CaseResult {
  readonly lines: readonly Line[];
  /** All of it, for the record: goes into the JSON file. */
  readonly data: Readonly<Record<string, unknown>>;
}

export interface BenchCase {
  readonly title: string;
  run(settings: Settings): Promise<CaseResult>;
}

export const atLeast = (limit: number): Bar => ({ sense: "≥", limit });

export const atMost = (limit: number): Bar => ({ sense: "≤", limit });

export const meets = (value: number, { sense, limit }: Bar): boolean =>
  sense === "≥" ? value >= limit : value <= limit;
