/** gradcam filters: what do the filters of a layer look for? */
import type { Command } from "commander";
import { channelsFlag } from "../channel-list.ts";
import { choiceFlag, numberFlag } from "../flags.ts";
import { addModelFlags, type ModelFlags } from "../open-model.ts";
import type { Terminal } from "../terminal/terminal.ts";

export interface FiltersFlags extends ModelFlags {
  readonly layer: string;
  readonly channels?: readonly number[];
  readonly recipe: "chollet-1" | "chollet-2" | "natural";
  readonly steps?: number;
  readonly size?: number;
  readonly jitter?: number;
  readonly totalVariation?: number;
  readonly seed?: number;
  readonly output?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Written out: help is shown without the engine. */
const RECIPES = ["chollet-1", "chollet-2", "natural"];
const MAX_STEPS = 10_000;
const MAX_JITTER = 256;
const SIZES = [8, 2048] as const;

const EXAMPLES = `
For every channel a picture is made, by gradient ascent from noise, that the channel answers as strongly as possible. chollet-1
and chollet-2 are the recipes of the first and the second edition of "Deep Learning with Python", natural shifts and smooths the
picture between steps. The same seed gives the same pictures. The figure's notes say the mean answer to the noise and to the picture.

Examples:
  gradcam filters --layer _blocks.7
  gradcam filters -l _blocks.7 -c 3,7,40-43 --recipe natural -o filters.png
  gradcam filters --layer _blocks.2 --size 448 --channels 0-3
  gradcam filters -m vgg16.h5 -l block3_conv1 -c 0-63 --recipe chollet-1`;

export function addFilters(program: Command, terminal: Terminal): void {
  const command = program
    .command("filters")
    .description("Show what the filters of a layer look for.")
    .requiredOption("-l, --layer <name>", "the layer; see gradcam layers")
    .addOption(channelsFlag("which of its channels (default: 0-15)"))
    .addOption(choiceFlag("--recipe <name>", "how pictures are made", RECIPES).default("chollet-2"))
    .addOption(numberFlag("--steps <n>", "steps of the ascent (default: the recipe's)", [1, MAX_STEPS], true))
    .addOption(numberFlag("--size <pixels>", "side of the pictures that are made (default: the model's)", SIZES, true))
    .addOption(numberFlag("--jitter <pixels>", "random shifts before each step", [0, MAX_JITTER], true))
    .addOption(numberFlag("--total-variation <share>", "smoothing at each step, 0 to 1", [0, 1]))
    .addOption(numberFlag("--seed <n>", "of the noise (default: 0)", [0, Number.MAX_SAFE_INTEGER], true))
    .option("-o, --output <file>", "the figure: .png, .svg, .webp, … (default: gradcam-output/filters.<layer>.png)")
    .option("-f, --force", "overwrite an existing file")
    .option("--json", "print the channels' answers as one JSON object")
    .addHelpText("after", EXAMPLES);
  addModelFlags(command).action(async (flags: FiltersFlags) => {
    await (await import("../filters.ts")).showFilters(flags, terminal);
  });
}
