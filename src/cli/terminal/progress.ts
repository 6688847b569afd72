/** Tells how far long work is: a line that replaces itself on a terminal, a plain line now and then in a log. */
import type { Progress as Samples } from "../../series.ts";
import { duration, percentOf, progressLine } from "./progress-line.ts";
import type { Terminal } from "./terminal.ts";

/** Milliseconds between two looks of the line: faster ones nobody reads. */
const REDRAW = 100;
/** Milliseconds between two lines in a log; work that takes less leaves none. */
const LOG = 10_000;
/** Milliseconds before which nobody can tell how long it will take. */
const EARLY = 1000;

export class Progress {
  readonly #terminal: Terminal;
  readonly #verb: string;
  readonly #total: number;
  readonly #begun = performance.now();
  #done = 0;
  #item = "";
  #samples: Samples | undefined;
  #drawn = -Infinity;
  #logged = performance.now();

  /** @param verb what is done: "explaining" */
  constructor(terminal: Terminal, verb: string, total: number) {
    this.#terminal = terminal;
    this.#verb = verb;
    this.#total = total;
  }

  /** What is worked on from now on. */
  begin(item: string): void {
    this.#item = item;
    this.#samples = undefined;
    this.#show();
  }

  /** How far the current item is. */
  readonly within = (samples: Samples): void => {
    this.#samples = samples;
    this.#show();
  };

  /** One item more is done. */
  step(): void {
    this.#done++;
    this.#samples = undefined;
    this.#show();
  }

  end(): void {
    this.#terminal.progress("");
  }

  #show(): void {
    const now = performance.now();
    if (this.#terminal.isInteractive) this.#draw(now);
    else if (now - this.#logged >= LOG) this.#log(now);
  }

  #draw(now: number): void {
    if (now - this.#drawn < REDRAW) return;
    this.#drawn = now;
    const facts = {
      verb: this.#verb,
      item: this.#item,
      ...(this.#samples && { stage: this.#samples.stage }),
      done: this.#done,
      total: this.#total,
      share: this.#share,
      secondsLeft: this.#secondsLeft(now),
    };
    this.#terminal.progress(progressLine(facts, this.#terminal.io.stderr.columns - 1));
  }

  #log(now: number): void {
    this.#logged = now;
    const left = this.#secondsLeft(now);
    const inside = this.#samples
      ? ` (${this.#samples.stage}, ${percentOf(this.#samples.done / this.#samples.total)})`
      : "";
    const rest = left === undefined ? "" : `, about ${duration(left)} left`;
    this.#terminal.note(`${this.#verb}: ${this.#done} of ${this.#total} done${inside}${rest}`);
  }

  get #share(): number {
    return (this.#done + (this.#samples ? this.#samples.done / this.#samples.total : 0)) / this.#total;
  }

  #secondsLeft(now: number): number | undefined {
    const spent = now - this.#begun;
    const share = this.#share;
    return spent < EARLY || share === 0 ? undefined : (spent * (1 - share)) / share / 1000;
  }
}
