/** What a name means: a file of that name, a model of the cache, or a download if that was asked for. */
import { existsSync } from "node:fs";
import type { PullOptions } from "../../download/download.ts";
import { findEntry, isRemote } from "../../registry/index.ts";

export interface LocateOptions extends Pick<PullOptions, "signal" | "onProgress"> {
  readonly download?: boolean;
}

/** A path for the name of a registry entry; anything else, and names whose files are not there, as they are. Throws what pull does. */
export async function locate(location: string | URL, options: LocateOptions): Promise<string | URL> {
  if (typeof location !== "string" || existsSync(location)) return location;
  const entry = findEntry(location);
  if (!entry || !isRemote(entry)) return location;
  const { cachedFile, cachedOrFetched, pullEntry } = await import("./pull.ts");
  if (options.download) return cachedOrFetched(entry, () => pullEntry(entry, options));
  return (await cachedFile(entry)) ?? location;
}
