/** gradcam convert: any model that can be read as one portable file. */
import type { Command } from "commander";
import { FITS, type Fit } from "../../image/geometry.ts";
import { PRESET_NAMES, type PresetName } from "../../image/presets.ts";
import { choiceFlag, sizeFlag } from "../flags.ts";
import { readLabels } from "../open-model.ts";
import { bytes, percent } from "../terminal/table.ts";
import { printable } from "../terminal/printable.ts";
import type { Terminal } from "../terminal/terminal.ts";

interface ConvertFlags {
  readonly weights?: "f32" | "f16" | "int8";
  readonly architecture?: string;
  readonly inputShape?: readonly [height: number, width: number];
  readonly preprocess?: PresetName;
  readonly fit?: Fit;
  readonly labels?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
The file that comes out is safetensors with the network in its header: it needs no HDF5, and loads 2 to 9 times as fast in f32.
f32 keeps every number; f16 and int8 (one scale per output channel) round kernels and take a half and a quarter of the room.

Examples:
  gradcam convert vgg16.h5 vgg16.safetensors
  gradcam convert vgg16.h5 vgg16-small.safetensors --weights int8
  gradcam convert weights.safetensors mine.safetensors --architecture resnet18 --labels names.txt`;

export function addConvert(program: Command, terminal: Terminal): void {
  program
    .command("convert")
    .description("Write a model as one portable file: graph, weights, preprocessing and labels.")
    .argument("<model>", "a model file")
    .argument("<output>", "the file to write, .safetensors")
    .addOption(choiceFlag("--weights <type>", "how kernels are written (default: f32)", ["f32", "f16", "int8"]))
    .option("--architecture <name>", "what bare weights belong to: a name or a Keras model.json (default: recognised)")
    .addOption(sizeFlag("--input-shape <h>x<w>", "input of a file that leaves its size open, such as 224x224"))
    .addOption(choiceFlag("--preprocess <preset>", "how pixels become numbers", PRESET_NAMES))
    .addOption(choiceFlag("--fit <how>", "how a picture meets the input size", FITS))
    .option("--labels <file>", "class names: a JSON list, or one name per line")
    .option("-f, --force", "replace an existing file")
    .option("--json", "print what was written as one JSON object")
    .addHelpText("after", EXAMPLES)
    .action((model: string, output: string, flags: ConvertFlags) => convert(model, output, flags, terminal));
}

async function convert(model: string, output: string, flags: ConvertFlags, terminal: Terminal): Promise<void> {
  const { weights, architecture, inputShape, preprocess, fit, labels, force = false, json } = flags;
  const { convertModel } = await import("../../node.ts");
  const written = await convertModel(model, output, {
    ...(weights && { weights }),
    ...(architecture !== undefined && { architecture }),
    ...(inputShape && { inputShape }),
    ...(preprocess && { preprocess }),
    ...(fit && { fit }),
    ...(labels !== undefined && { labels: await readLabels(labels) }),
    overwrite: force,
    signal: terminal.io.signal,
    onBytes: (done, total) => terminal.progress(`writing ${output}: ${percent(done / total)} of ${bytes(total)}`),
  });
  terminal.progress("");
  if (json) terminal.printJson(written);
  else terminal.print(`${printable(output)}: ${written.name}, ${written.weights} weights, ${bytes(written.bytes)}`);
}
