/** gradcam explain: where in the picture is what the network saw. */
import type { Command } from "commander";
import type { Sign } from "../../cam/normalize.ts";
import type { Compat, Smoothing } from "../../explanation.ts";
import type { Fusion } from "../../fuse.ts";
import type { ColormapName } from "../../image/colormap.ts";
import type { MethodName } from "../../methods.ts";
import type { ScoreKind } from "../../target.ts";
import { delivery } from "../explain/delivery.ts";
import { choiceFlag, methodsFlag, namesFlag, numberFlag, repeatedFlag } from "../flags.ts";
import { addModelFlags, type ModelFlags, withModel } from "../open-model.ts";
import { comparedResults, measuresOf, namedMetrics } from "../metrics/measured-explanations.ts";
import { splitSettings } from "../metrics/metric-settings.ts";
import { DEFAULT_FOLDER } from "../files/output-folder.ts";
import { findPictures } from "../files/picture-files.ts";
import { addJobs, addPictures, type PictureFlags } from "../picture-flags.ts";
import { forEachPicture, type Work } from "../files/pictures.ts";
import { printable } from "../terminal/printable.ts";
import { questionsOf } from "../explain/questions.ts";
import { reportFile } from "../explain/report-file.ts";
import type { Terminal } from "../terminal/terminal.ts";

