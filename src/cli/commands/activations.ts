/** gradcam activations: what do the channels of a layer answer to a picture? Also the way to features for other programs. */
import type { Command } from "commander";
import type { ColormapName } from "../../image/colormap.ts";
import { channelsFlag } from "../channel-list.ts";
import { choiceFlag, repeatedFlag } from "../flags.ts";
import { addModelFlags, type ModelFlags } from "../open-model.ts";
import { addPictures } from "../picture-flags.ts";
import type { Terminal } from "../terminal/terminal.ts";

export interface ActivationsFlags extends ModelFlags {
  readonly layer?: readonly string[];
  readonly channels?: readonly number[];
  readonly sort: "channel" | "activation";
  readonly scale: "channel" | "layer";
  readonly colormap?: ColormapName;
  readonly output?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
A figure shows one picture and one layer: a tile for each channel, dead ones (0 everywhere) gray and crossed out.
Numbers are written where the output ends in .npy (one layer, [pictures, …]) or .npz (any layers under their names, and
"pictures"): features for training something else, numpy.load reads them.

Examples:
  gradcam activations cat.jpg --layer _relu_stem
  gradcam activations cat.jpg -l _blocks.10 --sort activation -o cat.svg
  gradcam activations 'photos/*.jpg' --layer _avg_pooling --output features.npy
  gradcam activations photos/ -l _blocks.4 -l _blocks.10 -o features.npz`;

export function addActivations(program: Command, terminal: Terminal): void {
  const command = addPictures(program.command("activations"))
    .description("Show what the channels of a layer answer to a picture, or export the numbers.")
    .addOption(repeatedFlag("-l, --layer <name>", "the layer; several for .npz (default: auto, that of explain)"))
    .addOption(channelsFlag("which of its channels are shown (default: all)"))
    .addOption(choiceFlag("--sort <by>", "order of the tiles", ["channel", "activation"]).default("channel"))
    .addOption(
      choiceFlag("--scale <by>", "whose largest value is the last colour", ["channel", "layer"]).default("channel"),
    )
    .option("--colormap <name>", "colours of the tiles (default: viridis)")
    .option("-o, --output <file>", "the figure, .npy or .npz (default: gradcam-output/<picture>.<layer>.png)")
    .option("-f, --force", "overwrite an existing file")
    .option("--json", "print each channel's smallest, mean and largest value, one line for a picture and layer")
    .addHelpText("after", EXAMPLES);
  addModelFlags(command).action(async (pictures: string[], flags: ActivationsFlags) => {
    await (await import("../activations.ts")).showActivations(pictures, flags, terminal);
  });
}
