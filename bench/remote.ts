/** A contender in a process of its own, seen from the process that compares. Messages are JSON: the host may be Python. */
import type { ChildProcess } from "node:child_process";
import { AbsentError, type Description, type Work } from "./contenders/contender.ts";
import { type EntrantName, entrants } from "./contenders/entrants.ts";
import { hostCommand, type Isa, isaEnvironment } from "./hosts.ts";
import type { NetworkFiles } from "./networks/files.ts";
import { startPinned } from "./pinned.ts";
import type { WarmUp } from "./timing.ts";

/** What can be asked of a contender's process. */
export interface Calls {
  /** Converts the network's files where the engine needs a format of its own; once, and not timed. */
  readonly prepare: (network: NetworkFiles) => Promise<null>;
  readonly load: (network: NetworkFiles) => Promise<Loaded>;
  readonly logits: () => Promise<Float32Array>;
  /** What `work` answers: to be compared before it is timed. */
  readonly answer: (work: Work) => Promise<Float32Array>;
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
  /** What it only seems to do, with the reason. */
  readonly cannot: Readonly<Partial<Record<Work, string>>>;
}

type Usage = Readonly<Record<string, number>> & { readonly peakRss: number };

export interface Request {
  readonly id: number;
  readonly call: keyof Calls;
  readonly options: readonly unknown[];
}

export type Response = { readonly id: number } & (
  { readonly result: unknown } | { readonly error: string; readonly absent: boolean }
);

/** Where a contender is measured. */
export interface Seat {
  /** As taskset has it: "0" or "0,1". */
  readonly cpus: string;
  readonly threads: number;
  /** Default: native. */
  readonly isa?: Isa;
}

/** How numbers travel: little-endian float32 as base64. */
export interface Packed {
  readonly float32: string;
}

export class Remote {
  readonly name: EntrantName;
  readonly #child: ChildProcess;
  #next = 0;

  /** Throws AbsentError when the host is not installed. */
  constructor(name: EntrantName, { cpus, threads, isa = "native" }: Seat) {
    const { contender, host, options, env } = entrants[name];
    this.name = name;
    this.#child = startPinned([...hostCommand(host), contender, JSON.stringify({ threads, options })], {
      cpus,
      env: { ...env, ...isaEnvironment(isa), BENCH_THREADS: String(threads) },
    });
  }

  /** Throws AbsentError, or an error with the text of the one over there. */
  ask<C extends keyof Calls>(call: C, ...options: Parameters<Calls[C]>): ReturnType<Calls[C]> {
    const id = this.#next++;
    const answer = new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error(`the process of ${this.name} ended during ${call}`));
      const heard = (response: Response): void => {
        if (response.id !== id) return;
        this.#child.off("message", heard).off("exit", ended).off("error", reject);
        if ("result" in response) resolve(unpacked(response.result));
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

function unpacked(result: unknown): unknown {
  if (typeof result !== "object" || result === null || !("float32" in result)) return result;
  const bytes = Buffer.from((result as Packed).float32, "base64");
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
