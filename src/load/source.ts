/** Random-access bytes: all a loader knows about where a model comes from. */
import { GradCamError } from "../errors.ts";

/** Bytes that can be read from anywhere. */
export interface RandomAccessSource {
  /** For error messages: a path, a URL, "bytes". */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Exactly `length` bytes. The result may share memory with the source: read it, do not write to it. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** The same without waiting, where the platform can. HDF5 is then read lazily; otherwise it is copied first. */
  readSync?(offset: number, length: number): Uint8Array;
  /** Fills `target` from `offset` on without waiting, where the platform can write into memory that is not its own. */
  readIntoSync?(offset: number, target: Uint8Array): void;
  /** How another thread can read the same bytes, where there is such a way. */
  readonly handle?: SourceHandle;
  /** How many names the file has on its disk, where that is known: two mean that it may be somebody else's file. */
  readonly links?: number;
  /**
   * Another file of the same model by its path relative to this one, where there are any. Only `openSibling` calls it, which
   * has checked the path; what the path leads to (links, redirections) is checked here. Throws E_PATH_ESCAPE, E_SHARD_MISSING.
   */
  sibling?(path: string): Promise<RandomAccessSource>;
  /** Afterwards reads fail. Calling it twice is harmless. */
  close(): void | Promise<void>;
}

/** A source that can be read without waiting, and nothing else of it. */
export type ReadySource = Pick<Required<RandomAccessSource>, "name" | "size" | "readSync">;

/** What can be sent to another thread of a source: its functions cannot. */
export type SourceHandle =
  | { readonly kind: "file"; readonly descriptor: number; readonly offset: number }
  | { readonly kind: "blob"; readonly blob: Blob };

/** Bytes in memory; nothing is copied. */
export function bytesSource(bytes: Uint8Array | ArrayBuffer, name = "bytes"): RandomAccessSource {
  const view = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  const readSync = (offset: number, length: number): Uint8Array => {
    checkRange(name, view.length, offset, length);
    return view.subarray(offset, offset + length);
  };
  return {
    name,
    size: view.length,
    read: (offset, length) => settle(() => readSync(offset, length)),
    readSync,
    close: () => undefined,
  };
}

/** A `File` or `Blob`: each range is read from disk when asked for. */
export function blobSource(blob: Blob, name?: string): RandomAccessSource {
  const label = name ?? (blob as { name?: string }).name ?? "blob";
  return {
    name: label,
    size: blob.size,
    handle: { kind: "blob", blob },
    async read(offset, length) {
      checkRange(label, blob.size, offset, length);
      try {
        return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
      } catch (cause) {
        throw new GradCamError("E_IO", { where: label, got: "a file that can no longer be read", cause });
      }
    },
    close: () => undefined,
  };
}

/** Throws E_TRUNCATED when `offset … offset+length` is not inside of the source. */
export function checkRange(name: string, size: number, offset: number, length: number): void {
  if (offset >= 0 && length >= 0 && offset + length <= size) return;
  throw new GradCamError("E_TRUNCATED", {
    where: `${name} at byte ${offset}`,
    expected: `${length} more bytes`,
    got: `a file of ${size} bytes`,
    hint: "the file is incomplete: fetch it again",
  });
}

/** A synchronous result as a promise, a thrown error as a rejection. */
const settle = async <T>(compute: () => T): Promise<T> => Promise.resolve(compute());
