/** A model file on disk: ranges are read where they are wanted, synchronously too, so that HDF5 can be lazy. */
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { GradCamError, nearest } from "../errors.ts";
import { A_MODEL } from "../load/head.ts";
import { checkRange, type RandomAccessSource } from "../load/source.ts";
import { notFound } from "../zoo/not-found.ts";

/** What files that can be loaded are called, for hints. */
const MODEL_FILE = /\.(h5|hdf5|keras|onnx|safetensors|json|zip)$/i;

/** Opens a path or file: URL. Throws E_MODEL_NOT_FOUND with the nearest name in that folder, E_IO, E_URL_SCHEME. */
export async function fileSource(location: string | URL): Promise<RandomAccessSource> {
  const path = pathOf(location);
  if (!existsSync(path)) {
    const models = siblings(path).filter((name) => MODEL_FILE.test(name));
    throw await notFound(path, nearest(basename(path), models));
  }
  return open(path);
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
  let closed = false;
  const readInto = (offset: number, bytes: Uint8Array): void => {
    const { length } = bytes;
    if (closed) throw new GradCamError("E_IO", { where: path, got: "a read after close()" });
    checkRange(path, stat.size, offset, length);
    for (let done = 0; done < length;) {
      const count = readSync(fd, bytes, done, length - done, offset + done);
      if (count === 0) checkRange(path, offset + done, offset, length);
      done += count;
    }
  };
  const read = (offset: number, length: number): Uint8Array => {
    checkRange(path, stat.size, offset, length);
    const bytes = new Uint8Array(length);
    readInto(offset, bytes);
    return bytes;
  };
  return {
    name: path,
    size: stat.size,
    read: (offset, length) => Promise.resolve().then(() => read(offset, length)),
    readSync: read,
    readIntoSync: readInto,
    handle: { kind: "file", descriptor: fd, offset: 0 },
    links: stat.nlink,
    sibling: (name) => Promise.resolve().then(() => openBeside(path, name)),
    close() {
      if (!closed) closeSync(fd);
      closed = true;
    },
  };
}

/** A file in the folder of `path` or below it; links may not lead out of that folder. */
function openBeside(path: string, name: string): RandomAccessSource {
  const wanted = join(dirname(path), name);
  const folder = realPath(dirname(path));
  const found = existsSync(wanted) ? realPath(wanted) : undefined;
  if (found === undefined) {
    const near = nearest(basename(wanted), siblings(wanted));
    throw new GradCamError("E_SHARD_MISSING", {
      where: path,
      expected: `the file ${JSON.stringify(name)} beside it`,
      got: "no such file",
      ...(near && { hint: `did you mean ${JSON.stringify(near)}?` }),
    });
  }
  if (relative(folder, found).split(sep)[0] === ".." || !found.startsWith(folder)) {
    throw new GradCamError("E_PATH_ESCAPE", {
      where: path,
      expected: "files in the model's own folder",
      got: `${JSON.stringify(name)}, a link that leads out of it`,
      hint: "copy the file itself into the folder",
    });
  }
  return open(found);
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    const { code = "an error" } = cause as NodeJS.ErrnoException;
    throw new GradCamError("E_IO", { where: path, expected: "a readable path", got: code, cause });
  }
}

/** Looks before it opens: opening a pipe would wait for its other end. */
function opened(path: string): number {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw notAFile(path, stat.isDirectory());
    return openSync(path, "r");
  } catch (cause) {
    if (cause instanceof GradCamError) throw cause;
    const { code = "an error" } = cause as NodeJS.ErrnoException;
    throw new GradCamError("E_IO", { where: path, expected: "a readable file", got: code, cause });
  }
}

function notAFile(path: string, isFolder: boolean): GradCamError {
  if (isFolder && existsSync(join(path, "saved_model.pb"))) {
    return new GradCamError("E_UNSUPPORTED_FORMAT", {
      where: path,
      expected: A_MODEL,
      got: "a TensorFlow SavedModel folder",
      hint: 'load it in Python with Keras 2 and save its weights: model.save_weights("weights.h5")',
    });
  }
  const model = isFolder && existsSync(join(path, "model.json")) && join(path, "model.json");
  return new GradCamError("E_IO", {
    where: path,
    expected: "a file",
    got: isFolder ? "a folder" : "a device or pipe",
    ...(model && { hint: `did you mean ${model}?` }),
  });
}

function siblings(path: string): string[] {
  try {
    return readdirSync(dirname(path));
  } catch {
    return [];
  }
}
