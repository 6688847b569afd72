/** Prints the speed of single operators in both builds, forward and backward: shapes of VGG16 and MobileNetV2. */
import { setFlagsFromString } from "node:v8";
import { Bench } from "tinybench";
import type { Padding, Pair } from "../../src/shape.ts";
import { type Build, createEngine } from "../../src/wasm/instantiate.ts";
import { type OperatorCase, prepareOperator } from "../operator-bench.ts";

export interface KernelRate {
  readonly kernel: string;
  readonly build: Build;
  readonly of: string;
  /** Milliseconds. */
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
  /** At the median. */
  readonly gflops: number;
}

/** Half of an odd window on either side; with a stride of 2 one less before, as Keras does. */
function window(side: number, stride: 1 | 2): { strides: Pair; dilations: Pair; padding: Padding } {
  const after = (side - 1) >> 1;
  const before = Math.max(0, after - (stride - 1));
  return { strides: [stride, stride], dilations: [1, 1], padding: [before, after, before, after] };
}

const conv = (side: number, inC: number, outC: number, k: number): OperatorCase => ({
  name: `conv ${k}×${k}, ${side}×${side}, ${inC} → ${outC}`,
  op: "conv2d",
  x: [1, side, side, inC],
  w: [k, k, inC, outC],
  attrs: { ...window(k, 1), groups: 1 },
});

const depthwise = (side: number, channels: number, stride: 1 | 2): OperatorCase => ({
  name: `depthwise 3×3 / ${stride}, ${side}×${side}, ${channels}`,
  op: "depthwiseConv2d",
  x: [1, side, side, channels],
  w: [3, 3, channels, 1],
  attrs: window(3, stride),
});

const dense = (inputs: number, outputs: number): OperatorCase => ({
  name: `dense ${inputs} → ${outputs}`,
  op: "dense",
  x: [1, inputs],
  w: [inputs, outputs],
  attrs: {},
});

const CASES: readonly OperatorCase[] = [
  conv(224, 3, 64, 3),
  conv(224, 64, 64, 3),
  conv(56, 256, 256, 3),
  conv(14, 512, 512, 3),
  conv(56, 24, 144, 1),
  conv(14, 96, 576, 1),
  conv(7, 320, 1280, 1),
  depthwise(112, 32, 1),
  depthwise(56, 144, 2),
  depthwise(14, 576, 1),
  dense(4096, 4096),
];

/** The defaults repeat for half a second each; this is enough to tier up and to see tenths. */
const OPTIONS = { warmupIterations: 10, warmupTime: 0, iterations: 30, time: 0, retainSamples: true } as const;

async function measure(build: Build, operator: OperatorCase): Promise<KernelRate[]> {
  const { macs, work, release } = prepareOperator(await createEngine(build), operator);
  const bench = new Bench(OPTIONS);
  for (const [of, run] of Object.entries(work)) bench.add(of, run);
  const tasks = await bench.run();
  release();
  return tasks.map(({ name, result }): KernelRate => {
    if (result.state !== "completed") throw new Error(`${operator.name}, ${name}: ${result.state}`);
    const { p50 } = result.latency;
    const sorted = result.latency.samples ?? [];
    const tenth = (n: number): number => sorted[Math.floor((n / 10) * (sorted.length - 1))] ?? p50;
    const rate = { median: p50, p10: tenth(1), p90: tenth(9), gflops: (2 * macs) / p50 / 1e6 };
    return { kernel: operator.name, build, of: name, ...rate };
  });
}

if (process.versions.v8.startsWith("11.")) setFlagsFromString("--experimental-wasm-relaxed-simd");

const rates: KernelRate[] = [];
for (const operator of CASES) {
  for (const build of ["relaxed", "simd"] as const) rates.push(...(await measure(build, operator)));
}
process.stdout.write(JSON.stringify(rates));
