/** A model file on disk: ranges are read where they are wanted, synchronously too, so that HDF5 can be lazy. */
import { closeSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { GradCamError, nearest } from "../errors.ts";
import { checkRange, type RandomAccessSource } from "../load/source.ts";

/** Opens a path or file: URL. Throws E_MODEL_NOT_FOUND with the nearest name in that folder, E_IO, E_URL_SCHEME. */
export async function fileSource(location: string | URL): Promise<RandomAccessSource> {
  return Promise.resolve().then(() => open(pathOf(location)));
}

function pathOf(location: string | URL): string {
  const text = String(location);
  if (text.startsWith("file:")) return fileURLToPath(text);
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) return text;
  throw new GradCamError("E_URL_SCHEME", {
    where: `model "${text}"`,
    expected: "a path or a file: URL",
    got: new URL(text).protocol,
    hint: "download the file and give its path",
  });
}

function open(path: string): RandomAccessSource {
  const fd = opened(path);
  const stat = fstatSync(fd);
  if (!stat.isFile()) {
    closeSync(fd);
    throw new GradCamError("E_IO", { where: path, expected: "a file", got: stat.isDirectory() ? "a folder" : "a device" });
  }
  let closed = false;
  const read = (offset: number, length: number): Uint8Array => {
    if (closed) throw new GradCamError("E_IO", { where: path, got: "a read after close()" });
    checkRange(path, stat.size, offset, length);
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const count = readSync(fd, bytes, done, length - done, offset + done);
      if (count === 0) checkRange(path, offset + done, offset, length);
      done += count;
    }
    return bytes;
  };
  return {
    name: path,
    size: stat.size,
    read: (offset, length) => Promise.resolve().then(() => read(offset, length)),
    readSync: read,
    close() {
      if (!closed) closeSync(fd);
      closed = true;
    },
  };
}

function opened(path: string): number {
  try {
    return openSync(path, "r");
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    const close = missing ? nearest(basename(path), siblings(path)) : undefined;
    throw new GradCamError(missing ? "E_MODEL_NOT_FOUND" : "E_IO", {
      where: path,
      expected: missing ? "a model file" : "a readable file",
      got: missing ? "no such file" : ((cause as NodeJS.ErrnoException).code ?? "an error"),
      ...(close && { hint: `did you mean "${close}"?` }),
      cause,
    });
  }
}

function siblings(path: string): string[] {
  try {
    return readdirSync(dirname(path));
  } catch {
    return [];
  }
}
