/** The engines of a race, each loaded with the same network in a process of its own, their answers compared with ours. */
import { entrants } from "../contenders/entrants.ts";
import { AbsentError, type Description, type Work } from "../contenders/contender.ts";
import type { NetworkFiles } from "../networks/files.ts";
import { Remote, type Seat } from "../remote.ts";
import { agree, compareAnswers, compareScores, describeAgreement } from "./agreement.ts";
import { OURS, type Runner } from "./field.ts";
import type { Lane } from "./lanes.ts";

/** One engine that is here. */
export interface Entry {
  readonly remote: Remote;
  readonly threads: number;
  readonly description: Description;
  readonly loadMs: number;
  readonly lanes: Lane[];
  /** Work that is not timed, with the reason. */
  readonly untimed: Partial<Record<Work, string>>;
}

type Answers = Map<Work, Float32Array>;

export class LineUp {
  readonly entries: Entry[] = [];
  /** Name → reason. */
  readonly absent: Record<string, string> = {};
  /** Somebody computed something else. */
  disagreed = false;
  readonly #ours: Answers = new Map();

  /** Starts every engine that can be had, ours first, and lets each answer once. */
  async start(network: NetworkFiles, runners: readonly Runner[], works: readonly Work[], seat: Seat): Promise<void> {
    for (const runner of runners) {
      try {
        await this.#start(network, runner, runner.works ?? works, seat);
      } catch (error) {
        if (runner.name === OURS) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        if (!(error instanceof AbsentError)) console.error(`  ${reason}`);
        this.absent[runner.name] = reason;
      }
    }
  }

  async #start(network: NetworkFiles, runner: Runner, works: readonly Work[], seat: Seat): Promise<void> {
    const threads = runner.threads ?? seat.threads;
    const remote = new Remote(runner.name, { ...seat, threads, cpus: threads === 1 ? firstOf(seat.cpus) : seat.cpus });
    try {
      await remote.ask("prepare", network);
      const { description, loadMs, work, cannot } = await remote.ask("load", network);
      const entry: Entry = { remote, threads, description, loadMs, lanes: [], untimed: {} };
      for (const kind of works) {
        const reason = cannot[kind];
        if (reason !== undefined) entry.untimed[kind] = reason;
        else if (work.includes(kind)) await this.#compare(entry, kind);
      }
      this.entries.push(entry);
    } catch (error) {
      remote.stop();
      throw error;
    }
  }

  /** A lane for this kind of work, unless its answer is another than ours. */
  async #compare({ remote, lanes, untimed }: Entry, work: Work): Promise<void> {
    const begun = performance.now();
    const answer = await (work === "forward" ? remote.ask("logits") : remote.ask("answer", work));
    const firstMs = performance.now() - begun;
    const ours = this.#ours.get(work);
    if (!ours) {
      if (remote.name !== OURS) return;
      this.#ours.set(work, answer);
    }
    const agreement = ours && (work === "forward" ? compareScores : compareAnswers)(ours, answer);
    if (agreement) console.error(`  ${remote.name}, ${work}: ${describeAgreement(agreement)}`);
    const within = work === "forward" ? entrants[remote.name].logitsWithin : undefined;
    if (!agreement || agree(work, agreement, within)) {
      lanes.push({ work, firstMs, agreement, rounds: [], warmUp: [] });
    } else {
      untimed[work] = `disagrees: ${describeAgreement(agreement)}`;
      this.disagreed = true;
    }
  }

  stop(): void {
    for (const { remote } of this.entries) remote.stop();
  }
}

const firstOf = (cpus: string): string => cpus.split(",")[0]!;
