/** gradcam models: which networks are known by name, and which of them are here. */
import type { Command } from "commander";
import { isRemote, listModels, type RegistryEntry } from "../../registry/index.ts";
import { bytes, count, fittedTable, type Narrowing } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

const EXAMPLES = `
Examples:
  gradcam models
  gradcam pull vgg16
  gradcam models --json | jq -r '.[] | select(.cached) | .name'`;

export function addModels(program: Command, terminal: Terminal): void {
  program
    .command("models")
    .description("List the models that are known by name, and which of them are here.")
    .option("--json", "print the registry, with cached and path, as one JSON list")
    .addHelpText("after", EXAMPLES)
    .action(async ({ json = false }: { json?: boolean }) => {
      const here = await cachedPaths(terminal);
      if (json) terminal.printJson(listModels().map((entry) => ({ ...entry, ...factsOf(entry, here) })));
      else printTable(here, terminal);
    });
}

/** Paths of whole files in the cache, by name. */
async function cachedPaths(terminal: Terminal): Promise<ReadonlyMap<string, string>> {
  const [{ contentsOf }, { cacheFolder }] = await Promise.all([
    import("../../node/cache/contents.ts"),
    import("../../node/cache/folder.ts"),
  ]);
  const contents = await contentsOf(cacheFolder(terminal.io.env));
  return new Map(contents.filter(({ isPartial }) => !isPartial).map(({ entry, places }) => [entry.name, places.file]));
}

function factsOf(entry: RegistryEntry, here: ReadonlyMap<string, string>) {
  const path = here.get(entry.name);
  return { cached: path !== undefined || entry.file !== undefined, ...(path !== undefined && { path }) };
}

/** Licences may end in "…": --json, and the question before a download, say them in full. */
const NARROWING: Narrowing = { shrink: 5, drop: [4, 3, 2] };
const ALIGN = ["left", "left", "right", "right", "right", "left"] as const;

function printTable(here: ReadonlyMap<string, string>, terminal: Terminal): void {
  const heading = ["", "name", "size", "top-1", "parameters", "licence of the weights"];
  const rows = listModels().map((entry) => [
    factsOf(entry, here).cached ? "✓" : "",
    entry.name,
    sizeColumn(entry),
    entry.accuracy ? `${entry.accuracy.top1.toFixed(1)} %` : "",
    count(entry.parameters),
    entry.licence ?? "files of yours only",
  ]);
  const [head, ...lines] = fittedTable([heading, ...rows], ALIGN, terminal.width, NARROWING);
  terminal.print(terminal.style.bold(head!));
  for (const line of lines) terminal.print(line.startsWith("✓") ? terminal.style.accent(line) : line);
  terminal.print();
  terminal.print("✓ here   ~ by its parameters, not measured   top-1: ImageNet, as Keras documents it");
}

function sizeColumn(entry: RegistryEntry): string {
  if (entry.bytes !== undefined) return bytes(entry.bytes);
  return isRemote(entry) ? `~${bytes(4 * entry.parameters)}` : "";
}
