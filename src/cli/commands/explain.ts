/** gradcam explain: where in the picture is what the network saw. */
import type { Command } from "commander";
import type { Compat, Explanation } from "../../explanation.ts";
import type { ColormapName } from "../../image/colormap.ts";
import type { Model } from "../../model.ts";
import type { Conduct } from "../../series.ts";
import { delivery } from "../delivery.ts";
import { choiceFlag, numberFlag, repeatedFlag } from "../flags.ts";
import { addModelFlags, type ModelFlags, withModel } from "../open-model.ts";
import { DEFAULT_FOLDER } from "../output-folder.ts";
import { findPictures } from "../picture-files.ts";
import { addJobs, addPictures, type PictureFlags } from "../picture-flags.ts";
import { forEachPicture, type Picture } from "../pictures.ts";
import type { Terminal } from "../terminal.ts";

export interface ExplainFlags extends ModelFlags, PictureFlags {
  readonly method?: string;
  readonly target?: readonly string[];
  readonly layer?: string;
  readonly score?: "logit" | "probability";
  readonly sign?: "positive" | "negative";
  readonly compat?: Compat;
  readonly colormap?: ColormapName;
  readonly alpha?: number;
  readonly output?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Written out: help is shown without the engine. */
const RECIPES: readonly Compat[] = ["chollet", "pytorch-grad-cam", "torchcam", "keras-io"];

const EXAMPLES = `
Writes <picture>.<method>.<class>.png (the map over the picture) and .map.png (the map alone, white = 1)
into the output folder. With --json it prints one explanation per line and target, and writes pictures
only when --output is given. "-" reads a picture from the pipe; --output - writes the overlay to stdout.

Examples:
  gradcam explain cat.jpg
  gradcam explain both.jpg --target "Egyptian cat" --target espresso
  gradcam explain cat.jpg --model vgg16.h5 --layer block4_conv3 --colormap viridis
  gradcam explain elephants.jpg --model vgg16.h5 --compat chollet
  curl -s https://example.org/cat.jpg | gradcam explain - --json | jq .predictions`;

export function addExplain(program: Command, terminal: Terminal): void {
  const command = addPictures(program.command("explain"))
    .description("Show where in a picture the network sees what it says.")
    .option("--method <name>", "how the map is made (default: grad-cam)")
    .addOption(
      repeatedFlag("-t, --target <class>", "class name, wnid, index or top-N; may be repeated (default: top-1)"),
    )
    .option("-l, --layer <name>", "layer whose map is shown; see gradcam layers (default: auto)")
    .addOption(choiceFlag("--score <kind>", "what is differentiated", ["logit", "probability"]))
    .addOption(choiceFlag("--sign <which>", "evidence for or against the class", ["positive", "negative"]))
    .addOption(choiceFlag("--compat <recipe>", "reproduce an article's or a package's recipe", RECIPES))
    .option("--colormap <name>", "colours of the map (default: turbo; with --compat the recipe's)")
    .addOption(numberFlag("--alpha <number>", "strength of the colours, 0 to 1", [0, 1]))
    .option("-o, --output <folder>", `where pictures are written (default: ${DEFAULT_FOLDER})`)
    .option("-f, --force", "overwrite existing files")
    .option("--json", "print explanations as JSON Lines")
    .addHelpText("after", EXAMPLES);
  addModelFlags(addJobs(command)).action((pictures: string[], flags: ExplainFlags) =>
    explainPictures(pictures, flags, terminal),
  );
}

async function explainPictures(words: readonly string[], flags: ExplainFlags, terminal: Terminal): Promise<void> {
  const pictures = await findPictures(words, terminal);
  const deliver = await delivery(pictures.names, flags, terminal);
  const settings = { verb: "explaining", jobs: flags.jobs };
  await withModel(flags, terminal, (model) =>
    forEachPicture(
      pictures,
      terminal,
      async (picture, conduct) => {
        const explanations = await explanationsOf(model, picture, flags, conduct);
        return () => deliver(picture, explanations, model);
      },
      settings,
    ),
  );
}

/** One explanation per target, all from one forward pass. Names of methods, targets and layers are checked there. */
async function explanationsOf(
  model: Model,
  picture: Picture,
  { method, target, layer, score, sign, compat }: ExplainFlags,
  { signal, onProgress }: Conduct,
): Promise<Explanation[]> {
  const { explainMany } = await import("../../node.ts");
  // Keras' load_img leaves pictures as they are stored.
  const asStored = compat === "chollet" || compat === "keras-io";
  return explainMany(model, asStored ? await picture.asStored() : picture.upright, {
    ...(method !== undefined && { methods: [method as Explanation["method"]] }),
    ...(target && { targets: target }),
    ...(layer !== undefined && { layers: [layer] }),
    ...(score && { score }),
    ...(sign && { sign }),
    ...(compat && { compat }),
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
}
