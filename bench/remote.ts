/** A contender in a process of its own, seen from the process that compares. */
import type { ChildProcess } from "node:child_process";
import { AbsentError, type Description, type Work } from "./contenders/contender.ts";
import type { ContenderName } from "./contenders/index.ts";
import type { NetworkFiles } from "./networks.ts";
import { startPinned } from "./pinned.ts";
import type { WarmUp } from "./timing.ts";

/** What can be asked of a contender's process. */
export interface Calls {
  readonly load: (network: NetworkFiles, input: Float32Array) => Promise<Loaded>;
  readonly logits: () => Promise<Float32Array>;
  /** Milliseconds of the runs it took. */
  readonly warmUp: (work: Work, settings: WarmUp) => Promise<number[]>;
  /** Milliseconds of each run by kind of work, in the order of `works`, which take turns. */
  readonly time: (works: readonly Work[], runs: number) => Promise<number[][]>;
  /** Bytes: the most memory the process ever had, and what the engine says it holds. */
  readonly usage: () => Promise<Usage>;
}

interface Loaded {
  readonly description: Description;
  readonly loadMs: number;
  /** What this engine can do. */
  readonly work: readonly Work[];
}

export type Usage = Readonly<Record<string, number>> & { readonly peakRss: number };

export interface Request {
  readonly id: number;
  readonly call: keyof Calls;
  readonly options: readonly unknown[];
}

export type Response = { readonly id: number } & (
  { readonly result: unknown } | { readonly error: string; readonly absent: boolean }
);

export class Remote {
  readonly name: ContenderName;
  readonly #child: ChildProcess;
  #next = 0;

  constructor(name: ContenderName, cpu: number) {
    this.name = name;
    this.#child = startPinned("contender", [name], cpu);
  }

  /** Throws AbsentError, or an error with the text of the one over there. */
  ask<C extends keyof Calls>(call: C, ...options: Parameters<Calls[C]>): ReturnType<Calls[C]> {
    const id = this.#next++;
    const answer = new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error(`the process of ${this.name} ended during ${call}`));
      const heard = (response: Response): void => {
        if (response.id !== id) return;
        this.#child.off("message", heard).off("exit", ended).off("error", reject);
        if ("result" in response) resolve(response.result);
        else reject(response.absent ? new AbsentError(response.error) : new Error(`${this.name}: ${response.error}`));
      };
      this.#child.on("message", heard).once("exit", ended).once("error", reject);
      this.#child.send({ id, call, options } satisfies Request);
    });
    return answer as ReturnType<Calls[C]>;
  }

  stop(): void {
    this.#child.kill();
  }
}
