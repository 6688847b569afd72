/** The encoded bytes of a picture, wherever it is: a path, a URL, a buffer, a Blob. */
import { constants, openSync } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { Socket } from "node:net";
import { basename, dirname } from "node:path";
import { addAbortSignal, type Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { GradCamError, nearest } from "../errors.ts";
import { checkBytes } from "./limits.ts";

/** A path (or URL), a URL of scheme file, https or data, or the encoded bytes. */
export type PictureSource = string | URL | Uint8Array | ArrayBuffer | Blob;

export interface PictureBytes {
  readonly bytes: Uint8Array;
  /** For messages: the path, the URL, or "picture". */
  readonly name: string;
}

/** `signal` ends waiting for a server or a pipe. Throws E_IO, E_IMAGE_TOO_LARGE, E_HTTP, E_URL_SCHEME, E_INPUT_VALUE. */
export async function pictureBytes(
  source: PictureSource,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<PictureBytes> {
  if (source instanceof URL) return fromUrl(source, maxBytes, signal);
  if (typeof source === "string") {
    const isUrl = /^([a-z][a-z\d+.-]*:\/\/|data:)/i.test(source);
    return isUrl ? fromUrl(parsedUrl(source), maxBytes, signal) : fromFile(source, maxBytes, signal);
  }
  const bytes = await bytesOf(source);
  const name = source instanceof File ? source.name : "picture";
  checkBytes(bytes.length, maxBytes, name);
  return { bytes, name };
}

async function bytesOf(source: unknown): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  throw new GradCamError("E_INPUT_VALUE", {
    where: "readImage",
    expected: "a path, a URL, a Uint8Array, an ArrayBuffer or a Blob",
    got: source === null ? "null" : typeof source,
  });
}

function parsedUrl(text: string): URL {
  try {
    return new URL(text);
  } catch (cause) {
    throw new GradCamError("E_INPUT_VALUE", { where: text, expected: "a URL", got: "something else", cause });
  }
}

async function fromUrl(url: URL, maxBytes: number, signal: AbortSignal | undefined): Promise<PictureBytes> {
  if (url.protocol === "file:") return fromFile(pathOf(url), maxBytes, signal);
  const name = url.protocol === "data:" ? "data: URL" : url.href;
  if (url.protocol !== "https:" && url.protocol !== "data:") {
    const hint = "download it yourself and pass the bytes";
    throw new GradCamError("E_URL_SCHEME", {
      where: name,
      expected: "file:, https: or data:",
      got: url.protocol,
      hint,
    });
  }
  const failure = (expected: string, got: string, cause: unknown): unknown => {
    if (signal?.aborted || cause instanceof GradCamError) return cause;
    if (url.protocol === "data:") {
      return new GradCamError("E_INPUT_VALUE", { where: name, expected: "a data: URL", got: "a malformed one", cause });
    }
    return new GradCamError("E_HTTP", { where: name, expected, got, hint: "is the network up?", cause });
  };
  const response = await fetch(url, { ...(signal && { signal }) }).catch((cause: unknown) => {
    throw failure("an answer", "none", cause);
  });
  if (!response.ok || !response.body) {
    throw new GradCamError("E_HTTP", { where: name, expected: "status 200", got: `status ${response.status}` });
  }
  // Node's web streams are async iterables; the DOM typings do not say so.
  const body = response.body as unknown as AsyncIterable<Uint8Array>;
  const bytes = await collect(body, maxBytes, name).catch((cause: unknown) => {
    throw failure("the whole picture", "a part of it", cause);
  });
  return { bytes, name };
}

function pathOf(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new GradCamError("E_INPUT_VALUE", { where: url.href, expected: "a file: URL", got: "another host", cause });
  }
}

async function fromFile(path: string, maxBytes: number, signal: AbortSignal | undefined): Promise<PictureBytes> {
  try {
    const info = await stat(path);
    if (info.isDirectory()) throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
    checkBytes(info.size, maxBytes, path);
    const stream = await (info.isFIFO() ? openPipe(path) : openFile(path));
    if (signal) addAbortSignal(signal, stream);
    return { bytes: await collect(stream, maxBytes, path), name: path };
  } catch (cause) {
    throw signal?.aborted || cause instanceof GradCamError ? cause : await unreadable(path, cause);
  }
}

const openFile = async (path: string): Promise<Readable> => (await open(path, "r")).createReadStream();

/** A thread that opens or reads a pipe cannot be stopped until somebody writes; the event loop can wait for that instead. */
const openPipe = (path: string): Readable =>
  new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false });

/** Reads on until the end or the limit; a pipe or a server does not say its size beforehand. Throws E_IMAGE_TOO_LARGE. */
export async function collect(stream: AsyncIterable<Uint8Array>, maxBytes: number, where: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    checkBytes(size, maxBytes, where);
  }
  return Buffer.concat(chunks, size);
}

/** E_IO with what is wrong in words, and a file of a similar name when there is one. */
async function unreadable(path: string, cause: unknown): Promise<GradCamError> {
  const { code = "unknown error" } = cause as NodeJS.ErrnoException;
  const facts = { where: path, expected: "a picture file", cause };
  if (code === "EISDIR") {
    return new GradCamError("E_IO", { ...facts, got: "a folder", hint: "name a file in it" });
  }
  if (code !== "ENOENT" && code !== "ENOTDIR") {
    const got = code === "EACCES" || code === "EPERM" ? `no permission to read it (${code})` : code;
    return new GradCamError("E_IO", { ...facts, got });
  }
  const hint = await similarFile(path);
  return new GradCamError("E_IO", { ...facts, got: "no such file", ...(hint && { hint }) });
}

async function similarFile(path: string): Promise<string | undefined> {
  const folder = dirname(path);
  const isFolder = await stat(folder).then(
    (info) => info.isDirectory(),
    () => false,
  );
  if (!isFolder) return `the folder ${folder} does not exist`;
  const near = nearest(basename(path), await readdir(folder).catch(() => []));
  return near && `did you mean ${near}?`;
}
