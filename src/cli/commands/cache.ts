/** gradcam cache: what was downloaded, whether it is still right, and how to be rid of it. */
import type { Command } from "commander";
import { GradCamError } from "../../errors.ts";
import type { CachedModel } from "../../node/cache/contents.ts";
import { requireEntry } from "../../registry/index.ts";
import { bytes, table } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

const EXAMPLES = `
Examples:
  gradcam cache ls
  gradcam cache verify
  gradcam cache rm vgg16
  gradcam cache rm --all`;

export function addCache(program: Command, terminal: Terminal): void {
  const cache = program
    .command("cache")
    .description("Show, verify or remove downloaded models.")
    .addHelpText("after", EXAMPLES);
  cache
    .command("ls")
    .description("List what the cache holds, parts of unfinished downloads too.")
    .option("--json", "print { folder, models } as one JSON object")
    .action(async ({ json = false }: { json?: boolean }) => list(json, terminal));
  cache
    .command("verify [name...]")
    .description("Read files in full and compare them with their checksums; exit code 5 if one is damaged.")
    .option("--json", "print { name, path, ok, … } per model, one JSON object per line")
    .action(async (names: string[], { json = false }: { json?: boolean }) => verify(names, json, terminal));
  cache
    .command("rm [name...]")
    .description("Remove files, and parts of unfinished downloads.")
    .option("--all", "everything")
    .action(async (names: string[], { all = false }: { all?: boolean }) => remove(names, all, terminal));
}

async function openCache(terminal: Terminal) {
  const [contents, { cacheFolder }] = await Promise.all([
    import("../../node/cache/contents.ts"),
    import("../../node/cache/folder.ts"),
  ]);
  const folder = cacheFolder(terminal.io.env);
  return { folder, models: await contents.contentsOf(folder), removeModel: contents.removeModel };
}

async function list(json: boolean, terminal: Terminal): Promise<void> {
  const { folder, models } = await openCache(terminal);
  if (json) {
    terminal.printJson({ folder, models: models.map(facts) });
    return;
  }
  const rows = models.map((model) => [model.entry.name, bytes(model.bytes), stateOf(model)]);
  for (const line of table(rows, ["left", "right", "left"])) terminal.print(line);
  const total = models.reduce((sum, model) => sum + model.bytes, 0);
  terminal.note(`${folder}: ${models.length === 0 ? "empty" : bytes(total)}`);
}

const facts = ({ entry, places, bytes, isPartial, record }: CachedModel) => ({
  name: entry.name,
  path: isPartial ? places.partial : places.file,
  bytes,
  partial: isPartial,
  ...(record && { md5: record.md5, sha256: record.sha256, verified: record.verified }),
});

function stateOf({ isPartial, record }: CachedModel): string {
  if (isPartial) return "unfinished";
  return record ? `verified ${record.verified.slice(0, 10)}` : "not verified";
}

async function verify(names: readonly string[], json: boolean, terminal: Terminal): Promise<void> {
  const { models } = await openCache(terminal);
  const { verifyCached } = await import("../../node/cache/cached.ts");
  for (const { entry, places } of chosen(models, names).filter(({ isPartial }) => !isPartial)) {
    try {
      terminal.progress(`reading ${places.file}`);
      const { url: _, ...record } = await verifyCached(places, entry, terminal.io.signal);
      if (json) terminal.printJson({ name: entry.name, path: places.file, ok: true, ...record });
      else terminal.print(`${entry.name}: ok, SHA-256 ${record.sha256}`);
    } catch (error) {
      if (!(error instanceof GradCamError)) throw error;
      if (json) terminal.printJson({ name: entry.name, path: places.file, ok: false, code: error.code });
      terminal.fail(error);
    }
  }
}

async function remove(names: readonly string[], all: boolean, terminal: Terminal): Promise<void> {
  if (all === names.length > 0) {
    const got = all ? "both" : "neither";
    throw new GradCamError("E_OPTION", { where: "cache rm", expected: "names of models, or --all", got });
  }
  const { models, removeModel } = await openCache(terminal);
  for (const model of chosen(models, names)) {
    await removeModel(model, terminal.io.signal);
    terminal.note(`${model.entry.name}: ${bytes(model.bytes)} removed`);
  }
}

/** The models of these names; all of them for no names. Throws E_MODEL_NOT_FOUND. */
function chosen(models: readonly CachedModel[], names: readonly string[]): readonly CachedModel[] {
  if (names.length === 0) return models;
  return names.map((name) => {
    const wanted = requireEntry(name).name;
    const found = models.find(({ entry }) => entry.name === wanted);
    if (found) return found;
    const where = `model "${wanted}"`;
    throw new GradCamError("E_MODEL_NOT_FOUND", { where, expected: "a file in the cache", got: "none" });
  });
}
