/** Files of the cache: found quickly, or read in full to know that they are what they should be. */
import { createHash } from "node:crypto";
import { lstat, rm } from "node:fs/promises";
import { difference } from "../../download/download.ts";
import { GradCamError } from "../../errors.ts";
import type { RemoteEntry } from "../../registry/index.ts";
import { cacheFailure } from "./failures.ts";
import { openOwn } from "./own-file.ts";
import type { Places } from "./places.ts";
import { type CacheRecord, readRecord, writeNote } from "./record.ts";

const PIECE = 2 ** 20;

/**
 * The record of a whole file; undefined where there is none. A file that has changed since it was verified is verified again.
 * Throws E_INTEGRITY for a file that is not what it should be, E_IO.
 */
export async function findCached(
  places: Places,
  entry: RemoteEntry,
  signal?: AbortSignal,
): Promise<CacheRecord | undefined> {
  const stat = await lstat(places.file).catch(() => undefined);
  if (!stat) return undefined;
  const record = await readRecord(places.record);
  const isUnchanged = stat.isFile() && record?.bytes === stat.size && record.modified === stat.mtimeMs;
  if (isUnchanged && !difference(entry, record.bytes, record, places.file)) return record;
  return verifyCached(places, entry, signal);
}

/** Reads the whole file. Throws E_INTEGRITY, E_IO, AbortError. */
export async function verifyCached(places: Places, entry: RemoteEntry, signal?: AbortSignal): Promise<CacheRecord> {
  const found = await measure(places.file, signal);
  const before = await readRecord(places.record);
  const wrong = difference(entry, found.bytes, found, places.file) ?? changed(places.file, entry, before, found);
  if (wrong) throw withRemedy(wrong, entry);
  const record = { url: entry.url, ...found, verified: new Date().toISOString() };
  // A cache that is only read has its use too.
  await writeNote(places.record, record).catch(() => undefined);
  return record;
}

/** Where Keras publishes no checksum, the one of the first download is what a file is held to. */
function changed(where: string, entry: RemoteEntry, before: CacheRecord | undefined, now: { sha256: string }) {
  if (entry.md5 !== undefined || before === undefined || before.sha256 === now.sha256) return undefined;
  return new GradCamError("E_INTEGRITY", { where, expected: `SHA-256 ${before.sha256}`, got: `SHA-256 ${now.sha256}` });
}

const withRemedy = ({ where, expected, got }: GradCamError, { name }: RemoteEntry): GradCamError =>
  new GradCamError("E_INTEGRITY", {
    where,
    ...(expected !== undefined && { expected }),
    ...(got !== undefined && { got }),
    hint: `the file is damaged: gradcam pull ${name}, or pull("${name}"), replaces it`,
  });

async function measure(path: string, signal: AbortSignal | undefined) {
  try {
    const file = await openOwn(path, "read");
    try {
      const hashes = [createHash("md5"), createHash("sha256")] as const;
      const piece = new Uint8Array(PIECE);
      const { mtimeMs: modified } = await file.stat();
      let bytes = 0;
      for (;;) {
        signal?.throwIfAborted();
        const { bytesRead } = await file.read(piece, 0, PIECE, bytes);
        if (bytesRead === 0) break;
        for (const hash of hashes) hash.update(piece.subarray(0, bytesRead));
        bytes += bytesRead;
      }
      return { bytes, md5: hashes[0].digest("hex"), sha256: hashes[1].digest("hex"), modified };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw cacheFailure(path, error);
  }
}

/** Removes everything of one model; the lock must be held, or not be there. */
export async function removeCached(places: Places): Promise<void> {
  try {
    for (const path of [places.file, places.record, places.partial, places.version]) {
      await rm(path, { force: true, recursive: true });
    }
  } catch (error) {
    throw cacheFailure(places.folder, error);
  }
}
