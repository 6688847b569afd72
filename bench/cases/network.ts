/** A whole network: forward against the other engines, Grad-CAM against our own forward, memory on the way. */
import { AbsentError, type Description } from "../contenders/contender.ts";
import { type ContenderName, contenders } from "../contenders/index.ts";
import type { Network } from "../networks.ts";
import { Remote, type Usage } from "../remote.ts";
import { ratio, summarize } from "../statistics.ts";
import { agree, type Agreement, compareLogits } from "./agreement.ts";
import { type Bar, type BenchCase, type CaseResult, type Line, type Settings } from "./bench-case.ts";
import { type Lane, measureLanes, type Pace } from "./lanes.ts";

interface Bars {
  /** Forward, as a multiple of onnxruntime-node's. */
  readonly forward: Bar;
  /** Grad-CAM, as a multiple of our own forward. */
  readonly gradCam: Bar;
  /** MiB of working memory of one operator call in a forward pass. */
  readonly scratch?: Bar;
}

interface NetworkCase {
  readonly title: string;
  readonly open: () => Promise<Network>;
  readonly bars: Bars;
  readonly pace: (settings: Settings) => Pace;
}

/** One contender that is here. */
interface Entry {
  readonly remote: Remote;
  readonly description: Description;
  readonly loadMs: number;
  readonly lanes: readonly Lane[];
  /** With ours; missing for ours. */
  agreement?: Agreement;
  /** After one forward pass. */
  afterForward?: Usage;
  /** After everything. */
  usage?: Usage;
}

const OURS: ContenderName = "gradcam-wasm";
const MIB = 2 ** 20;

export const networkCase = ({ title, open, bars, pace }: NetworkCase): BenchCase => ({
  title,
  async run(settings) {
    const network = await open();
    const absent = new Map<ContenderName, string>();
    const entries = await start(network, settings, absent);
    try {
      await compare(entries);
      await measureLanes(
        entries.flatMap((entry) => entry.lanes),
        pace(settings),
      );
      for (const entry of entries) entry.usage = await entry.remote.ask("usage");
      return report(title, bars, entries, absent);
    } finally {
      for (const { remote } of entries) remote.stop();
    }
  },
});

async function start(network: Network, { cpu }: Settings, absent: Map<ContenderName, string>): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const name of Object.keys(contenders) as ContenderName[]) {
    const remote = new Remote(name, cpu);
    try {
      const { description, loadMs, work } = await remote.ask("load", network.files, network.input);
      const lanes = (["forward", "grad-cam"] as const)
        .filter((kind) => work.includes(kind))
        .map((kind): Lane => ({ remote, work: kind, rounds: [], warmUp: [] }));
      entries.push({ remote, description, loadMs, lanes });
    } catch (error) {
      remote.stop();
      if (!(error instanceof AbsentError)) throw error;
      absent.set(name, error.message);
    }
  }
  return entries;
}

/** Fills in what each contender answers compared with ours. Throws when one of them computes something else. */
async function compare(entries: readonly Entry[]): Promise<void> {
  const ours = entries.find(({ remote }) => remote.name === OURS)!;
  const reference = await ours.remote.ask("logits");
  for (const entry of entries) {
    const logits = entry === ours ? reference : await entry.remote.ask("logits");
    entry.afterForward = await entry.remote.ask("usage");
    if (entry === ours) continue;
    const agreement = compareLogits(reference, logits);
    entry.agreement = agreement;
    console.error(
      `  ${entry.remote.name}: max |Δ logit| ${agreement.maxDifference.toExponential(1)}, same top 5: ${agreement.sameTop5}`,
    );
    if (!agree(agreement)) {
      throw new Error(`${entry.remote.name} and ${OURS} disagree (${JSON.stringify(agreement)}): nothing is timed`);
    }
  }
}

function report(
  title: string,
  bars: Bars,
  entries: readonly Entry[],
  absent: ReadonlyMap<ContenderName, string>,
): CaseResult {
  const ours = entries.find(({ remote }) => remote.name === OURS)!;
  const [forward, gradCam] = ours.lanes as readonly [Lane, Lane];
  const rival = entries.find(({ remote }) => remote.name === "onnxruntime-node")?.lanes[0];
  const scratch = ours.afterForward!["scratch"]! / MIB;
  const lines: Line[] = [
    rival
      ? quotient(`${title} forward / onnxruntime-node`, forward, rival, bars.forward)
      : {
          what: `${title} forward / onnxruntime-node`,
          unit: "×",
          bar: bars.forward,
          detail: absent.get("onnxruntime-node") ?? "",
        },
    quotient(`${title} Grad-CAM / own forward`, gradCam, forward, bars.gradCam),
    {
      what: `${title} peak scratch of an operator`,
      value: scratch,
      unit: "MiB",
      ...(bars.scratch && { bar: bars.scratch }),
      detail: `forward; planned ${mib(ours.usage!["planned"]!)}, weights ${mib(ours.usage!["weights"]!)}`,
    },
    ...entries.map(({ remote, usage, loadMs }): Line => ({
      what: `${title} peak RSS, ${remote.name}`,
      value: usage!.peakRss / MIB,
      unit: "MiB",
      detail: `loaded in ${loadMs.toFixed(0)} ms`,
    })),
  ];
  return { lines, data: { network: title, contenders: entries.map(record), absent: Object.fromEntries(absent) } };
}

function quotient(what: string, above: Lane, below: Lane, bar: Bar): Line {
  const { median: value, p10, p90 } = ratio(above.rounds, below.rounds);
  const detail = `${milliseconds(above)} / ${milliseconds(below)}; by round ${p10.toFixed(2)}–${p90.toFixed(2)}`;
  return { what, value, unit: "×", bar, detail };
}

function milliseconds({ rounds }: Lane): string {
  const { median: middle, p10, p90 } = summarize(rounds.flat());
  const digits = middle < 100 ? 1 : 0;
  return `${middle.toFixed(digits)} ms [${p10.toFixed(digits)}–${p90.toFixed(digits)}]`;
}

const mib = (bytes: number): string => `${(bytes / MIB).toFixed(0)} MiB`;

function record({ remote, description, loadMs, lanes, agreement, usage }: Entry): Record<string, unknown> {
  const times = lanes.map(({ work, rounds, warmUp }) => ({ work, ms: summarize(rounds.flat()), warmUp, rounds }));
  return { name: remote.name, ...description, loadMs, agreement, bytes: usage, times };
}
