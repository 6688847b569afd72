/** What the cache holds, for `gradcam cache` and `gradcam models`. */
import { lstat } from "node:fs/promises";
import { isRemote, listModels, type RemoteEntry } from "../../registry/index.ts";
import { removeCached } from "./cached.ts";
import { takeLock } from "./lock.ts";
import { type Places, placesOf } from "./places.ts";
import { type CacheRecord, readRecord } from "./record.ts";

export interface CachedModel {
  readonly entry: RemoteEntry;
  readonly places: Places;
  /** Size of the whole file, or of what has arrived of it. */
  readonly bytes: number;
  readonly isPartial: boolean;
  /** Undefined for partial files, and for files whose record is lost. */
  readonly record: CacheRecord | undefined;
}

/** Models of which there is a file or a part, in the order of the registry. Files are not read. */
export async function contentsOf(folder: string): Promise<CachedModel[]> {
  const found: CachedModel[] = [];
  for (const entry of listModels().filter(isRemote)) {
    const places = placesOf(folder, entry);
    const whole = await lstat(places.file).catch(() => undefined);
    const stat = whole ?? (await lstat(places.partial).catch(() => undefined));
    if (!stat) continue;
    const record = whole && (await readRecord(places.record));
    found.push({ entry, places, bytes: stat.size, isPartial: !whole, record });
  }
  return found;
}

/** Removes a model's file, or the part of it, once nobody downloads it any more. Throws E_IO, AbortError. */
export async function removeModel({ places }: CachedModel, signal: AbortSignal): Promise<void> {
  const lock = await takeLock(places.lock, signal);
  try {
    await removeCached(places);
  } finally {
    await lock.release();
  }
}
