/** gradcam reproduce: does a stored result come out the same, to the bit? */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { GradCamError } from "../../errors.ts";
import type { ExplainOptions } from "../../explanation.ts";
import type { Model } from "../../model.ts";
import type { Conduct } from "../../series.ts";
import { numberFlag } from "../flags.ts";
import { type ModelFlags, withModel } from "../open-model.ts";
import { STDIN } from "../files/picture-files.ts";
import { printable, shownName } from "../terminal/printable.ts";
import { forEachPicture, type Picture, type Work } from "../files/pictures.ts";
import { compareResults, type Difference, type Reproduction } from "../reproduction.ts";
import { type StoredResult, storedResults } from "../stored-result.ts";
import type { Terminal } from "../terminal/terminal.ts";

interface ReproduceFlags extends Pick<ModelFlags, "model" | "architecture" | "threads" | "tuning"> {
  readonly image?: string;
  readonly json?: boolean;
}

const EXAMPLES = `
Takes what gradcam explain --json printed, asks the same question again with the same settings, and compares the raw
map and all scores bit by bit. How many threads there are makes no difference. It ends with exit code 1 when anything
differs, and says what else is not as it was: version, build of the core, model file, picture file.

Examples:
  gradcam explain cat.jpg --json > result.json
  gradcam reproduce result.json
  gradcam reproduce result.json --model ~/vgg16.h5 --image ~/pictures/cat.jpg`;

export function addReproduce(program: Command, terminal: Terminal): void {
  program
    .command("reproduce")
    .description("Check that stored results come out the same, to the bit.")
    .argument("<results>", "a file of results: JSON Lines, one object or a list")
    .option("-m, --model <source>", "where the model is now (default: where it was)")
    .option("--image <file>", "where the picture is now (default: where it was, or beside the results)")
    .option("--architecture <name>", "what bare weights belong to: a name or a Keras model.json (default: recognised)")
    .addOption(numberFlag("--threads <n>", "threads of the core (default: one per core, at most 8)", [1, 31], true))
    .option("--tuning <file>", "the table that the results were made with, where there was one")
    .option("--json", "print one object per result as JSON Lines")
    .addHelpText("after", EXAMPLES)
    .action((path: string, flags: ReproduceFlags) => reproduce(path, flags, terminal));
}

async function reproduce(path: string, flags: ReproduceFlags, terminal: Terminal): Promise<void> {
  const groups = new Map<string, StoredResult[]>();
  for (const result of await storedResults(path)) {
    const key = JSON.stringify(settingsOf(result, flags));
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  let different = 0;
  for (const results of groups.values()) {
    await withModel(settingsOf(results[0]!, flags), terminal, async (model) => {
      await model.sha256();
      for (const result of results) {
        const pictures = { names: [pictureOf(result, path, flags)], failed: 0 };
        const work: Work = async (picture, conduct) => {
          const reproduction = await askAgain(model, picture, result, conduct);
          if (!reproduction.same) different++;
          return () => print(result, picture.name, reproduction, flags, terminal);
        };
        await forEachPicture(pictures, terminal, work, { verb: "explaining again" });
      }
    });
  }
  if (different === 0) return;
  const got = `${different} that ${different === 1 ? "differs" : "differ"}`;
  terminal.fail(new GradCamError("E_NOT_REPRODUCED", { where: path, expected: "the same results to the bit", got }));
}

/** Everything of the model that can change a bit is as it was; what is the user's to say comes from the flags. */
function settingsOf({ model, engine }: StoredResult, flags: ReproduceFlags): ModelFlags {
  const { model: source = model.source, architecture, threads, tuning } = flags;
  return {
    model: source ?? model.name,
    ...(architecture !== undefined && { architecture }),
    ...(threads !== undefined && { threads }),
    ...(tuning !== undefined && { tuning }),
    ...(Array.isArray(model.preprocess.size) && { inputShape: model.preprocess.size }),
    preprocess: model.preprocess,
    weights: engine.weights,
    ...(engine.exact ? { exact: true } : { build: engine.build }),
  };
}

/** Where it was, or beside the results. Throws E_OPTION for a picture that came through a pipe. */
function pictureOf({ image }: StoredResult, path: string, flags: ReproduceFlags): string {
  if (flags.image !== undefined) return flags.image;
  if (image === undefined || image === STDIN) {
    const got = image === undefined ? "a result without the name of its picture" : "a picture that came through a pipe";
    throw new GradCamError("E_OPTION", { where: path, got, hint: "name the picture with --image" });
  }
  const beside = join(dirname(path), image);
  return !existsSync(image) && existsSync(beside) ? beside : image;
}

async function askAgain(
  model: Model,
  picture: Picture,
  stored: StoredResult,
  { signal, onProgress }: Conduct,
): Promise<Reproduction> {
  const { explain } = await import("../../node.ts");
  const { method, layer, target, score, sign, compat, smooth, fuse, seed, parameters } = stored;
  const { index, against } = target;
  const options: ExplainOptions = {
    ...parameters,
    method,
    ...(layer !== "input" && { layer }),
    target: against ? { for: index, against: [...against] } : index,
    score,
    sign,
    seed,
    ...(compat && { compat }),
    ...(smooth && { smooth }),
    ...(fuse && { fuse }),
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  };
  // As explain does: what Keras loads is left as it is stored.
  const asStored = compat === "chollet" || compat === "keras-io";
  const now = await explain(model, asStored ? await picture.asStored() : picture.upright, options);
  return compareResults(stored, now, picture.sha256());
}

function print(
  { method, target, layer, raw }: StoredResult,
  image: string,
  { same, differences, circumstances }: Reproduction,
  flags: ReproduceFlags,
  terminal: Terminal,
): void {
  if (flags.json) {
    const about = { image, method, layer, target: target.label };
    terminal.printJson({ ...about, reproduced: same, differences, circumstances });
    return;
  }
  const question = printable(`${shownName(image)}: ${method} of ${target.label}, ${[layer].flat().join(" + ")}`);
  const verdict = same
    ? `the same to the bit, all ${raw.data.length} values and scores`
    : terminal.style.warn("differs");
  terminal.print(`${terminal.style.bold(question)}: ${verdict}`);
  if (terminal.quiet) return;
  for (const { what, stored, now } of differences) terminal.print(`  ${what}: ${now} instead of ${stored}`);
  for (const circumstance of circumstances) terminal.print(`  ${terminal.style.dim(changed(circumstance))}`);
}

const changed = ({ what, stored, now }: Difference): string => `not as it was: ${what}, ${now} instead of ${stored}`;
