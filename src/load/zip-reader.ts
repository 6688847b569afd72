/** The doors of zip.js: reading through a source, and unpacking into no more bytes than a member declares. */
import type { FileEntry, ZipReader } from "@zip.js/zip.js";
import { GradCamError } from "../errors.ts";
import { bytesSource, type RandomAccessSource } from "./source.ts";

/** Compression method of members that are not compressed. */
export const STORED = 0;
const DEFLATE = 8;

/** zip.js with the platform's own inflate and without workers, which a page may forbid. */
const zipJs = () => import("@zip.js/zip.js/lib/zip-core-native.js");

export async function zipReader(source: RandomAccessSource): Promise<ZipReader<unknown>> {
  const zip = await zipJs();
  class SourceReader extends zip.Reader<RandomAccessSource> {
    override size = source.size;
    override async readUint8Array(offset: number, length: number): Promise<Uint8Array> {
      return new Uint8Array(await source.read(offset, Math.max(0, Math.min(length, source.size - offset))));
    }
  }
  return new zip.ZipReader(new SourceReader(source), { strictness: "strict", useWebWorkers: false });
}

/** A compressed member, unpacked and its checksum compared. Throws E_ZIP_INVALID. */
export async function inflate(entry: FileEntry, name: string): Promise<RandomAccessSource> {
  if (entry.compressionMethod !== DEFLATE) {
    throw new GradCamError("E_ZIP_INVALID", {
      where: name,
      expected: "a stored or deflated member",
      got: `compression method ${entry.compressionMethod}`,
      hint: "pack it again with deflate or without compression",
    });
  }
  const bytes = new Uint8Array(entry.uncompressedSize);
  let done = 0;
  const sink = new WritableStream<Uint8Array>({
    write(chunk) {
      // A RangeError where there is more than was declared.
      bytes.set(chunk, done);
      done += chunk.length;
    },
  });
  try {
    await entry.getData(sink, { checkSignature: true, checkOverlappingEntry: true, useWebWorkers: false });
  } catch (cause) {
    throw new GradCamError("E_ZIP_INVALID", { where: name, got: (cause as Error).message, cause });
  }
  if (done === bytes.length) return bytesSource(bytes, name);
  throw new GradCamError("E_ZIP_INVALID", { where: name, expected: `${bytes.length} bytes`, got: `${done}` });
}
