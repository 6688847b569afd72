/** The contenders of a case, each loaded with the same network in a process of its own. */
import { AbsentError, type Description, type Work } from "../contenders/contender.ts";
import type { EntrantName } from "../contenders/entrants.ts";
import type { NetworkFiles } from "../networks/files.ts";
import { Remote, type Usage } from "../remote.ts";
import { agree, type Agreement, compareLogits } from "./agreement.ts";
import type { Lane } from "./lanes.ts";

/** One contender that is here. */
export interface Entry {
  readonly remote: Remote;
  readonly description: Description;
  readonly loadMs: number;
  readonly lanes: readonly Lane[];
  /** With ours; missing for ours. */
  agreement?: Agreement;
  /** After the first forward pass. */
  afterForward?: Usage;
  /** After everything. */
  atEnd?: Usage;
}

const OURS: EntrantName = "gradcam-wasm";
const MEASURED: readonly Work[] = ["forward", "grad-cam", "ten-classes"];
const ENTRANTS: readonly EntrantName[] = [OURS, "onnxruntime-node"];

export class LineUp {
  readonly entries: Entry[] = [];
  /** Name → reason. */
  readonly absent = new Map<EntrantName, string>();

  entry(name: EntrantName): Entry | undefined {
    return this.entries.find(({ remote }) => remote.name === name);
  }

  get ours(): Entry {
    const ours = this.entry(OURS);
    if (!ours) throw new Error(`${OURS} is not loaded`);
    return ours;
  }

  /** Starts every contender that can be had on this machine. */
  async start(network: NetworkFiles, cpu: number): Promise<void> {
    for (const name of ENTRANTS) {
      const remote = new Remote(name, { cpus: String(cpu), threads: 1 });
      try {
        await remote.ask("prepare", network);
        const { description, loadMs, work } = await remote.ask("load", network);
        const lanes = work
          .filter((kind) => MEASURED.includes(kind))
          .map((kind): Lane => ({ work: kind, rounds: [], warmUp: [] }));
        this.entries.push({ remote, description, loadMs, lanes });
      } catch (error) {
        remote.stop();
        if (!(error instanceof AbsentError)) throw error;
        this.absent.set(name, error.message);
      }
    }
  }

  /** Lets everybody answer once and compares with ours. Throws when a contender computes something else. */
  async compare(): Promise<void> {
    const reference = await this.ours.remote.ask("logits");
    this.ours.afterForward = await this.ours.remote.ask("usage");
    for (const entry of this.entries) {
      if (entry === this.ours) continue;
      const agreement = compareLogits(reference, await entry.remote.ask("logits"));
      entry.agreement = agreement;
      const { name } = entry.remote;
      console.error(
        `  ${name}: max |Δ logit| ${agreement.maxDifference.toExponential(1)}, same top 5: ${agreement.sameTop5}`,
      );
      if (!agree(agreement)) {
        throw new Error(`${name} and ${OURS} disagree (${JSON.stringify(agreement)}): nothing is timed`);
      }
    }
  }

  stop(): void {
    for (const { remote } of this.entries) remote.stop();
  }
}
