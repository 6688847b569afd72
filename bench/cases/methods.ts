/** What methods that need many passes cost, in forward passes of the same rounds; ablation in Grad-CAMs. */
import { runPinnedIn } from "../pinned.ts";
import type { Lane, MethodTimes } from "../processes/methods.ts";
import type { Value } from "../record.ts";
import { median, summarize } from "../statistics.ts";
import type { BenchCase } from "./bench-case.ts";

/** Channels of the embedded model's last layer. */
const CHANNELS = 1280;
const MASKS = 64;

interface Cost {
  readonly name: string;
  readonly lane: Lane;
  readonly unit: Lane;
  /** What the cost is divided by: masks. */
  readonly parts: number;
}

const COSTS: readonly Cost[] = [
  { name: "grad-cam in forward passes", lane: "grad-cam", unit: "forward", parts: 1 },
  { name: "ablation-cam in grad-cams", lane: "ablation-cam", unit: "grad-cam", parts: 1 },
  { name: "8 methods, 5 classes in forward passes", lane: "eight methods, five classes", unit: "forward", parts: 1 },
  { name: "score-cam, 64 channels: a mask", lane: "score-cam, 64 channels", unit: "forward", parts: MASKS },
  { name: "score-cam, all channels: a mask", lane: "score-cam, all channels", unit: "forward", parts: CHANNELS },
  { name: "rise: a mask", lane: "rise, 64 masks", unit: "forward", parts: MASKS },
];

export const methods: BenchCase = {
  title: "Methods of many passes",
  async run({ quick, cpu }) {
    const values: Value[] = [];
    for (const threads of [1, 2]) {
      const cpus = Array.from({ length: threads }, (_, i) => cpu + i).join(",");
      const options = [String(threads), String(quick ? 2 : 7)];
      const times = await runPinnedIn<MethodTimes>(process.execPath, "methods", cpus, options);
      values.push(...COSTS.map((cost) => valueOf(cost, times, threads)));
    }
    return values;
  },
};

function valueOf({ name, lane, unit, parts }: Cost, times: MethodTimes, threads: number): Value {
  const costs = times[lane].map((ms, round) => ms / times[unit][round]! / parts);
  const { median: value, p10, p90 } = summarize(costs);
  const [above, below] = [median(times[lane]), median(times[unit])];
  const detail = `${above.toFixed(1)} ms / ${below.toFixed(1)} ms; by round ${p10.toFixed(2)}–${p90.toFixed(2)}`;
  return { name: `${name}, ${String(threads)} thread${threads === 1 ? "" : "s"}`, value, unit: "×", detail };
}
