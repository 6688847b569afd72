/** --model with a name: the file of the cache, or a download that somebody has agreed to. */
import { existsSync } from "node:fs";
import { GradCamError } from "../errors.ts";
import { findEntry, isRemote, type RemoteEntry } from "../registry/index.ts";
import { pullWithProgress } from "./download-progress.ts";
import { bytes } from "./terminal/table.ts";
import type { Terminal } from "./terminal/terminal.ts";

export interface DownloadFlags {
  readonly yes?: boolean;
  readonly offline?: boolean;
}

/** A path for the name of a model that can be downloaded; everything else as it is. Throws what pull throws. */
export async function namedModel(source: string, flags: DownloadFlags, terminal: Terminal): Promise<string> {
  if (existsSync(source)) return source;
  const entry = findEntry(source);
  if (!entry || !isRemote(entry)) return source;
  const [{ cachedFile, cachedOrFetched }, { cacheFolder }] = await Promise.all([
    import("../node/cache/pull.ts"),
    import("../node/cache/folder.ts"),
  ]);
  const { yes = false, offline = false } = flags;
  const cache = cacheFolder(terminal.io.env);
  const fetchIt = (): Promise<string> => pullWithProgress(entry, {}, terminal);
  if (yes && !offline) return cachedOrFetched(entry, fetchIt, cache);
  const cached = await cachedFile(entry, cache);
  if (cached !== undefined) return cached;
  if (offline || !(await agreed(entry, terminal))) throw notThere(entry, offline);
  return fetchIt();
}

async function agreed(entry: RemoteEntry, terminal: Terminal): Promise<boolean> {
  const { ask } = terminal.io;
  if (!ask || !terminal.isInteractive) return false;
  const answer = await ask(
    `${entry.title} is not in the cache. Download ${sizeText(entry)} (${entry.licence})? [y/N] `,
  );
  return /^\s*y(es)?\s*$/i.test(answer);
}

/** "527.8 MiB", or "about 98 MiB" where nobody has measured the file. */
const sizeText = (entry: RemoteEntry): string =>
  entry.bytes === undefined ? `about ${bytes(4 * entry.parameters)}` : bytes(entry.bytes);

const notThere = (entry: RemoteEntry, isOffline: boolean): GradCamError =>
  new GradCamError("E_MODEL_NOT_FOUND", {
    where: `--model ${entry.name}`,
    expected: "a file of this name, or a download in the cache",
    got: isOffline ? "neither, and --offline" : "neither",
    hint: `gradcam pull ${entry.name}${isOffline ? " while online" : " or --yes"} downloads ${sizeText(entry)} (${entry.licence})`,
  });