export interface ExplainFlags extends ModelFlags, PictureFlags {
  readonly method?: readonly MethodName[];
  readonly set?: readonly string[];
  readonly target?: readonly string[];
  readonly layer?: readonly string[];
  readonly fuse?: Fusion;
  readonly score?: ScoreKind;
  readonly sign?: Sign;
  readonly smooth?: Smoothing;
  readonly compat?: Compat;
  readonly metrics?: string;
  readonly seed?: number;
  readonly colormap?: ColormapName;
  readonly alpha?: number;
  readonly contours?: boolean;
  readonly boxes?: boolean;
  readonly mask?: boolean;
  readonly output?: string;
  readonly report?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** Written out: help is shown without the engine. */
const RECIPES: readonly Compat[] = ["chollet", "pytorch-grad-cam", "torchcam", "keras-io"];
const FUSIONS: readonly Fusion[] = ["mean", "max", "product"];
const SCORES: readonly ScoreKind[] = ["logit", "probability", "rest"];
const SIGNS: readonly Sign[] = ["positive", "negative", "signed"];
const SMOOTHINGS: readonly Smoothing[] = ["aug", "eigen"];

const EXAMPLES = `
Writes <picture>.<method>.<class>.png (the map over the picture) and .map.png (the map alone: white is 1; with
--sign signed gray is 0) for every target, method and layer, all from one forward pass where methods need
no more. --output is a folder, a file, or a pattern of {folder} {name} {method} {layer} {target} {index} with the
extension of a format; "-" writes one picture to stdout. --json prints one explanation per line,
--csv one row; with these and with --report such pictures are written only when --output is given.

Examples:
  gradcam explain cat.jpg
  gradcam explain both.jpg -t "Egyptian cat" -t espresso
  gradcam explain both.jpg -t "espresso vs Egyptian cat" --sign signed
  gradcam explain cat.jpg -M layer-cam -l _blocks.4 -l _blocks.10 --fuse mean
  gradcam explain cat.jpg --method grad-cam,score-cam --set max-n=64
  gradcam explain cat.jpg --contours --boxes --mask
  gradcam explain photos/ --output 'maps/{target}/{name}.jpg'
  gradcam explain 'photos/**/*.jpg' --json > maps.jsonl
  gradcam explain photos/ --method grad-cam,layer-cam --report photos.html
  gradcam explain cat.jpg --metrics deletion --set steps=28 --report cat.html
  gradcam explain elephants.jpg --model vgg16.h5 --compat chollet
  curl -s https://example.org/cat.jpg | gradcam explain - --json > cat.jsonl`;

export function addExplain(program: Command, terminal: Terminal): void {
  const command = addPictures(program.command("explain"))
    .description("Show where in a picture the network sees what it says.")
    .addOption(
      namesFlag("-t, --target <class>", 'class name, wnid, index or top-N, or "A vs B" (default: top-1); repeatable'),
    )
    .addOption(methodsFlag("-M, --method <names>", "how maps are made (default: grad-cam), commas between several"))
    .addOption(
      repeatedFlag("--set <name=value>", "an option of a method, see gradcam methods, or of a metric; repeatable"),
    )
    .addOption(
      namesFlag("-l, --layer <name>", "layer whose map is shown, see gradcam layers (default: auto); repeatable"),
    )
    .addOption(choiceFlag("--fuse <how>", "one map of several layers", FUSIONS))
    .addOption(choiceFlag("--score <kind>", "what is differentiated", SCORES))
    .addOption(choiceFlag("--sign <which>", "evidence for the class, against it, or both in two colours", SIGNS))
    .addOption(choiceFlag("--smooth <how>", "mean over flips and brightnesses, or first component", SMOOTHINGS))
    .addOption(choiceFlag("--compat <recipe>", "reproduce an article's or a package's recipe", RECIPES))
    .option("--metrics <names>", "measure how faithful maps are, beside random ones: deletion,insertion,…")
    .addOption(numberFlag("--seed <n>", "of everything random (default: 0)", [0, Number.MAX_SAFE_INTEGER], true))
    .option("--colormap <name>", "colours of the map (default: turbo; with --compat the recipe's)")
    .addOption(numberFlag("--alpha <number>", "strength of the colours, 0 to 1", [0, 1]))
    .option("--contours", "draw a line around the hotter half of the map")
    .option("--boxes", "draw rectangles around it, with the share of the map that is in each")
    .option("--mask", "also write <picture>.<method>.<class>.mask.png: only what the map marks, the rest dark")
    .option("-o, --output <folder>", `where pictures are written (default: ${DEFAULT_FOLDER})`)
    .option("--report <file>", "write one HTML page about all pictures, which works offline")
    .option("-f, --force", "overwrite existing files")
    .option("--json", "print explanations as JSON Lines")
    .option("--csv", "print a table of targets, scores and boxes as comma-separated values")
    .addHelpText("after", EXAMPLES);
  addModelFlags(addJobs(command)).action((pictures: string[], flags: ExplainFlags) =>
    explainPictures(pictures, flags, terminal),
  );
}

async function explainPictures(words: readonly string[], flags: ExplainFlags, terminal: Terminal): Promise<void> {
  const metrics = await namedMetrics(flags);
  const { ofMethods, ofMetrics } = await splitSettings(flags.set ?? [], metrics);
  const questions = await questionsOf(flags, ofMethods);
  const measures = metrics.length > 0 ? measuresOf(metrics, ofMetrics, flags) : undefined;
  const pictures = await findPictures(words, terminal);
  const deliver = await delivery(pictures.names, flags, terminal);
  const report = await reportFile(flags, pictures.names);
  const { explainMany } = await import("../../node.ts");
  // Keras' load_img leaves pictures as they are stored.
  const stored = flags.compat === "chollet" || flags.compat === "keras-io";
  await withModel(flags, terminal, async (model) => {
    // Results that are kept say which model they are of.
    if (report || flags.json || flags.csv) await model.sha256();
    const work: Work = async (picture, conduct) => {
      const image = stored ? await picture.asStored() : picture.upright;
      const explanations = await explainMany(model, image, { ...questions, ...conduct });
      const measured = measures && (await comparedResults(model, image, explanations, measures, conduct));
      return async () => {
        await deliver(picture, explanations, model, measured);
        await report?.add(picture, explanations, measured);
      };
    };
    await forEachPicture(pictures, terminal, work, { verb: "explaining", jobs: flags.jobs });
  });
  const written = await report?.write();
  if (written === undefined || flags.json || flags.csv) return;
  if (terminal.quiet) terminal.printData(written);
  else terminal.print(`wrote ${printable(written)}`);
}
