/** What a case is: something that is measured, and the numbers it becomes. Races of engines are in race.ts. */
import type { Value } from "../record.ts";

export interface Settings {
  /** Fewer rounds: minutes become seconds, tenths become wider. */
  readonly quick: boolean;
  /** The first of the CPUs that measured processes are pinned to. */
  readonly cpu: number;
}

export interface BenchCase {
  readonly title: string;
  run(settings: Settings): Promise<readonly Value[]>;
}
