/** Gives up on servers that send nothing, or next to nothing: a second of patience costs them 1 KiB. */

const LEAST_PER_SECOND = 1024;

/** A process that stood still (a busy machine, a closed laptop) finds one tick due, however long it was: that is not the server's fault. */
const TICKS = 10;

export class Patience {
  /** Aborted when the caller's is, or when too little came. */
  readonly signal: AbortSignal;
  readonly #silence = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  #received = 0;
  #ticks = 0;

  /** @param window milliseconds in which something has to come */
  constructor(window: number, signal: AbortSignal | undefined) {
    this.signal = AbortSignal.any([this.#silence.signal, ...(signal ? [signal] : [])]);
    const least = (LEAST_PER_SECOND * window) / 1000;
    this.#timer = setInterval(() => {
      if (++this.#ticks % TICKS > 0) return;
      if (this.#received < least) this.#silence.abort();
      this.#received = 0;
    }, window / TICKS);
  }

  /** Whether it was the server that was too slow. */
  get isOver(): boolean {
    return this.#silence.signal.aborted;
  }

  received(bytes: number): void {
    this.#received += bytes;
  }

  end(): void {
    clearInterval(this.#timer);
  }
}
