/** The encoded bytes of a picture, wherever it is: a path, a URL, a buffer, a Blob. */
import { open, readdir, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
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

/** Throws E_IO, E_IMAGE_TOO_LARGE, E_HTTP, E_URL_SCHEME, E_INPUT_VALUE. */
export async function pictureBytes(source: PictureSource, maxBytes: number): Promise<PictureBytes> {
  if (source instanceof URL) return fromUrl(source, maxBytes);
  if (typeof source === "string") {
    const isUrl = /^([a-z][a-z\d+.-]*:\/\/|data:)/i.test(source);
    return isUrl ? fromUrl(new URL(source), maxBytes) : fromFile(source, maxBytes);
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

async function fromUrl(url: URL, maxBytes: number): Promise<PictureBytes> {
  if (url.protocol === "file:") return fromFile(fileURLToPath(url), maxBytes);
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
  const response = await fetch(url).catch((cause: unknown) => {
    throw new GradCamError("E_HTTP", {
      where: name,
      expected: "an answer",
      got: "none",
      hint: "is the network up?",
      cause,
    });
  });
  if (!response.ok || !response.body) {
    throw new GradCamError("E_HTTP", { where: name, expected: "status 200", got: `status ${response.status}` });
  }
  // Node's web streams are async iterables; the DOM typings do not say so.
  const body = response.body as unknown as AsyncIterable<Uint8Array>;
  return { bytes: await collect(body, maxBytes, name), name };
}

async function fromFile(path: string, maxBytes: number): Promise<PictureBytes> {
  try {
    const handle = await open(path, "r");
    try {
      const info = await handle.stat();
      if (info.isDirectory()) throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
      checkBytes(info.size, maxBytes, path);
      return { bytes: await collect(handle.createReadStream({ autoClose: false }), maxBytes, path), name: path };
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw cause instanceof GradCamError ? cause : await unreadable(path, cause);
  }
}

/** Reads on until the end or the limit; a pipe or a server does not say its size beforehand. */
async function collect(stream: AsyncIterable<Uint8Array>, maxBytes: number, where: string): Promise<Uint8Array> {
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
