/** The contenders of a case, each loaded with the same network in a process of its own. */
import { AbsentError, type Description } from "../contenders/contender.ts";
import { type ContenderName, contenders } from "../contenders/index.ts";
import type { Network } from "../networks.ts";
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

const OURS: ContenderName = "gradcam-wasm";

export class LineUp {
  readonly entries: Entry[] = [];
  /** Name → reason. */
  readonly absent = new Map<ContenderName, string>();

  entry(name: ContenderName): Entry | undefined {
    return this.entries.find(({ remote }) => remote.name === name);
  }

  get ours(): Entry {
    const ours = this.entry(OURS);
    if (!ours) throw new Error(`${OURS} is not loaded`);
    return ours;
  }

  /** Starts every contender that can be had on this machine. */
  async start(network: Network, cpu: number): Promise<void> {
    for (const name of Object.keys(contenders) as ContenderName[]) {
      const remote = new Remote(name, cpu);
      try {
        const { description, loadMs, work } = await remote.ask("load", network.files, network.input);
        const lanes = work.map((kind): Lane => ({ work: kind, rounds: [], warmUp: [] }));
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
