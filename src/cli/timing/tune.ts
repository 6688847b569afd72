/** gradcam bench --tune: both algorithms of every 3×3 convolution, measured where they run, and a file of the faster ones. */
import { GradCamError } from "../../errors.ts";
import type { Algorithm } from "../../graph/tuning.ts";
import type { Model } from "../../model.ts";
import type { Build } from "../../wasm/instantiate.ts";
import type { BenchFlags } from "../commands/bench.ts";
import { inputOf } from "./input-pattern.ts";
import { measure } from "./measure.ts";
import { withModel } from "../open-model.ts";
import { printable } from "../terminal/printable.ts";
import { Stopwatch } from "./stopwatch.ts";
import { table } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { readTuning, refuseExisting, writeTuning } from "./tuning-file.ts";

const DEFAULT_FILE = "gradcam-tuning.json";
/** Winograd rounds more and takes four times the memory: it has to be faster by more than the noise. */
const LEAST_GAIN = 0.95;

/** Milliseconds of all layers of one shape together. */
interface Times {
  readonly forward: number;
  readonly backward: number;
}

interface Row extends Readonly<Record<Algorithm, Times>> {
  readonly shape: string;
  readonly layers: number;
  /** Forward. */
  readonly faster: Algorithm;
}

/** Throws E_OPTION, E_EXISTS, E_IO and what loadModel throws. */
export async function tune(flags: BenchFlags, terminal: Terminal): Promise<void> {
  const { output: file = DEFAULT_FILE, exact = false, weights, force = false, tuning } = flags;
  if (exact || (weights ?? "f32") !== "f32") {
    const got = exact ? "--exact" : `--weights ${weights ?? ""}`;
    throw new GradCamError("E_OPTION", { where: "--tune", expected: "a model that has a choice of algorithms", got });
  }
  if (!force) await refuseExisting(file);
  const before = tuning === undefined ? undefined : await readTuning(tuning);
  const { build, rows } = await measureShapes(flags, terminal);
  const chosen = Object.fromEntries(rows.map(({ shape, faster }) => [shape, faster]));
  const builds = { ...before?.builds, [build]: { ...before?.builds[build], ...chosen } };
  await writeTuning(file, { version: 1, builds }, force);
  if (flags.json) terminal.printJson({ file, build, shapes: rows });
  else printRows(rows, file, terminal);
}

/** Two models, one of each algorithm, in turns. */
async function measureShapes(flags: BenchFlags, terminal: Terminal): Promise<{ build: Build; rows: Row[] }> {
  const watches = { direct: new Stopwatch(), winograd: new Stopwatch() };
  // The first run is made to learn the shapes: which algorithm it takes does not matter.
  const scout = new Stopwatch();
  const look = async (model: Model): Promise<Build> => (await model.run(inputOf(model)), model.engine.build);
  const build = await withModel(flags, terminal, look, { observe: scout.observe });
  const shapes = [...scout.shapes];
  const withAll = <T>(algorithm: Algorithm, work: (model: Model) => Promise<T>): Promise<T> =>
    withModel(flags, terminal, work, {
      tuning: { version: 1, builds: { [build]: Object.fromEntries(shapes.map(([shape]) => [shape, algorithm])) } },
      observe: watches[algorithm].observe,
    });
  if (shapes.length > 0) {
    await withAll("direct", (direct) =>
      withAll("winograd", (winograd) =>
        measure({ direct: gradientOf(direct), winograd: gradientOf(winograd) }, flags.runs, terminal),
      ),
    );
  }
  return { build, rows: shapes.map(([shape, layers]) => rowOf(shape, layers.length, watches, flags.runs)) };
}

/** Forward, and backward to the input: through every convolution but those before which there is none. */
function gradientOf(model: Model): () => Promise<unknown> {
  const input = inputOf(model);
  return () => model.gradients(input, { of: "top-1", wrt: [model.inputs[0]!.name] });
}

function rowOf(shape: string, layers: number, watches: Readonly<Record<Algorithm, Stopwatch>>, runs: number): Row {
  const of = (algorithm: Algorithm): Times => ({
    forward: watches[algorithm].ms(shape, "forward", runs),
    backward: watches[algorithm].ms(shape, "backward", runs),
  });
  const [direct, winograd] = [of("direct"), of("winograd")];
  const faster = winograd.forward < direct.forward * LEAST_GAIN ? "winograd" : "direct";
  return { shape, layers, direct, winograd, faster };
}

function printRows(rows: readonly Row[], file: string, terminal: Terminal): void {
  if (rows.length === 0) {
    terminal.print(
      `no 3×3 convolution with strides of 1, nothing to choose; ${printable(file)} holds what was known before`,
    );
    return;
  }
  const heading = ["outputs, channels", "layers", "direct", "winograd", "direct dx", "winograd dx", "faster"];
  const lines = rows.map(({ shape, layers, direct, winograd, faster }) => [
    ...[shape, String(layers)],
    ...[direct.forward, winograd.forward, direct.backward, winograd.backward].map((ms) => ms.toFixed(2)),
    faster,
  ]);
  const align = ["left", "right", "right", "right", "right", "right"] as const;
  const [head, ...body] = table([heading, ...lines], align);
  terminal.print(terminal.style.bold(head!));
  for (const line of body) terminal.print(line);
  terminal.print();
  terminal.print(`milliseconds, all layers of a shape together; written to ${printable(file)}: use it with --tuning`);
}
