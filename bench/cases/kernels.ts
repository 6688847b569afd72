/** Single operators, forward and backward, in both builds. No promises: this is where to look when a network is slow. */
import { runPinned } from "../pinned.ts";
import type { KernelRate } from "../processes/kernels.ts";
import type { Value } from "../record.ts";
import type { BenchCase } from "./bench-case.ts";

export const kernels: BenchCase = {
  title: "Kernels",
  async run({ cpu }) {
    const rates = await runPinned<KernelRate[]>("kernels", cpu);
    return rates.map(({ kernel, build, of, median, p10, p90, gflops }): Value => ({
      name: `${kernel}: ${of}, ${build}`,
      value: gflops,
      unit: "GFLOP/s",
      detail: `${median.toFixed(3)} ms [${p10.toFixed(3)}–${p90.toFixed(3)}]`,
    }));
  },
};
