/** gradcam pull: official weights from their server into the cache. */
import type { Command } from "commander";
import type { PullOptions } from "../../download/download.ts";
import { requireEntry, requireRemote } from "../../registry/index.ts";
import { pullWithProgress } from "../download-progress.ts";
import type { Terminal } from "../terminal/terminal.ts";

interface PullFlags {
  readonly mirror?: string;
  readonly allowHttp?: boolean;
  readonly offline?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  gradcam pull vgg16
  gradcam pull resnet50 mobilenet-v2
  gradcam pull vgg16 && gradcam explain cat.jpg --model vgg16
  GRADCAM_MIRROR=https://mirror.example/keras gradcam pull vgg16

Interrupted downloads go on where they stopped. The cache is a folder: GRADCAM_CACHE, or the
system's place for caches; gradcam cache ls shows it.`;

export function addPull(program: Command, terminal: Terminal): void {
  program
    .command("pull <name...>")
    .description("Download the official weights of models, verified, and print where they are.")
    .option("--mirror <url>", "where the files lie instead (default: GRADCAM_MIRROR)")
    .option("--allow-http", "permit http: for mirrors and redirections")
    .option("--offline", "never open a connection: only look into the cache")
    .option("--json", "print { name, path } per model, one JSON object per line")
    .addHelpText("after", EXAMPLES)
    .action(async (names: string[], { json = false, ...flags }: PullFlags) => {
      const options: PullOptions = flags;
      // All names first: a typing error in the last one should not cost a download.
      for (const entry of names.map(requireEntry).map(requireRemote)) {
        const path = await pullWithProgress(entry, options, terminal);
        if (json) terminal.printJson({ name: entry.name, path });
        else terminal.printData(path);
      }
    });
}
