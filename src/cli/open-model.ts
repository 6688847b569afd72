/** The flags that say which model to ask and how to run it, and the model they mean. */
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { GradCamError } from "../errors.ts";
import { FITS, type Fit } from "../image/geometry.ts";
import type { Preprocess } from "../image/preprocess.ts";
import { PRESET_NAMES, type PresetName } from "../image/presets.ts";
import type { EngineOptions, LoadOptions } from "../load-model.ts";
import type { Model } from "../model.ts";
import { choiceFlag, numberFlag, sizeFlag } from "./flags.ts";
import { namedModel } from "./named-model.ts";
import { bytes, percent } from "./terminal/table.ts";
import type { Terminal } from "./terminal/terminal.ts";
import { readTuning } from "./timing/tuning-file.ts";

export interface ModelFlags {
  readonly model?: string;
  readonly architecture?: string;
  readonly inputShape?: readonly [height: number, width: number];
  readonly weights?: "f32" | "f16" | "int8";
  readonly preprocess?: PresetName | Preprocess;
  readonly fit?: Fit;
  readonly labels?: string;
  readonly build?: "auto" | "simd" | "relaxed";
  readonly exact?: boolean;
  readonly turbo?: boolean;
  readonly threads?: number;
  readonly tuning?: string;
  readonly offline?: boolean;
  readonly yes?: boolean;
}

export const addModelFlags = (command: Command): Command =>
  command
    .optionsGroup("Model and engine:")
    .option("-m, --model <source>", "a model file, or a name of gradcam models (default: the embedded ImageNet model)")
    .option("-y, --yes", "download the model that --model names without asking, if the cache has none")
    .option("--offline", "never download a model")
    .option("--architecture <name>", "what bare weights belong to: a name or a Keras model.json (default: recognised)")
    .addOption(sizeFlag("--input-shape <h>x<w>", "input of a file that leaves its size open, such as 224x224"))
    .addOption(choiceFlag("--preprocess <preset>", "how pixels become numbers", PRESET_NAMES))
    .addOption(choiceFlag("--fit <how>", "how a picture meets the input size", FITS))
    .option("--labels <file>", "class names: a JSON list, or one name per line")
    .addOption(choiceFlag("--weights <type>", "how weights are held in memory", ["f32", "f16", "int8"]))
    .addOption(choiceFlag("--build <name>", "the build of the core", ["auto", "simd", "relaxed"]))
    .addOption(numberFlag("--threads <n>", "threads of the core (default: one per core, at most 8)", [1, 31], true))
    .option("--tuning <file>", "algorithms that gradcam bench --tune measured")
    .option("--exact", "the build that gives the same bytes on every machine")
    .option("--turbo", "let V8 compute 256 bits at a time, if it helps (experimental; Node 24 and later, x64)")
    .optionsGroup("Options:");

/** Milliseconds between two looks of the line; models that load sooner need none. */
const REDRAW = 100;

/** Runs `work` on the model that the flags and `engine` mean. Throws what loadModel throws, and E_IO for files of flags. */
export async function withModel<T>(
  flags: ModelFlags,
  terminal: Terminal,
  work: (model: Model) => T | Promise<T>,
  engine: EngineOptions = {},
): Promise<T> {
  const model = await openModel(flags, terminal, engine);
  try {
    return await work(model);
  } finally {
    model.dispose();
  }
}

async function openModel(flags: ModelFlags, terminal: Terminal, engine: EngineOptions): Promise<Model> {
  const { architecture, inputShape, weights, preprocess, fit, labels, build, exact, turbo, threads, tuning } = flags;
  const { loadModel } = await import("../node.ts");
  const source = flags.model === undefined ? undefined : await namedModel(flags.model, flags, terminal);
  const begun = performance.now();
  let drawn = begun;
  const options: LoadOptions = {
    ...(architecture !== undefined && { architecture }),
    ...(inputShape && { inputShape }),
    ...(weights && { weights }),
    ...(preprocess && { preprocess }),
    ...(fit && { fit }),
    ...(labels !== undefined && { labels: await readLabels(labels) }),
    engine: {
      ...(build && { build }),
      ...(exact && { exact }),
      ...(turbo && { turbo }),
      ...(threads && { threads }),
      ...(tuning !== undefined && { tuning: await readTuning(tuning) }),
      ...engine,
    },
    signal: terminal.io.signal,
    onProgress: ({ done, total }) => {
      const now = performance.now();
      if (now - drawn < REDRAW) return;
      drawn = now;
      terminal.progress(`loading ${flags.model ?? "the embedded model"}: ${percent(done / total)} of ${bytes(total)}`);
    },
  };
  const model = await loadModel(source, options).catch((error: unknown) => {
    throw withAlternative(error);
  });
  terminal.progress("");
  terminal.log(`${model.name} loaded in ${(performance.now() - begun).toFixed(0)} ms, ${engineText(model)}`);
  return model;
}

/** A file that is no model at all: what can be asked instead. */
function withAlternative(error: unknown): unknown {
  if (!(error instanceof GradCamError) || error.code !== "E_NOT_A_MODEL") return error;
  const { code, where, expected = "a model file", got = "something else" } = error;
  const hint = "give the file with the weights, or none for the embedded ImageNet model";
  return new GradCamError(code, { where, expected, got, hint, cause: error });
}

/** "build relaxed (fused multiply-add), 1 thread". */
export function engineText({ engine }: Model): string {
  const rounding = engine.fma ? "fused multiply-add" : "multiply, then add";
  const note = engine.threadsNote === undefined ? "" : ` (${engine.threadsNote})`;
  return `build ${engine.build} (${rounding}${engine.turbo ? ", turbo" : ""}), ${engine.threads} thread${engine.threads === 1 ? "" : "s"}${note}`;
}

/** A list from a file of flags. Throws E_IO, E_INPUT_VALUE. */
export async function readLabels(path: string): Promise<unknown[]> {
  let text: string;
  try {
    // A decoder leaves out the mark of byte order that Windows writes.
    text = new TextDecoder().decode(await readFile(path));
  } catch (cause) {
    const got = (cause as NodeJS.ErrnoException).code === "ENOENT" ? "no such file" : "a file that cannot be read";
    throw new GradCamError("E_IO", { where: `--labels ${path}`, expected: "a list of class names", got, cause });
  }
  if (!/^\s*\[/.test(text)) return text.split(/\r?\n/).filter((line) => line.trim() !== "");
  try {
    return JSON.parse(text) as unknown[];
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    throw new GradCamError("E_INPUT_VALUE", { where: `--labels ${path}`, expected: "a JSON list", got, cause });
  }
}
