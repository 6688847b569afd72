/** Prints the profile of one piece of work: argv[2] holds its ProfileSettings. The clock stands around every operator. */
import { setFlagsFromString } from "node:v8";
import { explain, type HostTensor, type Model } from "gradcam-wasm";
import type { Observer, OperatorCall } from "../../src/graph/execute.ts";
import type { OperatorTime, Profile, ProfileSettings } from "../layers/profile.ts";
import { entrants } from "../contenders/entrants.ts";
import { rooflineOf } from "../layers/roofline.ts";
import { type NetworkName, networks } from "../networks/index.ts";
import { openModel, readInput } from "../networks/open.ts";
import { loadPeak } from "../peak.ts";
import { median, spread, sum, summarize } from "../statistics.ts";

/** Compilers have tiered up and the last runs agree. */
const WARM = { least: 10, most: 40, window: 5, spread: 0.03 };

const settings = JSON.parse(process.argv[2]!) as ProfileSettings;
if (process.versions.v8.startsWith("11.")) setFlagsFromString("--experimental-wasm-relaxed-simd");

/** Of the run that is being made, in order. */
let calls: { call: OperatorCall; ms: number }[] = [];
const observe: Observer = (call, run) => {
  const begun = performance.now();
  run();
  calls.push({ call, ms: performance.now() - begun });
};

const { options } = entrants[settings.entrant];

async function open(): Promise<{ model: Model; input: HostTensor }> {
  const network = await networks[settings.network as NetworkName]();
  const model = await openModel(network, { ...options, threads: settings.threads, observe });
  return { model, input: { data: await readInput(network), shape: network.shape } };
}

function workOn(model: Model, input: HostTensor): () => Promise<unknown> {
  const inputs = model.inputs.map(({ name }) => name);
  const works = {
    forward: () => model.run(input),
    "grad-cam": () => explain(model, input),
    "input-gradient": () => model.gradients(input, { of: "top-1", wrt: inputs }),
  };
  return works[settings.work];
}

const { model, input } = await open();
const work = workOn(model, input);

async function run(): Promise<{ total: number; operators: typeof calls }> {
  calls = [];
  const begun = performance.now();
  await work();
  return { total: performance.now() - begun, operators: calls };
}

const warm: number[] = [];
while (warm.length < WARM.least || (warm.length < WARM.most && spread(warm, WARM.window) > WARM.spread)) {
  warm.push((await run()).total);
}
const peak = loadPeak();
for (let i = 0; i < WARM.least; i++) peak();
const [runs, peaks] = [[await run()], [peak()]];
while (runs.length < settings.runs) {
  runs.push(await run());
  peaks.push(peak());
}

const operators = runs[0]!.operators.map(({ call }, i): OperatorTime => {
  const ms = summarize(runs.map((one) => one.operators[i]!.ms));
  return { ...rooflineOf(call), pass: call.targets ? "backward" : "forward", ms };
});
const { build, fma, threads, turbo } = model.engine;
const profile: Profile = {
  settings,
  engine: { build, fma, threads, turbo, node: process.versions.node },
  peak: median(peaks),
  total: summarize(runs.map(({ total }) => total)),
  outside: summarize(runs.map((one) => one.total - sum(one.operators.map(({ ms }) => ms)))),
  operators,
};
process.stdout.write(JSON.stringify(profile));
