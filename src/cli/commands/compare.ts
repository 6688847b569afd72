/** gradcam compare: what do several methods say about one picture? */
import type { Command } from "commander";
import type { ColormapName } from "../../image/colormap.ts";
import { choiceFlag, numberFlag } from "../flags.ts";
import { addModelFlags, type ModelFlags } from "../open-model.ts";
import type { Terminal } from "../terminal/terminal.ts";

export interface CompareFlags extends ModelFlags {
  readonly methods: string;
  readonly target?: string;
  readonly layer?: string;
  readonly sign?: "positive" | "negative" | "signed";
  readonly full?: boolean;
  readonly seed?: number;
  readonly grid?: string;
  readonly columns?: number;
  readonly colormap?: ColormapName;
  readonly alpha?: number;
  readonly force?: boolean;
  readonly json?: boolean;
}

const DEFAULT_METHODS = "grad-cam,grad-cam++,hirescam,layer-cam,eigen-cam,ablation-cam";

const EXAMPLES = `
Every panel shows the map over the picture in its own colours, from 0 to its largest value, and the range of its raw numbers: units
differ between methods, so that shapes can be compared and strengths cannot. Methods that are not defined for the model are
listed with the reason. What takes a forward pass for each of many masks is limited, and what limits it is printed; --full lifts
that.

Examples:
  gradcam compare cat.jpg
  gradcam compare both.jpg --methods all --target espresso --grid espresso.png
  gradcam compare cat.jpg --methods hirescam,rise --sign signed --grid cat.svg
  gradcam compare cat.jpg --methods all --json | jq '.undefined'`;

export function addCompare(program: Command, terminal: Terminal): void {
  const command = program
    .command("compare")
    .description("Show what several methods say about one picture, side by side.")
    .argument("<image>", 'a picture file, or "-" for stdin')
    .option("--methods <names>", 'names with commas between them, or "all"', DEFAULT_METHODS)
    .option("-t, --target <class>", "class name, wnid, index or top-N (default: top-1)")
    .option("-l, --layer <name>", "layer of the class-activation maps; see gradcam layers (default: auto)")
    .addOption(choiceFlag("--sign <which>", "evidence for the class, against it, or both", SIGNS))
    .option("--full", "as many masks and samples as the methods take by themselves: minutes")
    .addOption(numberFlag("--seed <n>", "of everything random (default: 0)", [0, Number.MAX_SAFE_INTEGER], true))
    .option(
      "-g, --grid <file>",
      "the figure: .png, .svg, .webp, … (default: gradcam-output/<picture>.compare.<class>.png)",
    )
    .addOption(numberFlag("--columns <n>", "panels side by side", [1, MAX_COLUMNS], true))
    .option("--colormap <name>", "colours of the maps (default: turbo; bwr with --sign signed)")
    .addOption(numberFlag("--alpha <number>", "strength of the colours, 0 to 1", [0, 1]))
    .option("-f, --force", "overwrite an existing file")
    .option("--json", "print what was found as one JSON object; a figure is written only with --grid")
    .addHelpText("after", EXAMPLES);
  addModelFlags(command).action(async (picture: string, flags: CompareFlags) => {
    await (await import("../compare.ts")).compare(picture, flags, terminal);
  });
}

const SIGNS = ["positive", "negative", "signed"];
const MAX_COLUMNS = 100;
