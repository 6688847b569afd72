/** gradcam classify: what does the network see? */
import type { Command } from "commander";
import { predictionLines } from "../explain/describe-explanation.ts";
import { numberFlag } from "../flags.ts";
import { addModelFlags, type ModelFlags, withModel } from "../open-model.ts";
import { addJobs, addPictures, type PictureFlags } from "../picture-flags.ts";
import { forEachPicture, type Work } from "../files/pictures.ts";
import type { Prediction } from "../../target.ts";
import { shownName } from "../terminal/printable.ts";
import { type Provenance, provenanceOf } from "../provenance.ts";
import type { Terminal } from "../terminal/terminal.ts";

interface ClassifyFlags extends ModelFlags, PictureFlags {
  readonly top: number;
  readonly json?: boolean;
}

const DEFAULT_TOP = 5;
/** More classes than any model here has: only guards against a typing error. */
const MAX_TOP = 100_000;

const EXAMPLES = `
With --json it prints one line per picture: { "image": …, "predictions": [{ index, label, probability, logit }] }.

Examples:
  gradcam classify cat.jpg coffee.jpg
  gradcam classify photos/*.jpg --top 1 --json
  cat cat.jpg | gradcam classify -`;

export function addClassify(program: Command, terminal: Terminal): void {
  const command = addPictures(program.command("classify"))
    .description("Say what the network sees in pictures.")
    .addOption(numberFlag("-n, --top <count>", "how many classes", [1, MAX_TOP], true).default(DEFAULT_TOP))
    .option("--json", "print predictions as JSON Lines")
    .addHelpText("after", EXAMPLES);
  addModelFlags(addJobs(command)).action((pictures: string[], flags: ClassifyFlags) =>
    classifyPictures(pictures, flags, terminal),
  );
}

async function classifyPictures(names: readonly string[], flags: ClassifyFlags, terminal: Terminal): Promise<void> {
  const { classify } = await import("../../node.ts");
  await withModel(flags, terminal, async (model) => {
    const origin = flags.json ? await provenanceOf(model) : undefined;
    const work: Work = async ({ name, upright }, { signal }) => {
      const predictions = await classify(model, upright, { top: flags.top, signal });
      return () => print(name, predictions, origin, terminal);
    };
    await forEachPicture(names, terminal, work, { verb: "classifying", jobs: flags.jobs });
  });
}

/** @param origin for a line of JSON; undefined for people */
function print(
  name: string,
  predictions: readonly Prediction[],
  origin: Provenance | undefined,
  terminal: Terminal,
): void {
  if (origin) {
    terminal.printJson({ image: name, predictions, ...origin });
    return;
  }
  terminal.print(terminal.style.bold(shownName(name)));
  for (const line of predictionLines(predictions, terminal)) terminal.print(line);
}
