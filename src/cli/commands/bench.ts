/** gradcam bench: how fast is this model on this machine, and which algorithms suit it? */
import type { Command } from "commander";
import type { Model } from "../../model.ts";
import { numberFlag } from "../flags.ts";
import { measure, type Measurement } from "../timing/measure.ts";
import { inputOf } from "../timing/input-pattern.ts";
import { addModelFlags, engineText, type ModelFlags, withModel } from "../open-model.ts";
import { bytes, table } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

export interface BenchFlags extends ModelFlags {
  readonly runs: number;
  readonly tune?: boolean;
  readonly output?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const DEFAULT_RUNS = 20;
const MAX_RUNS = 10_000;

const EXAMPLES = `
--tune measures the algorithms that a 3×3 convolution can take, for every shape in the model, and writes what was faster.
--tuning uses such a file, also in the other commands: results differ in the last digits. --exact and --weights f16 have
no choice.

Examples:
  gradcam bench
  gradcam bench --model vgg16.h5 --threads 1 --json | jq .work.forward.median
  gradcam bench --model vgg16.h5 --tune --output vgg16.tuning.json
  gradcam bench --model vgg16.h5 --tuning vgg16.tuning.json`;

export function addBench(program: Command, terminal: Terminal): void {
  const command = program
    .command("bench")
    .description("Measure forward and Grad-CAM of a model on this machine.")
    .addOption(numberFlag("-r, --runs <count>", "how often each is run", [1, MAX_RUNS], true).default(DEFAULT_RUNS))
    .option("--tune", "measure algorithms instead, and write the faster ones to a file")
    .option("-o, --output <file>", "the file of --tune (default: gradcam-tuning.json)")
    .option("--force", "replace that file if it exists")
    .option("--json", "print the measurements as one JSON object")
    .addHelpText("after", EXAMPLES);
  addModelFlags(command).action(async (flags: BenchFlags) => {
    if (flags.tune) await (await import("../timing/tune.ts")).tune(flags, terminal);
    else await withModel(flags, terminal, (model) => benchModel(model, flags, terminal));
  });
}

type Work = Readonly<Record<string, () => Promise<unknown>>>;

async function benchModel(model: Model, flags: BenchFlags, terminal: Terminal): Promise<void> {
  const { explain } = await import("../../node.ts");
  const input = inputOf(model);
  const work: Work = {
    forward: () => model.run(input),
    ...(model.defaultLayer !== undefined && { "grad-cam": () => explain(model, input) }),
  };
  const results = await measure(work, flags.runs, terminal);
  const flop = 2 * model.layers.reduce((sum, { macs }) => sum + macs, 0);
  if (flags.json) terminal.printJson(factsOf(model, results, flop));
  else printResults(model, results, flop, terminal);
}

type Results = Readonly<Record<string, Measurement>>;

function factsOf(model: Model, results: Results, flop: number): object {
  const { name, format, engine, memoryBytes } = model;
  const { node, v8 } = process.versions;
  const work = Object.fromEntries(Object.entries(results).map(([kind, ms]) => [kind, { unit: "ms", ...ms }]));
  const gflops = flop / results["forward"]!.median / 1e6;
  return { model: name, format, engine, memory: memoryBytes, node, v8, work, forwardGflops: gflops };
}

function printResults(model: Model, results: Results, flop: number, terminal: Terminal): void {
  const ms = (value: number): string => value.toFixed(value < 10 ? 2 : 1);
  const rows = Object.entries(results).map(([kind, { median, p10, p90, runs }]) => [
    ...[kind, ms(median), ms(p10), ms(p90), String(runs)],
    kind === "forward" ? (flop / median / 1e6).toFixed(1) : "",
  ]);
  const heading = ["ms", "median", "p10", "p90", "runs", "GFLOP/s"];
  const [head, ...lines] = table([heading, ...rows], ["left", "right", "right", "right", "right", "right"]);
  const { weights, planned, scratch } = model.engine.bytes;
  terminal.print(terminal.style.bold(head!));
  for (const line of lines) terminal.print(line);
  terminal.print();
  terminal.print(`${model.name}, ${engineText(model)}, Node ${process.versions.node}`);
  terminal.print(`memory: weights ${bytes(weights)}, planned ${bytes(planned)}, working ${bytes(scratch)}`);
}
