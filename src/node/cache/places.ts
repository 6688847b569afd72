/** The files that belong to one model of the cache. Names come from the registry, never from a user or a server. */
import { extname, join } from "node:path";
import type { RemoteEntry } from "../../registry/index.ts";

export interface Places {
  readonly folder: string;
  /** Whole and verified, or not there. */
  readonly file: string;
  /** What is known of `file`. */
  readonly record: string;
  /** What has arrived so far, … */
  readonly partial: string;
  /** …and which version of the file on the server it belongs to. */
  readonly version: string;
  /** Held by the process that downloads. */
  readonly lock: string;
}

export function placesOf(folder: string, entry: RemoteEntry): Places {
  const file = join(folder, `${entry.name}${extname(new URL(entry.url).pathname)}`);
  return {
    folder,
    file,
    record: `${file}.json`,
    partial: `${file}.partial`,
    version: `${file}.partial.json`,
    lock: `${file}.lock`,
  };
}
