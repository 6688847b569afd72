/** A whole network: forward against the other engines, Grad-CAM against our own forward, memory on the way. */
import type { Work } from "../contenders/contender.ts";
import type { EntrantName } from "../contenders/entrants.ts";
import type { NetworkFiles } from "../networks/files.ts";
import { ratio, summarize } from "../statistics.ts";
import type { Bar, BenchCase, Line, Settings } from "./bench-case.ts";
import { type Lane, measureLanes, type Pace } from "./lanes.ts";
import { type Entry, LineUp } from "./line-up.ts";

interface Bars {
  /** Forward, as a multiple of onnxruntime-node's. */
  readonly forward: Bar;
  /** Grad-CAM, as a multiple of our own forward. */
  readonly gradCam: Bar;
  /** Grad-CAM of ten classes, as a multiple of that of one. */
  readonly tenClasses: Bar;
  /** MiB of working memory of one operator call in a forward pass. */
  readonly scratch?: Bar;
}

interface NetworkCase {
  readonly title: string;
  readonly open: () => Promise<NetworkFiles>;
  readonly bars: Bars;
  readonly pace: (settings: Settings) => Pace;
}

const RIVAL: EntrantName = "onnxruntime-node";
const MIB = 2 ** 20;

export const networkCase = ({ title, open, bars, pace }: NetworkCase): BenchCase => ({
  title,
  async run(settings) {
    const network = await open();
    const lineUp = new LineUp();
    try {
      await lineUp.start(network, settings.cpu);
      await lineUp.compare();
      await measureLanes(lineUp.entries, pace(settings));
      for (const entry of lineUp.entries) entry.atEnd = await entry.remote.ask("usage");
      const lines = [...speedLines(lineUp, bars), ...memoryLines(lineUp, bars)];
      return {
        lines: lines.map((line) => ({ ...line, what: `${title} ${line.what}` })),
        data: { network: title, contenders: lineUp.entries.map(record), absent: Object.fromEntries(lineUp.absent) },
      };
    } finally {
      lineUp.stop();
    }
  },
});

function speedLines(lineUp: LineUp, bars: Bars): Line[] {
  const forward = lane(lineUp.ours, "forward");
  const gradCam = lane(lineUp.ours, "grad-cam");
  const rival = lineUp.entry(RIVAL);
  const what = `forward / ${RIVAL}`;
  return [
    rival
      ? quotient(what, forward, lane(rival, "forward"), bars.forward)
      : { what, unit: "×", bar: bars.forward, detail: lineUp.absent.get(RIVAL) ?? "" },
    quotient("Grad-CAM / own forward", gradCam, forward, bars.gradCam),
    quotient("Grad-CAM of ten classes / of one", lane(lineUp.ours, "ten-classes"), gradCam, bars.tenClasses),
  ];
}

function memoryLines({ ours, entries }: LineUp, { scratch: bar }: Bars): Line[] {
  const scratch: Line = {
    what: "peak scratch of an operator",
    value: ours.afterForward!["scratch"]! / MIB,
    unit: "MiB",
    ...(bar && { bar }),
    detail: `in a forward pass; after Grad-CAM: planned ${mib(ours.atEnd!["planned"]!)}, weights ${mib(ours.atEnd!["weights"]!)}`,
  };
  const resident = entries.map(({ remote, atEnd, loadMs }): Line => ({
    what: `peak RSS, ${remote.name}`,
    value: atEnd!.peakRss / MIB,
    unit: "MiB",
    detail: `loaded in ${loadMs.toFixed(0)} ms`,
  }));
  return [scratch, ...resident];
}

function lane({ remote, lanes }: Entry, work: Work): Lane {
  const found = lanes.find((candidate) => candidate.work === work);
  if (!found) throw new Error(`${remote.name} has no ${work}`);
  return found;
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

function record({ remote, description, loadMs, lanes, agreement, atEnd }: Entry): Record<string, unknown> {
  const times = lanes.map(({ work, rounds, warmUp }) => ({ work, ms: summarize(rounds.flat()), warmUp, rounds }));
  return { name: remote.name, ...description, loadMs, agreement, bytes: atEnd, times };
}
