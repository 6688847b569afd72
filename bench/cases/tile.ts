/** The register tile of each build, as a share of what this CPU can do with 128-bit fused multiply-adds. */
import { compileTile } from "../peak.ts";
import { runPinned } from "../pinned.ts";
import type { TileRates } from "../processes/tile.ts";
import { median, summarize } from "../statistics.ts";
import { atLeast, type BenchCase, type Line } from "./bench-case.ts";

const BARS = { relaxed: atLeast(0.85), simd: atLeast(0.6) } as const;

export const tile: BenchCase = {
  title: "Register tile",
  async run({ cpu }) {
    for (const build of ["relaxed", "simd"] as const) compileTile(build);
    const rates = await runPinned<TileRates>("tile", cpu);
    const peak = summarize(rates.peak);
    const lines = (["relaxed", "simd"] as const).map((build): Line => {
      const { median: value, p10, p90 } = summarize(rates[build].map((rate, round) => rate / rates.peak[round]!));
      return {
        what: `register tile / 128-bit FMA peak, ${build} build`,
        value,
        unit: "",
        bar: BARS[build],
        detail: `${median(rates[build]).toFixed(1)} of ${peak.median.toFixed(1)} GFLOP/s; by round ${p10.toFixed(2)}–${p90.toFixed(2)}`,
      };
    });
    return { lines, data: { ...rates } };
  },
};
