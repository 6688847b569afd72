/** What becomes of explanations: pictures in a folder and a text, JSON Lines, or one picture on stdout. */
import { GradCamError } from "../errors.ts";
import type { Explanation } from "../explanation.ts";
import type { Model } from "../model.ts";
import type { ExplainFlags } from "./commands/explain.ts";
import { describeExplanation } from "./describe-explanation.ts";
import { explanationPictures } from "./explanation-pictures.ts";
import { OutputFolder } from "./output-folder.ts";
import { type Picture, STDIN } from "./pictures.ts";
import type { Terminal } from "./terminal.ts";

export const DEFAULT_FOLDER = "gradcam-output";

/** "--output -". */
const STDOUT = STDIN;

export type Delivery = (picture: Picture, explanations: readonly Explanation[], model: Model) => Promise<void>;

/** Writes the pictures of an explanation and returns their paths. */
type Write = (picture: Picture, explanation: Explanation, model: Model) => Promise<string[]>;

/** The delivery that the flags mean. Throws E_OPTION before any work when they contradict each other. */
export async function delivery(names: readonly string[], flags: ExplainFlags, terminal: Terminal): Promise<Delivery> {
  if (flags.colormap !== undefined) (await import("../image/colormap.ts")).colorTable(flags.colormap);
  if (flags.output === STDOUT) return overlayToStdout(names, flags, terminal);
  const write = writerTo(new OutputFolder(flags.output ?? DEFAULT_FOLDER, flags.force ?? false), flags);
  if (flags.json) return asJson(flags.output === undefined ? undefined : write, terminal);
  return asText(write, flags, terminal);
}

const writerTo =
  (folder: OutputFolder, flags: ExplainFlags): Write =>
  async (picture, explanation, model) => {
    const paths: string[] = [];
    for (const { name, image } of await explanationPictures(picture, explanation, model, flags)) {
      paths.push(await folder.write(name, image));
    }
    return paths;
  };

function overlayToStdout(names: readonly string[], flags: ExplainFlags, { io }: Terminal): Delivery {
  const targets = flags.target?.length ?? 1;
  if (names.length > 1 || targets > 1 || flags.json) {
    throw new GradCamError("E_OPTION", {
      where: "--output -",
      expected: "one picture, one target and no --json",
      got: flags.json ? "--json" : `${names.length} pictures and ${targets} targets`,
      hint: "name a folder",
    });
  }
  return async (picture, [explanation], model) => {
    const { toPng } = await import("../image/png.ts");
    const [overlay] = await explanationPictures(picture, explanation!, model, flags);
    io.stdout.write(await toPng(overlay!.image));
  };
}

/** One line per explanation; the names of files only where some were asked for. */
const asJson =
  (write: Write | undefined, terminal: Terminal): Delivery =>
  async (picture, explanations, model) => {
    const { explanationToJson } = await import("../report/json.ts");
    for (const explanation of explanations) {
      const files = await write?.(picture, explanation, model);
      terminal.print(
        JSON.stringify({ image: picture.name, ...explanationToJson(explanation), ...(files && { files }) }),
      );
    }
  };

const asText =
  (write: Write, flags: ExplainFlags, terminal: Terminal): Delivery =>
  async (picture, explanations, model) => {
    for (const [index, explanation] of explanations.entries()) {
      const files = await write(picture, explanation, model);
      if (terminal.quiet) for (const file of files) terminal.print(file);
      else await describeExplanation({ picture, explanation, model, files, flags, first: index === 0 }, terminal);
    }
  };
