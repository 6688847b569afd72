/** A registry entry's file into a draft, and the proof that it is the right one. */
import { GradCamError } from "../errors.ts";
import type { RemoteEntry } from "../registry/index.ts";
import { onMirror, shown } from "./address.ts";
import { checkNumbers } from "./check-options.ts";
import type { Digests, Draft, Send } from "./draft.ts";
import { transfer, type TransferOptions } from "./transfer.ts";

/** How far a download is. */
export interface PullProgress {
  readonly stage: "download";
  readonly done: number;
  /** As the server says; before that and without that as the registry says, or four bytes for each parameter. */
  readonly total: number;
  readonly unit: "bytes";
}

/** How a download behaves. */
export interface PullOptions {
  readonly signal?: AbortSignal;
  /** Called while bytes come and while they are verified. */
  readonly onProgress?: (progress: PullProgress) => void;
  /** Never opens a connection: what is not in the cache is E_MODEL_NOT_FOUND. */
  readonly offline?: boolean;
  /** Permits http: for the mirror and in redirections. */
  readonly allowHttp?: boolean;
  /** An address below which the files lie as they do on their own server; in Node, default: GRADCAM_MIRROR. */
  readonly mirror?: string;
  /** The folder that keeps downloads, in Node; default: GRADCAM_CACHE, or the platform's place for caches. */
  readonly cache?: string;
  /** No file may be larger; default: its size in the registry, or half as much again as its parameters need. */
  readonly maxBytes?: number;
  /** Milliseconds in which at least 1 KiB per second has to come; default 30,000. */
  readonly patience?: number;
  /** How often a broken connection is taken up again without any gain; default 5. */
  readonly retries?: number;
  /** Milliseconds before the second attempt, doubled before each further one up to a minute; default 500. */
  readonly pause?: number;
}

const BYTES_PER_PARAMETER = 4;
/** Names, attributes and unused parts of a file. */
const ROOM = 2 ** 24;

/** How large the file is, or about how large. */
export const sizeOf = (entry: RemoteEntry): number => entry.bytes ?? entry.parameters * BYTES_PER_PARAMETER;

const maxBytesOf = (entry: RemoteEntry, { maxBytes }: PullOptions): number =>
  maxBytes ?? entry.bytes ?? 1.5 * sizeOf(entry) + ROOM;

/**
 * Afterwards the draft holds the file whose digests are returned. A file that is not the right one is thrown away; if it was put
 * together from several answers, it is fetched once more as a whole. Throws E_HTTP, E_INTEGRITY, E_OPTION, E_URL_SCHEME, AbortError.
 */
export async function download<D extends Digests>(
  entry: RemoteEntry,
  draft: Draft<D>,
  send: Send,
  options: PullOptions,
): Promise<D> {
  const { signal, onProgress, allowHttp = false, mirror, patience = 30_000, retries = 5, pause = 500 } = options;
  const maxBytes = maxBytesOf(entry, options);
  checkNumbers({ patience, retries, pause, maxBytes });
  const url = onMirror(entry.url, mirror, allowHttp);
  const order: TransferOptions = {
    ...{ url, send, signal, patience, retries, pause },
    bytes: entry.bytes,
    maxBytes,
    onProgress: (done, total = sizeOf(entry)) => {
      onProgress?.({ stage: "download", done, total: Math.max(done, total), unit: "bytes" });
    },
  };
  for (let again = true; ; again = false) {
    const isJoined = await transfer(draft, order);
    const digests = await draft.digests();
    const wrong = difference(entry, draft.size, digests, shown(url));
    if (!wrong) return digests;
    await draft.restart(undefined);
    if (!isJoined || !again) throw wrong;
  }
}

/** What is wrong with a file that should be the entry's: E_INTEGRITY, or nothing. */
export function difference(
  entry: RemoteEntry,
  bytes: number,
  digests: Digests,
  where: string,
): GradCamError | undefined {
  const mismatch = (expected: string, got: string): GradCamError =>
    new GradCamError("E_INTEGRITY", {
      where,
      expected,
      got,
      hint: "nothing of it is kept: try again, or another mirror",
    });
  if (entry.bytes !== undefined && entry.bytes !== bytes) return mismatch(`${entry.bytes} bytes`, `${bytes} bytes`);
  if (entry.md5 !== undefined && entry.md5 !== digests.md5) return mismatch(`MD5 ${entry.md5}`, `MD5 ${digests.md5}`);
  if (entry.sha256 !== undefined && digests.sha256 !== undefined && entry.sha256 !== digests.sha256) {
    return mismatch(`SHA-256 ${entry.sha256}`, `SHA-256 ${digests.sha256}`);
  }
  return undefined;
}
