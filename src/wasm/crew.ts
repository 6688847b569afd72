/** The workers of a team as the platform sees them: started when first needed, watched, dismissed. */
import { GradCamError } from "../errors.ts";
import { type Control, controlOf, JOINED, stop } from "./control.js";
import type { Post } from "./serve.js";

/** A worker that runs serve.js. */
interface Worker {
  terminate(): void;
}

/** Starts a worker on `post`. `ended` hears, once or more, why it is not there (any more). May throw. */
export type StartWorker = (post: Post, ended: (reason: string) => void) => Worker;

/** What callbacks of workers know: not the crew itself, which may be collected while workers live. */
interface Roll {
  readonly workers: Map<number, Worker>;
  /** There when workers were started. */
  control?: Control;
  /** Why a worker could not be started. */
  missing?: string;
  failure?: GradCamError;
  dismissed?: true;
  /** Ends the workers of a crew that nobody holds any more; held here because a registry may be collected as well. */
  registry?: FinalizationRegistry<Roll>;
}

interface CrewParts {
  /** The caller's thread and the workers. */
  readonly threads: number;
  readonly start: StartWorker;
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
}

export class Crew {
  readonly #parts: CrewParts;
  readonly #roll: Roll = { workers: new Map() };
  #begun = false;

  constructor(parts: CrewParts) {
    this.#parts = parts;
  }

  /** Those that are there or on their way, with the caller. */
  get threads(): number {
    return this.#begun || this.#roll.dismissed ? 1 + this.#roll.workers.size : this.#parts.threads;
  }

  /** Why some are missing. */
  get note(): string | undefined {
    return this.#roll.missing;
  }

  /** Returns at once; workers join when they are ready. */
  start(): void {
    if (this.#begun || this.#roll.dismissed) return;
    this.#begun = true;
    const { threads, start, memory, module } = this.#parts;
    const roll = this.#roll;
    roll.registry = new FinalizationRegistry(dismiss);
    roll.registry.register(this, roll);
    const { words } = (roll.control = controlOf(memory.buffer));
    for (let thread = 1; thread < threads; thread++) {
      const ended = (reason: string): void => strike(roll, thread, words, reason);
      try {
        roll.workers.set(thread, start({ memory, module, thread }, ended));
      } catch (error) {
        ended(error instanceof Error ? error.message : String(error));
      }
    }
  }

  /** Throws E_WORKER when a worker is lost that may have been at work. */
  check(): void {
    if (this.#roll.failure) throw this.#roll.failure;
  }

  /** From now on `check` throws. */
  fail(reason: string): void {
    this.#roll.failure ??= lost(reason);
    dismiss(this.#roll);
  }

  dismiss(): void {
    dismiss(this.#roll);
  }
}

function dismiss(roll: Roll): void {
  roll.dismissed = true;
  if (roll.control) stop(roll.control);
  for (const worker of roll.workers.values()) worker.terminate();
  roll.workers.clear();
}

/** One that never joined is only missing; what one that did was doing nobody knows. */
function strike(roll: Roll, thread: number, words: Int32Array, reason: string): void {
  if (roll.dismissed) return;
  roll.workers.delete(thread);
  if ((Atomics.load(words, JOINED) & (1 << thread)) === 0) roll.missing ??= reason;
  else roll.failure ??= lost(reason);
}

const lost = (got: string): GradCamError =>
  new GradCamError("E_WORKER", {
    where: "engine",
    expected: "all threads at work",
    got,
    hint: "dispose of this model and load it again, with engine: { threads: 1 } if it happens again",
  });
