/** A download that has not ended: a .partial file, the version it belongs to, and the digests of what is in it. */
import { createHash, type Hash } from "node:crypto";
import { rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import type { Draft } from "../../download/draft.ts";
import { cacheFailure } from "./failures.ts";
import { openOwn } from "./own-file.ts";
import type { Places } from "./places.ts";
import { readNote, writeNote } from "./record.ts";

const PIECE = 2 ** 20;

/** Of all bytes of a file, in hexadecimal digits. */
export interface FileDigests {
  readonly md5: string;
  readonly sha256: string;
}

export class PartialFile implements Draft<FileDigests> {
  readonly #places: Places;
  readonly #url: string;
  readonly #file: FileHandle;
  #size = 0;
  #version: string | undefined;
  #hashes = newHashes();

  private constructor(places: Places, url: string, file: FileHandle) {
    this.#places = places;
    this.#url = url;
    this.#file = file;
  }

  /** What an earlier attempt has left is read, so that its digests are those of what really lies on the disk. Throws E_IO. */
  static async open(places: Places, url: string, signal?: AbortSignal): Promise<PartialFile> {
    try {
      const draft = new PartialFile(places, url, await openOwn(places.partial, "change"));
      try {
        await draft.#takeUp(signal);
      } catch (error) {
        await draft.close();
        throw error;
      }
      return draft;
    } catch (error) {
      throw cacheFailure(places.partial, error);
    }
  }

  get size(): number {
    return this.#size;
  }

  get version(): string | undefined {
    return this.#version;
  }

  async restart(version: string | undefined): Promise<void> {
    await this.#guarded(async () => {
      await this.#file.truncate(0);
      this.#size = 0;
      this.#hashes = newHashes();
      this.#version = version;
      if (version === undefined) await rm(this.#places.version, { force: true });
      else await writeNote(this.#places.version, { url: this.#url, version });
    });
  }

  async append(bytes: Uint8Array): Promise<void> {
    await this.#guarded(async () => {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, this.#size + done);
        done += bytesWritten;
      }
    });
    this.#add(bytes);
  }

  digests(): Promise<FileDigests> {
    const [md5, sha256] = this.#hashes;
    return Promise.resolve({ md5: md5.digest("hex"), sha256: sha256.digest("hex") });
  }

  /** The bytes are on the disk when this is done; returns when the file was last changed. */
  async settle(): Promise<number> {
    await this.#guarded(() => this.#file.sync());
    return (await this.#file.stat()).mtimeMs;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #add(bytes: Uint8Array): void {
    for (const hash of this.#hashes) hash.update(bytes);
    this.#size += bytes.length;
  }

  async #takeUp(signal: AbortSignal | undefined): Promise<void> {
    const note = await readNote(this.#places.version);
    const version = note?.["url"] === this.#url ? note["version"] : undefined;
    if (typeof version !== "string") {
      await this.restart(undefined);
      return;
    }
    this.#version = version;
    const piece = new Uint8Array(PIECE);
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await this.#file.read(piece, 0, PIECE, this.#size);
      if (bytesRead === 0) return;
      this.#add(piece.subarray(0, bytesRead));
    }
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => {
      throw cacheFailure(this.#places.partial, error);
    });
  }
}

const newHashes = (): [md5: Hash, sha256: Hash] => [createHash("md5"), createHash("sha256")];
