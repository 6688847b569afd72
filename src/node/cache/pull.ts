/** Models by name in Node: from the cache, or from the network into it if that is asked for. */
import { lstat, mkdir, rename, rm, statfs } from "node:fs/promises";
import { download, type PullOptions, sizeOf } from "../../download/download.ts";
import { GradCamError } from "../../errors.ts";
import { type RemoteEntry, requireEntry, requireRemote } from "../../registry/index.ts";
import { findCached, verifyCached } from "./cached.ts";
import { cacheFailure } from "./failures.ts";
import { cacheFolder } from "./folder.ts";
import { takeLock } from "./lock.ts";
import { PartialFile } from "./partial.ts";
import { type Places, placesOf } from "./places.ts";
import { syncFolder, writeNote } from "./record.ts";
import { sender } from "./send.ts";

/** @internal What the command shows besides. */
export interface Watched extends PullOptions {
  /** Another process is downloading the same file. */
  readonly onWait?: () => void;
}

/**
 * The path of a model's whole and verified file. One that is there is read in full and replaced if it is damaged.
 * Throws E_MODEL_NOT_FOUND, E_HTTP, E_INTEGRITY, E_URL_SCHEME, E_IO, AbortError.
 */
export const pullFile = async (name: string, options?: Watched): Promise<string> =>
  pullEntry(requireRemote(requireEntry(name)), options);

/** @internal Any entry, so that tests can have their own. */
export async function pullEntry(entry: RemoteEntry, options: Watched = {}): Promise<string> {
  const places = placesOf(options.cache ?? cacheFolder(), entry);
  const { signal, offline = false } = options;
  if (await isWhole(places, entry, signal, offline)) return places.file;
  if (offline) throw offlineError(entry, places);
  await prepareFolder(places.folder);
  const lock = await takeLock(places.lock, signal, options.onWait).catch((error: unknown) => {
    throw cacheFailure(places.lock, error);
  });
  try {
    // Who held the lock before may have brought it.
    if (await isWhole(places, entry, signal, false)) return places.file;
    await fetchFile(entry, places, options, () => lock.isHeld());
    return places.file;
  } finally {
    await lock.release();
  }
}

/** The path of a model's file in the cache, looked at as far as it has changed; undefined where there is none. Throws E_INTEGRITY, E_IO. */
export async function cachedFile(entry: RemoteEntry, cache = cacheFolder()): Promise<string | undefined> {
  const places = placesOf(cache, entry);
  return (await findCached(places, entry)) && places.file;
}

/** As cachedFile, but what is missing or damaged is fetched. Files that have not changed since they were verified are not read. */
export async function cachedOrFetched(
  entry: RemoteEntry,
  fetchIt: () => Promise<string>,
  cache?: string,
): Promise<string> {
  try {
    const path = await cachedFile(entry, cache);
    if (path !== undefined) return path;
  } catch (error) {
    if (!(error instanceof GradCamError) || error.code !== "E_INTEGRITY") throw error;
  }
  return fetchIt();
}

/** A damaged file is no file, unless nothing can replace it. */
async function isWhole(
  places: Places,
  entry: RemoteEntry,
  signal: AbortSignal | undefined,
  offline: boolean,
): Promise<boolean> {
  if (!(await isThere(places.file))) return false;
  try {
    await verifyCached(places, entry, signal);
    return true;
  } catch (error) {
    if (offline || !(error instanceof GradCamError)) throw error;
    return false;
  }
}

async function fetchFile(
  entry: RemoteEntry,
  places: Places,
  options: Watched,
  isHeld: () => Promise<boolean>,
): Promise<void> {
  const { allowHttp = false, mirror = process.env["GRADCAM_MIRROR"] } = options;
  const draft = await PartialFile.open(places, entry.url, options.signal);
  try {
    await checkRoom(places.folder, sizeOf(entry) - draft.size);
    const digests = await download(entry, draft, sender(allowHttp), {
      ...options,
      ...(mirror !== undefined && { mirror }),
    });
    const modified = await draft.settle();
    const record = { url: entry.url, bytes: draft.size, ...digests, modified, verified: new Date().toISOString() };
    await writeNote(places.record, record);
    if (!(await isHeld())) throw lockLost(places);
    await rename(places.partial, places.file);
    await rm(places.version, { force: true });
    await syncFolder(places.folder);
  } catch (error) {
    throw cacheFailure(places.partial, error);
  } finally {
    await draft.close();
  }
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw cacheFailure(folder, error);
  }
}

/** Better to say so before an hour's download than after it. */
async function checkRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= bytes) return;
  throw new GradCamError("E_IO", {
    where: folder,
    expected: `room for ${bytes} bytes`,
    got: `${bavail * bsize} free`,
    hint: "make room, or set GRADCAM_CACHE to a folder on another disk",
  });
}

const lockLost = ({ lock }: Places): GradCamError =>
  new GradCamError("E_IO", {
    where: lock,
    expected: "this process's own lock",
    got: "none, or another's: this process stood still too long",
    hint: "try again",
  });

const offlineError = ({ name }: RemoteEntry, { file }: Places): GradCamError =>
  new GradCamError("E_MODEL_NOT_FOUND", {
    where: `model "${name}"`,
    expected: file,
    got: "no such file, and downloading is switched off",
    hint: `run gradcam pull ${name} while online`,
  });
