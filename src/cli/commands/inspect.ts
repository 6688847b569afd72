/** gradcam inspect: the facts about a model. */
import type { Command } from "commander";
import { GradCamError } from "../../errors.ts";
import type { Preprocess } from "../../image/preprocess.ts";
import type { Model } from "../../model.ts";
import { addModelFlags, engineText, type ModelFlags, withModel } from "../open-model.ts";
import { printable } from "../terminal/printable.ts";
import { bytes, count, shapeText } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

interface InspectFlags extends ModelFlags {
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  gradcam inspect
  gradcam inspect vgg16.h5 --weights f16
  gradcam inspect --json | jq .preprocess`;

export function addInspect(program: Command, terminal: Terminal): void {
  const command = program
    .command("inspect")
    .description("Show what a model is: format, inputs, preprocessing, size, cost and the engine it runs on.")
    .argument("[file]", "the model, as with --model")
    .option("--json", "print the facts as one JSON object")
    .addHelpText("after", EXAMPLES);
  addModelFlags(command).action((file: string | undefined, flags: InspectFlags) =>
    inspect({ ...flags, ...(file !== undefined && { model: file }) }, terminal),
  );
}

async function inspect(flags: InspectFlags, terminal: Terminal): Promise<void> {
  try {
    await withModel(flags, terminal, (model) => {
      if (flags.json) terminal.printJson(factsOf(model));
      else
        for (const [name, text] of linesOf(model)) terminal.print(`${terminal.style.dim(name.padEnd(13))} ${text}`, 14);
    });
  } catch (error) {
    // What is not supported is a fact too.
    if (flags.json && error instanceof GradCamError) terminal.printJson(problemOf(flags.model, error));
    throw error;
  }
}

const problemOf = (file: string | undefined, { code, where, expected, got, hint }: GradCamError): object => ({
  file,
  supported: false,
  problem: { code, where, expected, got, hint },
});

const LONGEST_REMARK = 160;

/** A file's own words, without what a terminal would obey. */
const shortened = (text: string): string =>
  printable(text.length > LONGEST_REMARK ? `${text.slice(0, LONGEST_REMARK)}…` : text);

const totalOf = ({ layers }: Model, key: "parameters" | "macs"): number =>
  layers.reduce((sum, layer) => sum + layer[key], 0);

function factsOf(model: Model): object {
  const { name, format, inputs, outputs, preprocess, labels, classes, layers, defaultLayer, engine, origin } = model;
  return {
    name,
    format,
    supported: true,
    origin,
    inputs,
    outputs,
    preprocess,
    classes,
    labels: labels?.length ?? 0,
    layers: layers.length,
    defaultLayer,
    parameters: totalOf(model, "parameters"),
    macs: totalOf(model, "macs"),
    memory: { linear: model.memoryBytes, ...engine.bytes },
    engine,
  };
}

function linesOf(model: Model): [string, string][] {
  const { name, format, inputs, outputs, labels, classes, layers, defaultLayer, engine, origin } = model;
  const tensors = (list: Model["inputs"]): string =>
    list.map((tensor) => `${tensor.name} ${shapeText(tensor.shape)} ${tensor.layout}`).join(", ");
  const { weights, planned, scratch } = engine.bytes;
  return [
    ["model", `${name}, ${format}`],
    ...Object.entries(origin.metadata).map(([key, text]): [string, string] => [
      "file says",
      shortened(`${key}: ${text}`),
    ]),
    ["inputs", tensors(inputs)],
    ["outputs", tensors(outputs)],
    ["preprocessing", `${preprocessText(model.preprocess)} (${origin.preprocess})`],
    ["classes", `${classes}${labels ? `, ${labels[0]!.name} … ${labels.at(-1)!.name}` : ", no labels"}`],
    ["layers", `${layers.length}; the default for maps is ${defaultLayer ?? "none"}`],
    ["parameters", count(totalOf(model, "parameters"))],
    ["MACs", `${count(totalOf(model, "macs"))} for one picture`],
    ["memory", `weights ${bytes(weights)}, planned ${bytes(planned)}, working ${bytes(scratch)}`],
    ["engine", engineText(model)],
  ];
}

/** The steps in order: "squash to 224×224, bicubic, rgb, (x·1 − [127,127,127]) / [128,128,128]". */
export function preprocessText(preprocess: Preprocess): string {
  const { size, fit, shortSide, resize, antialias, channels, scale, mean, std } = preprocess;
  const geometry = `${fit} to ${size[1]}×${size[0]}${shortSide === undefined ? "" : ` (short side ${shortSide} first)`}`;
  const values = `(x·${Number(scale.toPrecision(6))} − [${mean.join(", ")}]) / [${std.join(", ")}]`;
  return `${geometry}, ${resize}${antialias ? " antialiased" : ""}, ${channels}, ${values}`;
}
