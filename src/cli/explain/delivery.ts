/** What becomes of explanations: pictures in a folder and a text, JSON Lines, a table, or one picture on stdout. */
import { GradCamError } from "../../errors.ts";
import type { Explanation } from "../../explanation.ts";
import type { Model } from "../../model.ts";
import type { ExplainFlags } from "../commands/explain.ts";
import { describeExplanation, type Written } from "./describe-explanation.ts";
import { explanationPictures, overlayOf } from "./explanation-pictures.ts";
import type { ComparedResult } from "../metrics/measured-explanations.ts";
import { OutputFolder } from "../files/output-folder.ts";
import { checkDistinct, type OutputPattern, outputPattern } from "../files/output-pattern.ts";
import { STDIN } from "../files/picture-files.ts";
import type { Picture } from "../files/pictures.ts";
import { multiplicityOf } from "./questions.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Layers are named where there are several. */
const usualStem = ({ layer, fuse }: ExplainFlags): string =>
  layer !== undefined && layer.length > 1 && fuse === undefined
    ? "{name}.{method}.{layer}.{target}"
    : "{name}.{method}.{target}";

/** "--output -". */
const STDOUT = STDIN;

export type Delivery = (
  picture: Picture,
  explanations: readonly Explanation[],
  model: Model,
  /** What was measured of each of them. */
  measured?: readonly (readonly ComparedResult[])[],
) => Promise<void>;

/** Writes the pictures of an explanation. */
type Write = (picture: Picture, explanation: Explanation, model: Model) => Promise<Written>;

/** The delivery that the flags mean. Throws E_OPTION before any work when they contradict each other. */
export async function delivery(names: readonly string[], flags: ExplainFlags, terminal: Terminal): Promise<Delivery> {
  if (flags.colormap !== undefined) (await import("../../image/colormap.ts")).colorTable(flags.colormap);
  if (flags.output === STDOUT) return overlayToStdout(names, flags, terminal);
  if (flags.csv && flags.json) {
    throw new GradCamError("E_OPTION", { where: "--csv", expected: "--csv or --json, not both", got: "both" });
  }
  const pattern = outputPattern(flags.output, usualStem(flags));
  // JSON, tables and reports are results of their own: pictures beside them only where a folder is named.
  const alone = flags.json === true || flags.csv === true || flags.report !== undefined;
  const written = !alone || flags.output !== undefined || flags.mask === true;
  if (written) checkDistinct(pattern, names, multiplicityOf(flags));
  const folder = new OutputFolder(pattern.folder, flags.force ?? false, names);
  const write = written ? writerTo(folder, pattern, flags) : undefined;
  if (flags.csv) return asCsv(write, terminal);
  return flags.json ? asJson(write, flags, terminal) : asText(write, flags, terminal);
}

const writerTo =
  (folder: OutputFolder, pattern: OutputPattern, flags: ExplainFlags): Write =>
  async (picture, explanation, model) => {
    const pictures = await explanationPictures(picture, explanation, model, pattern, flags);
    const files: string[] = [];
    for (const { name, image } of pictures) files.push(await folder.write(name, image));
    return { files, overlay: pictures[0]!.image };
  };

function overlayToStdout(names: readonly string[], flags: ExplainFlags, { io }: Terminal): Delivery {
  const answers = Object.values(multiplicityOf(flags)).reduce((product, count) => product * count, 1);
  if (names.length > 1 || answers > 1 || flags.json || flags.csv || flags.mask) {
    throw new GradCamError("E_OPTION", {
      where: "--output -",
      expected: "one picture, one target, method and layer, and neither --json nor --csv nor --mask",
      got: flags.json
        ? "--json"
        : flags.csv
          ? "--csv"
          : flags.mask
            ? "--mask"
            : `${names.length} pictures with ${answers} maps each`,
      hint: "name a folder",
    });
  }
  return async (picture, [explanation]) => {
    const { toPng } = await import("../../image/png.ts");
    io.stdout.write(await toPng(await overlayOf(picture, explanation!, flags)));
  };
}

/** One line per explanation; the names of files only where some were asked for. */
const asJson =
  (write: Write | undefined, flags: ExplainFlags, terminal: Terminal): Delivery =>
  async (picture, explanations, model, measured) => {
    const { explanationToJson } = await import("../../report/json.ts");
    for (const [index, explanation] of explanations.entries()) {
      const files = (await write?.(picture, explanation, model))?.files;
      const result = explanationToJson(explanation);
      const about = { ...result.model, ...(flags.model !== undefined && { source: flags.model }) };
      const seen = { ...result.picture, sha256: picture.sha256() };
      const metrics = measured && { metrics: measured[index] };
      const line = { image: picture.name, ...result, model: about, picture: seen, ...metrics, ...(files && { files }) };
      terminal.printJson(line);
    }
  };

/** A row per explanation, below the names of the columns. */
function asCsv(write: Write | undefined, terminal: Terminal): Delivery {
  let begun = false;
  return async (picture, explanations, model) => {
    const { csvHeader, csvRow } = await import("./csv.ts");
    if (!begun) terminal.printData(csvHeader());
    begun = true;
    for (const explanation of explanations) {
      await write?.(picture, explanation, model);
      terminal.printData(csvRow(explanation, picture.name));
    }
  };
}

const asText =
  (write: Write | undefined, flags: ExplainFlags, terminal: Terminal): Delivery =>
  async (picture, explanations, model, measured = []) => {
    for (const [index, explanation] of explanations.entries()) {
      const written = (await write?.(picture, explanation, model)) ?? { files: [] };
      if (terminal.quiet) for (const file of written.files) terminal.printData(file);
      else {
        const facts = { picture, explanation, model, measured: measured[index] ?? [], written, flags };
        await describeExplanation({ ...facts, first: index === 0 }, terminal);
      }
    }
  };
