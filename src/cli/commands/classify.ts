/** gradcam classify: what does the network see? */
import type { Command } from "commander";
import { predictionLines } from "../describe-explanation.ts";
import { numberFlag } from "../flags.ts";
import { addModelFlags, type ModelFlags, withModel } from "../open-model.ts";
import { forEachPicture } from "../pictures.ts";
import type { Terminal } from "../terminal.ts";

interface ClassifyFlags extends ModelFlags {
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
  const command = program
    .command("classify")
    .description("Say what the network sees in pictures.")
    .argument("<image...>", 'picture files, or "-" for stdin')
    .addOption(numberFlag("-n, --top <count>", "how many classes", [1, MAX_TOP], true).default(DEFAULT_TOP))
    .option("--json", "print predictions as JSON Lines")
    .addHelpText("after", EXAMPLES);
  addModelFlags(command).action((pictures: string[], flags: ClassifyFlags) =>
    classifyPictures(pictures, flags, terminal),
  );
}

async function classifyPictures(names: readonly string[], flags: ClassifyFlags, terminal: Terminal): Promise<void> {
  const { classify } = await import("../../node.ts");
  await withModel(flags, terminal, (model) =>
    forEachPicture(names, terminal, async ({ name, upright }) => {
      const predictions = await classify(model, upright, { top: flags.top, signal: terminal.io.signal });
      if (flags.json) {
        terminal.print(JSON.stringify({ image: name, predictions }));
      } else {
        terminal.print(terminal.style.bold(name));
        for (const line of predictionLines(predictions, terminal)) terminal.print(line);
      }
    }),
  );
}
