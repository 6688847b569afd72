/** From nothing to a heatmap: a fresh process imports the package and explains a picture with the embedded model. */
import { runPinned } from "../pinned.ts";
import type { ColdStart } from "../processes/cold-start.ts";
import { median, summarize } from "../statistics.ts";
import type { BenchCase } from "./bench-case.ts";

const MIB = 2 ** 20;

export const coldStart: BenchCase = {
  title: "Cold process",
  async run({ quick, cpu }) {
    const runs: (ColdStart & { processMs: number })[] = [];
    // One more than counted: the first reads the files from disk.
    for (let i = 0; i <= (quick ? 5 : 15); i++) {
      const begun = performance.now();
      const run = await runPinned<ColdStart>("cold-start", cpu);
      if (i > 0) runs.push({ ...run, processMs: performance.now() - begun });
    }
    const { median: value, p10, p90 } = summarize(runs.map((run) => run.totalMs));
    const part = (name: keyof (typeof runs)[number]): string => median(runs.map((run) => run[name])).toFixed(0);
    const parts =
      `import ${part("importMs")} + model ${part("modelMs")} + picture ${part("pictureMs")} + explain ` +
      `${part("explainMs")}; whole process ${part("processMs")} ms`;
    const detail = `[${p10.toFixed(0)}–${p90.toFixed(0)}] ${parts}`;
    const rss = median(runs.map((run) => run.peakRss)) / MIB;
    return [
      { name: "total", value, unit: "ms", detail },
      { name: "peak RSS", value: rss, unit: "MiB", detail: `${runs.length} processes` },
    ];
  },
};
