/**
 * A place where HDF5 can see one file and nothing else. h5wasm's browser build keeps its file system in memory, in Node
 * too; on top of that every other file is answered with "no such file", so that links, external storage and virtual
 * datasets named by a hostile file reach nothing. The one file holds no bytes: each read asks the source.
 */
import { GradCamError } from "../../errors.ts";
import { isForgedHeap } from "./heap.ts";
import type { ReadySource } from "../source.ts";

export type H5Module = Awaited<typeof import("h5wasm").ready>;

/** Runs `use`; what HDF5 complains about becomes E_H5_LINK, E_TRUNCATED or E_HEADER_INVALID instead of console noise. */
export type Sandbox = <T>(use: () => T) => T;

/** What is used of Emscripten's file system; h5wasm's types do not cover stream operations. */
interface MemoryFileSystem {
  open: (path: string, flags: string | number, mode?: number) => { fd: number };
  close(stream: { fd: number }): void;
  lookupPath(path: string): { node: { usedBytes: number; stream_ops: StreamOps } };
  getStream(fd: number): { stream_ops: StreamOps };
  readonly ErrnoError: new (errno: number) => Error;
}

interface StreamOps {
  read?(stream: unknown, buffer: Int8Array, offset: number, length: number, position: number): number;
  write?(stream: unknown, buffer: Int8Array, offset: number, length: number): number;
}

/** WASI's error numbers. */
const ENOENT = 44;
const EIO = 29;
const STDERR = 2;
/** A flag of `open`: HDF5 looks for filter plugins in a directory, which no file can make it do. */
const O_DIRECTORY = 0o200000;

/**
 * Mounts a source that can be read synchronously at `path`. The file is removed with `unlink`.
 * @param onRead is told where in the file every read of HDF5 begins
 */
export function mount(module: H5Module, path: string, source: ReadySource, onRead: (at: number) => void): Sandbox {
  const fs = module.FS as unknown as MemoryFileSystem;
  const failures: unknown[] = [];
  fs.close(fs.open(path, "w+"));
  const { node } = fs.lookupPath(path);
  node.usedBytes = source.size;
  node.stream_ops = {
    ...node.stream_ops,
    read(_stream, buffer, offset, length, position) {
      const available = Math.max(0, Math.min(length, source.size - position));
      try {
        if (available === 0) return 0;
        onRead(position);
        const bytes = source.readSync(position, available);
        if (isForgedHeap(bytes, position, source)) throw forgedHeap(source.name, position);
        buffer.set(bytes, offset);
        return available;
      } catch (error) {
        // An exception must not unwind through HDF5's own frames: it is told of an I/O error and cleans up.
        failures.push(error);
        throw new fs.ErrnoError(EIO);
      }
    },
  };
  return (use) => {
    failures.length = 0;
    const walls = shutIn(fs, path);
    try {
      return use();
    } catch (cause) {
      throw failures[0] ?? explain(cause, source.name, walls);
    } finally {
      walls.remove();
    }
  };
}

const forgedHeap = (name: string, position: number): GradCamError =>
  new GradCamError("E_HEADER_INVALID", {
    where: `${name} at byte ${position}`,
    expected: "an HDF5 heap whose objects fit into it",
    got: "one with forged or damaged sizes",
    hint: "the file is damaged: fetch it again",
  });

interface Walls {
  /** What HDF5 wrote to its standard error. */
  readonly messages: string;
  /** The last file it asked for, other than the mounted one. */
  readonly asked: string | undefined;
  remove(): void;
}

function shutIn(fs: MemoryFileSystem, path: string): Walls {
  const { open } = fs;
  const stderr = fs.getStream(STDERR);
  const { stream_ops } = stderr;
  const decoder = new TextDecoder();
  let messages = "";
  let asked: string | undefined;
  fs.open = (wanted, flags, mode) => {
    if (wanted === path) return open(wanted, flags, mode);
    if (typeof flags === "string" || !(flags & O_DIRECTORY)) asked = wanted;
    throw new fs.ErrnoError(ENOENT);
  };
  stderr.stream_ops = {
    ...stream_ops,
    write(_stream, buffer, offset, length) {
      messages += decoder.decode(buffer.slice(offset, offset + length));
      return length;
    },
  };
  return {
    get messages() {
      return messages;
    },
    get asked() {
      return asked;
    },
    remove() {
      fs.open = open;
      stderr.stream_ops = stream_ops;
    },
  };
}

function explain(cause: unknown, name: string, { asked, messages }: Walls): unknown {
  if (cause instanceof GradCamError) return cause;
  if (asked !== undefined) {
    return new GradCamError("E_H5_LINK", {
      where: name,
      expected: "an HDF5 file that is complete in itself",
      got: `one that refers to the file ${JSON.stringify(asked)}`,
    });
  }
  const truncated = /truncated|addr overflow|file read failed/i.test(messages);
  return new GradCamError(truncated ? "E_TRUNCATED" : "E_HEADER_INVALID", {
    where: name,
    expected: "a sound HDF5 file",
    got: innermost(messages) ?? (cause instanceof Error ? cause.message : String(cause)),
    hint: "the file is damaged or incomplete: fetch it again",
    cause,
  });
}

/** The last entry of HDF5's error stack, "#006: file.c line 577 in function(): message", is where it began. */
function innermost(messages: string): string | undefined {
  return messages.match(/(?<=\(\): ).+$/gm)?.at(-1);
}
