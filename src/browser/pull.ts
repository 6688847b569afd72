/** Models by name in a page: downloads lie in the origin's private file system, where a model is read range by range. */
import { checkedAddress } from "../download/address.ts";
import { download, type PullOptions } from "../download/download.ts";
import type { Send } from "../download/draft.ts";
import { GradCamError } from "../errors.ts";
import { type RemoteEntry, requireEntry, requireRemote } from "../registry/index.ts";
import { readNote, StoredDraft, writeNote } from "./stored-draft.ts";

const FOLDER = "gradcam-wasm";

/** The name that `loadModel` finds the model by. Throws what `download` throws, E_MODEL_NOT_FOUND, E_IO. */
export async function pullStored(name: string, options: PullOptions = {}): Promise<string> {
  const entry = requireRemote(requireEntry(name));
  const { signal, offline = false, allowHttp = false } = options;
  if (offline) {
    if (await storedFile(entry)) return entry.name;
    throw notThere(entry);
  }
  checkStorage();
  // One tab downloads, others wait for it.
  await navigator.locks.request(`${FOLDER}:${entry.name}`, signal ? { signal } : {}, async () => {
    if (await storedFile(entry)) return;
    await fill(await folderOf(true), entry, sender(allowHttp), options);
  });
  return entry.name;
}

/** The whole file of a model that was downloaded; undefined where there is none. */
export async function storedFile(entry: RemoteEntry): Promise<File | undefined> {
  try {
    const folder = await folderOf(false);
    const note = await readNote(folder, entry.name);
    const file = await (await folder.getFileHandle(entry.name)).getFile();
    const isWhole = note?.whole?.bytes === file.size && (entry.md5 === undefined || entry.md5 === note.whole.md5);
    return isWhole ? file : undefined;
  } catch {
    // No such folder or file, or no such storage.
    return undefined;
  }
}

const folderOf = async (create: boolean): Promise<FileSystemDirectoryHandle> =>
  (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create });

/** Throws E_IO where files cannot be kept: pages by http have no storage and no locks, some browsers write in workers only. */
function checkStorage(): void {
  const { storage, locks } = navigator as Partial<Pick<Navigator, "storage" | "locks">>;
  const canWrite = typeof FileSystemFileHandle === "function" && "createWritable" in FileSystemFileHandle.prototype;
  if (storage && locks && canWrite) return;
  throw new GradCamError("E_IO", {
    where: "pull",
    expected: "a page that has storage, in a browser that can write to it",
    got: storage && locks ? "a browser that cannot" : "a page without",
    hint: "storage is for pages that come over https or from localhost; browsers without createWritable() can load a File",
  });
}

async function fill(
  folder: FileSystemDirectoryHandle,
  entry: RemoteEntry,
  send: Send,
  options: PullOptions,
): Promise<void> {
  const draft = await StoredDraft.open(folder, entry.name, entry.url);
  try {
    const { md5 } = await download(entry, draft, send, options);
    const bytes = draft.size;
    await draft.close();
    await writeNote(folder, entry.name, { url: entry.url, whole: { bytes, md5 } });
  } catch (error) {
    // What has arrived stays, for the next attempt.
    await draft.close().catch(() => undefined);
    if (!(error instanceof DOMException) || error.name !== "QuotaExceededError") throw error;
    const facts = { expected: "room for the model", got: "a full quota", hint: "remove other data of this site" };
    throw new GradCamError("E_IO", { where: `model "${entry.name}"`, ...facts, cause: error });
  }
}

/** Browsers follow redirections themselves, and not from https to http. */
const sender =
  (allowHttp: boolean): Send =>
  async (url, headers, signal) => {
    const response = await fetch(url, { headers, signal, cache: "no-store", credentials: "omit" });
    checkedAddress(response.url, allowHttp);
    return response;
  };

const notThere = ({ name }: RemoteEntry): GradCamError =>
  new GradCamError("E_MODEL_NOT_FOUND", {
    where: `model "${name}"`,
    expected: "a download of it in this browser",
    got: "none, and downloading is switched off",
    hint: `await pull("${name}") while online`,
  });
