/** A download in the origin's private file system: one file that grows, and a note beside it that says what the file is. */
import type { Digests, Draft } from "../download/draft.ts";
import { Md5 } from "./md5.ts";

/** What is known of a file: of a whole one its size, of a part the version on the server that it belongs to. */
export interface Note {
  readonly url: string;
  readonly version?: string;
  /** Only of whole and verified files. */
  readonly whole?: { readonly bytes: number; readonly md5: string };
}

const PIECE = 2 ** 22;

export class StoredDraft implements Draft {
  readonly #folder: FileSystemDirectoryHandle;
  readonly #name: string;
  readonly #url: string;
  readonly #writer: FileSystemWritableFileStream;
  #md5 = new Md5();
  #size = 0;
  #version: string | undefined;

  private constructor(
    folder: FileSystemDirectoryHandle,
    name: string,
    url: string,
    writer: FileSystemWritableFileStream,
  ) {
    this.#folder = folder;
    this.#name = name;
    this.#url = url;
    this.#writer = writer;
  }

  /** Takes up what an earlier attempt has left. */
  static async open(folder: FileSystemDirectoryHandle, name: string, url: string): Promise<StoredDraft> {
    const handle = await folder.getFileHandle(name, { create: true });
    const note = await readNote(folder, name);
    const isPart = note?.url === url && note.version !== undefined && !note.whole;
    const file = await handle.getFile();
    const draft = new StoredDraft(folder, name, url, await handle.createWritable({ keepExistingData: isPart }));
    if (!isPart) await draft.restart(undefined);
    else {
      draft.#version = note.version;
      for (let at = 0; at < file.size; at += PIECE) {
        draft.#add(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
      }
    }
    return draft;
  }

  get size(): number {
    return this.#size;
  }

  get version(): string | undefined {
    return this.#version;
  }

  async restart(version: string | undefined): Promise<void> {
    await this.#writer.truncate(0);
    this.#md5 = new Md5();
    this.#size = 0;
    this.#version = version;
    await writeNote(this.#folder, this.#name, { url: this.#url, ...(version !== undefined && { version }) });
  }

  async append(bytes: Uint8Array): Promise<void> {
    await this.#writer.write({ type: "write", position: this.#size, data: bytes as Uint8Array<ArrayBuffer> });
    this.#add(bytes);
  }

  digests(): Promise<Digests> {
    return Promise.resolve({ md5: this.#md5.digest() });
  }

  /** Only now does the file change: a page that is closed before that has what it had. */
  close(): Promise<void> {
    return this.#writer.close();
  }

  #add(bytes: Uint8Array): void {
    this.#md5.update(bytes);
    this.#size += bytes.length;
  }
}

const noteName = (name: string): string => `${name}.json`;

export async function readNote(folder: FileSystemDirectoryHandle, name: string): Promise<Note | undefined> {
  try {
    const file = await (await folder.getFileHandle(noteName(name))).getFile();
    return JSON.parse(await file.text()) as Note;
  } catch {
    // Absent or damaged: as if nothing were known.
    return undefined;
  }
}

export async function writeNote(folder: FileSystemDirectoryHandle, name: string, note: Note): Promise<void> {
  const writer = await (await folder.getFileHandle(noteName(name), { create: true })).createWritable();
  await writer.write(JSON.stringify(note));
  await writer.close();
}
