/** What is written down: one JSON file per measurement in bench/results/, from which everything else is generated. */
import type { Description, Work } from "./contenders/contender.ts";
import type { EntrantName } from "./contenders/entrants.ts";
import type { Environment } from "./environment.ts";
import type { Isa } from "./hosts.ts";
import type { Agreement } from "./cases/agreement.ts";
import type { Summary } from "./statistics.ts";

interface RecordBase {
  readonly case: string;
  readonly date: string;
  /** Fewer rounds than a result that is published. */
  readonly quick: boolean;
  readonly environment: Environment;
}

/** Engines measured against each other in the same rounds. */
export interface RaceRecord extends RecordBase {
  readonly kind: "race";
  /** Title of the network. */
  readonly network: string;
  /** Threads of everybody, unless an entrant says otherwise. */
  readonly threads: number;
  /** The vector instructions that everybody saw. */
  readonly isa: Isa;
  readonly entrants: readonly EntrantRecord[];
  /** Name → reason. */
  readonly absent: Readonly<Record<string, string>>;
}

export interface EntrantRecord {
  readonly name: EntrantName;
  readonly threads: number;
  readonly description: Description;
  readonly loadMs: number;
  /** Bytes at the end. */
  readonly bytes: Readonly<Record<string, number>>;
  readonly lanes: readonly LaneRecord[];
  /** Work that was not timed although the engine offers it, with the reason. */
  readonly untimed: Readonly<Partial<Record<Work, string>>>;
}

/** One kind of work of one engine; all times in milliseconds. */
export interface LaneRecord {
  readonly work: Work;
  readonly ms: Summary;
  /** How its answer differs from ours; missing for ours. */
  readonly agreement?: Agreement;
  /** The runs before counting began; the first one cold. */
  readonly warmUp: readonly number[];
  /** By round and run. A slow lane may sit out the last rounds. */
  readonly rounds: readonly (readonly number[])[];
}

/** Numbers that are not races. */
export interface ValuesRecord extends RecordBase {
  readonly kind: "values";
  readonly values: readonly Value[];
}

export type Unit = "" | "×" | "ms" | "MiB" | "kB" | "MB" | "GFLOP/s";

export interface Value {
  /** Stable: bars refer to it. */
  readonly name: string;
  readonly value: number;
  readonly unit: Unit;
  readonly detail: string;
}

export type BenchRecord = RaceRecord | ValuesRecord;
