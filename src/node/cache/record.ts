/** What is known of a cached file since it was last verified, in a small JSON file beside it. */
import { open } from "node:fs/promises";
import { replaceFile } from "../replace-file.ts";
import { openOwn } from "./own-file.ts";

export interface CacheRecord {
  readonly url: string;
  readonly bytes: number;
  readonly md5: string;
  readonly sha256: string;
  /** When the file was last changed, in milliseconds: a later change asks for another look. */
  readonly modified: number;
  /** ISO 8601. */
  readonly verified: string;
}

/** A record is no larger than this, nor is the note about a partial file. */
const MOST_BYTES = 4096;

/** The JSON object in a small file of the cache; undefined where there is none. */
export async function readNote(path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const file = await openOwn(path, "read");
    try {
      const { size } = await file.stat();
      if (size > MOST_BYTES) return undefined;
      const value: unknown = JSON.parse(await file.readFile("utf8"));
      return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
    } finally {
      await file.close();
    }
  } catch {
    // Absent, damaged or unreadable: as if nothing were known.
    return undefined;
  }
}

export const writeNote = (path: string, note: object): Promise<void> =>
  replaceFile(path, `${JSON.stringify(note, null, 2)}\n`, true);

export async function readRecord(path: string): Promise<CacheRecord | undefined> {
  const { url, bytes, md5, sha256, modified, verified } = (await readNote(path)) ?? {};
  const isRecord =
    typeof url === "string" &&
    typeof bytes === "number" &&
    typeof modified === "number" &&
    typeof verified === "string" &&
    isHex(md5, 32) &&
    isHex(sha256, 64);
  return isRecord ? { url, bytes, md5, sha256, modified, verified } : undefined;
}

const isHex = (text: unknown, digits: number): text is string =>
  typeof text === "string" && text.length === digits && /^[0-9a-f]+$/.test(text);

/** Makes what was written to a folder last through a power cut, where the platform can. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
