/** The register tile of each build, as a share of what this CPU can do with 128-bit fused multiply-adds. */
import { compileTile } from "../peak.ts";
import { runPinned } from "../pinned.ts";
import type { TileRates } from "../processes/tile.ts";
import type { Value } from "../record.ts";
import { median, summarize } from "../statistics.ts";
import type { BenchCase } from "./bench-case.ts";

const BUILDS = ["relaxed", "simd"] as const;

export const tile: BenchCase = {
  title: "Register tile / 128-bit FMA peak",
  async run({ cpu }) {
    for (const build of BUILDS) compileTile(build);
    const rates = await runPinned<TileRates>("tile", cpu);
    const peak = median(rates.peak);
    return BUILDS.map((build): Value => {
      const { median: value, p10, p90 } = summarize(rates[build].map((rate, round) => rate / rates.peak[round]!));
      const detail = `${median(rates[build]).toFixed(1)} of ${peak.toFixed(1)} GFLOP/s; by round ${p10.toFixed(2)}–${p90.toFixed(2)}`;
      return { name: build, value, unit: "", detail };
    });
  },
};
