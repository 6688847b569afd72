/**
 * The threads of one engine: the caller and its workers over one shared memory. The caller publishes a job in the control
 * block (control.js), takes chunks of it like everybody else and waits for those that others took. Workers that are not
 * there yet, or sleep, are missed by nobody: what they do not take the caller does.
 */
import {
  ARGUMENT_NUMBERS,
  ARGUMENTS,
  claim,
  CLAIM,
  type Control,
  controlOf,
  FAILURE,
  failureOf,
  finish,
  JOINED,
  KERNEL,
  MOST_CHUNKS,
  PAGES,
  publish,
  runChunk,
  STEP,
  UNFINISHED,
  UNITS,
} from "./control.js";
import type { Crew } from "./crew.ts";
import { type Argument, type Job, type KernelName, numbersOf, wholeOf } from "./job.ts";
import type { Kernels } from "./kernels.ts";

export interface Team {
  /** Threads that share the work, the caller among them. */
  readonly threads: number;
  /** Why there are fewer than there could be; undefined when there are as many as were asked for. */
  readonly note: string | undefined;
  /** Returns when the whole job is done. Throws E_WORKER when a worker failed, for good. */
  run<K extends KernelName>(job: Job<K>): void;
  /** Ends the workers. Jobs are done by the caller alone from then on. */
  dispose(): void;
}

type Kernel = (...args: number[]) => unknown;

/** The caller alone. */
export const soloTeam = (kernels: Kernels, note?: string): Team => ({
  threads: 1,
  note,
  run: (job) => runWhole(kernels, job),
  dispose: () => undefined,
});

function runWhole<K extends KernelName>(kernels: Kernels, job: Job<K>): void {
  const kernel: Kernel = kernels[job.kernel];
  kernel(...wholeOf(job.args as readonly Argument[], job.units));
}

/** Multiply-adds of a job that is worth waking somebody for: 100,000 take about 4 µs. */
const LEAST_JOB = 100_000;
/** The smallest piece is so much smaller. */
const LEAST_PIECE = 1 / 4;
/** Pieces for each thread when the kernel has no wish: one that is interrupted leaves the rest to others. */
const PIECES_PER_THREAD = 3;
/** Looks at UNFINISHED before going to sleep: some 50 µs. */
const LOOKS = 10_000;
const SLICE_MS = 50;

export interface SharedParts {
  readonly kernels: Kernels;
  /** All functions of the core in the order of its exports, as every worker has them. */
  readonly names: readonly string[];
  readonly memory: WebAssembly.Memory;
  readonly crew: Crew;
  readonly limits?: Limits | undefined;
}

/** What tests make smaller. */
export interface Limits {
  /** Multiply-adds of the smallest job that is shared. */
  readonly job?: number;
  /** How long a job may go without any progress, in ms. */
  readonly patience?: number;
}

/** Longer than any chunk takes, so that it means that a worker is gone. */
const PATIENCE_MS = 30_000;

export class SharedTeam implements Team {
  readonly #kernels: Kernels;
  readonly #list: readonly Kernel[];
  readonly #indices: ReadonlyMap<string, number>;
  readonly #memory: WebAssembly.Memory;
  readonly #control: Control;
  readonly #crew: Crew;
  readonly #leastJob: number;
  readonly #patience: number;
  readonly #maySleep: boolean;

  constructor({ kernels, names, memory, crew, limits: { job = LEAST_JOB, patience = PATIENCE_MS } = {} }: SharedParts) {
    this.#kernels = kernels;
    const byName = kernels as unknown as Readonly<Record<string, Kernel>>;
    this.#list = names.map((name) => byName[name]!);
    this.#indices = new Map(names.map((name, index) => [name, index]));
    this.#memory = memory;
    this.#control = controlOf(memory.buffer);
    this.#crew = crew;
    this.#leastJob = job;
    this.#patience = patience;
    this.#maySleep = maySleep(this.#control.words);
  }

  get threads(): number {
    return this.#crew.threads;
  }

  get note(): string | undefined {
    return this.#crew.note;
  }

  run<K extends KernelName>(job: Job<K>): void {
    this.#crew.check();
    const chunks = this.#chunksOf(job);
    if (chunks > 1) this.#crew.start();
    if (chunks < 2 || this.#control.words[JOINED] === 0) {
      runWhole(this.#kernels, job);
      return;
    }
    this.#write(job);
    publish(this.#control, chunks);
    this.#work();
    this.#wait();
  }

  /** Takes chunks until none is left. A trap leaves the job unfinished, so it is the end of the team. */
  #work(): void {
    try {
      for (let chunk = claim(this.#control); chunk >= 0; chunk = claim(this.#control)) {
        runChunk(this.#control, this.#list, chunk, 0);
        finish(this.#control);
      }
    } catch (error) {
      this.#crew.fail(String(error));
      throw error;
    }
  }

  dispose(): void {
    this.#crew.dismiss();
  }

  /** As many for each thread, and none so small that sharing it takes longer than doing it. */
  #chunksOf({ units, cost, step = 1, piece }: Job): number {
    const { threads } = this.#crew;
    const work = units * cost;
    if (threads === 1 || work < this.#leastJob) return 1;
    const wanted = piece === undefined ? PIECES_PER_THREAD : Math.ceil(units / piece / threads);
    const most = Math.min(MOST_CHUNKS, Math.ceil(units / step), Math.floor(work / (this.#leastJob * LEAST_PIECE)));
    return Math.min(wanted * threads, most);
  }

  #write({ kernel, args, units, step = 1 }: Job): void {
    const { words, values } = this.#control;
    const list = args as readonly Argument[];
    words[KERNEL] = this.#indices.get(kernel)!;
    words[UNITS] = units;
    words[STEP] = step;
    words[ARGUMENTS] = list.length;
    words[PAGES] = this.#memory.buffer.byteLength >>> 16;
    list.forEach((argument, i) => values.set(numbersOf(argument), i * ARGUMENT_NUMBERS));
  }

  /** Until all chunks are finished: first looking, then asleep in slices. */
  #wait(): void {
    const { words } = this.#control;
    for (let i = 0; i < LOOKS; i++) if (Atomics.load(words, UNFINISHED) === 0) return;
    let seen = Atomics.load(words, UNFINISHED);
    // Slices are counted instead of reading a clock, so that a machine that was suspended has lost nobody.
    for (let waited = 0; seen !== 0; waited += SLICE_MS) {
      if (Atomics.load(words, FAILURE) !== 0) this.#crew.fail(failureOf(this.#control));
      if (waited >= this.#patience) this.#crew.fail(`no progress in ${String(waited / 1000)} s`);
      this.#crew.check();
      this.#slice(seen);
      const left = Atomics.load(words, UNFINISHED);
      if (left !== seen) waited = 0;
      seen = left;
    }
  }

  /** Waits for a change of UNFINISHED, but not for ever. A page's main thread may not sleep. */
  #slice(seen: number): void {
    const { words } = this.#control;
    if (this.#maySleep) {
      Atomics.wait(words, UNFINISHED, seen, SLICE_MS);
      return;
    }
    const end = performance.now() + SLICE_MS;
    while (performance.now() < end) {
      for (let i = 0; i < LOOKS; i++) if (Atomics.load(words, UNFINISHED) !== seen) return;
      if (Atomics.load(words, FAILURE) !== 0) return;
    }
  }
}

function maySleep(words: Int32Array): boolean {
  try {
    Atomics.wait(words, CLAIM, ~Atomics.load(words, CLAIM));
    return true;
  } catch {
    return false;
  }
}
