/** Downloads as people see them: a bar with speed and time left on a terminal, plain lines in a log. */
import type { PullOptions, PullProgress } from "../download/download.ts";
import type { RemoteEntry } from "../registry/index.ts";
import { duration } from "./terminal/progress-line.ts";
import { bytes } from "./terminal/table.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** Milliseconds between two looks of the line, and between two lines in a log. */
const REDRAW = 100;
const LOG = 10_000;
/** Milliseconds before which nobody can tell how fast it is. */
const EARLY = 1000;
const BAR = 24;
/** Terminals narrower than this have no room for the bar. */
const NARROW = 72;

/** The path of the model's file. Throws what pull throws. */
export async function pullWithProgress(entry: RemoteEntry, options: PullOptions, terminal: Terminal): Promise<string> {
  const [{ pullEntry }, { cacheFolder }] = await Promise.all([
    import("../node/cache/pull.ts"),
    import("../node/cache/folder.ts"),
  ]);
  const { env, signal } = terminal.io;
  const mirror = env["GRADCAM_MIRROR"];
  const view = new DownloadView(terminal, entry.name);
  try {
    return await pullEntry(entry, {
      cache: cacheFolder(env),
      ...(mirror !== undefined && { mirror }),
      ...options,
      signal,
      onProgress: view.show,
      onWait: () => terminal.note(`${entry.name}: another process is downloading it; waiting`),
    });
  } finally {
    view.end();
  }
}

class DownloadView {
  readonly #terminal: Terminal;
  readonly #name: string;
  #begun: { readonly time: number; readonly done: number } | undefined;
  #last: PullProgress | undefined;
  #shown = -Infinity;

  constructor(terminal: Terminal, name: string) {
    this.#terminal = terminal;
    this.#name = name;
  }

  readonly show = (progress: PullProgress): void => {
    const now = performance.now();
    if (!this.#begun) this.#begin(progress, now);
    this.#last = progress;
    const wait = this.#terminal.isInteractive ? REDRAW : LOG;
    if (now - this.#shown < wait) return;
    this.#shown = now;
    if (this.#terminal.isInteractive) this.#terminal.progress(this.#line(progress, now));
    else if (progress.done < progress.total) this.#terminal.note(this.#text(progress, now));
  };

  /** Takes the bar away; says what came, if anything did. */
  end(): void {
    this.#terminal.progress("");
    if (!this.#last || !this.#begun) return;
    const seconds = (performance.now() - this.#begun.time) / 1000;
    this.#terminal.note(`${this.#name}: ${bytes(this.#last.done - this.#begun.done)} in ${duration(seconds)}`);
  }

  #begin({ done, total }: PullProgress, now: number): void {
    this.#begun = { time: now, done };
    if (!this.#terminal.isInteractive) this.#shown = now;
    const rest = done > 0 ? `, going on at ${bytes(done)}` : "";
    if (!this.#terminal.isInteractive) this.#terminal.note(`${this.#name}: downloading ${bytes(total)}${rest}`);
  }

  #line(progress: PullProgress, now: number): string {
    const share = progress.done / progress.total;
    const full = Math.round(share * BAR);
    const bar = this.#terminal.io.stderr.columns < NARROW ? "" : ` ${"━".repeat(full)}${"─".repeat(BAR - full)}`;
    return `${this.#name}${bar} ${this.#facts(progress, now)}`;
  }

  #text(progress: PullProgress, now: number): string {
    return `${this.#name}: ${this.#facts(progress, now)}`;
  }

  /** "35 % of 527.8 MiB, 11.2 MiB/s, 31 s left". */
  #facts({ done, total }: PullProgress, now: number): string {
    const spent = now - this.#begun!.time;
    const perSecond = ((done - this.#begun!.done) / spent) * 1000;
    const isEarly = spent < EARLY || perSecond === 0;
    const speed = isEarly ? "" : `, ${bytes(Math.round(perSecond))}/s, ${duration((total - done) / perSecond)} left`;
    return `${Math.floor((done / total) * 100)} % of ${bytes(total)}${speed}`;
  }
}
