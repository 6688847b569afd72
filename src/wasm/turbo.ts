/** Whether this JavaScript engine really fuses what the turbo build lays side by side (assembly/gemm/kernel-wide.ts). */
import type { Bytes } from "./inlined.ts";
import type { Kernels } from "./kernels.ts";
import type { Heap } from "./memory.ts";

/** The turbo build, and how to take back what was set for it. */
export interface Turbo {
  readonly bytes: Bytes;
  readonly revoke: () => void;
}

/** A product of ROWS × 16 × DEPTH that the L1 cache holds, timed REPEATS calls at a time. */
const [ROWS, DEPTH, REPEATS] = [12, 192, 20];
/** Slow code comes first, fast code as soon as it is compiled: this many times as fast. */
const JUMP = 3;
/** Ratios measured: 1.3 to 1.4 if fused, below 0.8 if not. */
const GAIN = 1.1;
/** Milliseconds after which the answer is no. */
const PATIENCE = 400;

/** Tiles of two panels beat tiles of one, on this machine, now. Takes as long as V8 needs to compile them: about 20 ms. */
export function turboHelps(kernels: Kernels, heap: Heap): boolean {
  const [a, panels, c] = [ROWS * DEPTH * 4, DEPTH * 64, ROWS * 64].map((bytes) => heap.alloc(bytes)) as [
    number,
    number,
    number,
  ];
  const scratch = heap.alloc(kernels.multiplyPanelsBytes());
  heap.f32(a, ROWS * DEPTH).fill(0.5);
  heap.f32(panels, DEPTH * 16).fill(0.25);
  const multiply = (columns: number, at: number): void => {
    const operands = [a, DEPTH * 4, panels + at * DEPTH * 4, 0, 0, c + at * 4, 64] as const;
    kernels.multiplyPanels(ROWS, columns, DEPTH, ...operands, -Infinity, Infinity, scratch);
  };
  const wide = new Stopwatch(() => multiply(16, 0));
  const narrow = new Stopwatch(() => {
    multiply(8, 0);
    multiply(8, 8);
  });
  const end = performance.now() + PATIENCE;
  do {
    wide.round();
    narrow.round();
  } while (!(wide.settled && narrow.settled) && performance.now() < end);
  for (const ptr of [a, panels, c, scratch]) heap.free(ptr);
  return wide.settled && narrow.settled && narrow.best > GAIN * wide.best;
}

/** Times rounds of calls until they are as fast as they will be. */
class Stopwatch {
  readonly #work: () => void;
  #first = 0;
  #since = 0;
  best = Infinity;

  constructor(work: () => void) {
    this.#work = work;
  }

  /** Compiled, and some rounds since then brought nothing more. */
  get settled(): boolean {
    return this.best * JUMP < this.#first && this.#since >= 8;
  }

  round(): void {
    const begun = performance.now();
    for (let i = 0; i < REPEATS; i++) this.#work();
    const time = performance.now() - begun;
    this.#first ||= time;
    this.#since = time < this.best * 0.97 ? 0 : this.#since + 1;
    this.best = Math.min(this.best, time);
  }
}
