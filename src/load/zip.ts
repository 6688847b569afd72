/**
 * ZIP archives (PKWARE's APPNOTE) of model files. zip.js reads the directory in its strict mode: one way to read the file, no
 * unsafe names, nothing before or behind. Members that are stored are read in place; compressed ones are unpacked into memory.
 */
import type { Entry, FileEntry, ZipReader } from "@zip.js/zip.js";
import { GradCamError } from "../errors.ts";
import type { Limits } from "./limits.ts";
import { checkName } from "./names.ts";
import { checkRange, type RandomAccessSource, type SourceHandle } from "./source.ts";
import { inflate, STORED, zipReader } from "./zip-reader.ts";

/** Signature, fixed fields; then the name and the extra field, whose lengths are the last two fields. */
const LOCAL_HEADER = 30;
const LOCAL_SIGNATURE = 0x04034b50;

/** The members of an archive, and no others, by their paths. Their bytes stay readable until the archive is closed. */
export class ZipArchive {
  readonly name: string;
  readonly #source: RandomAccessSource;
  readonly #entries: ReadonlyMap<string, FileEntry>;
  readonly #limits: Limits;
  /** Bytes of all compressed members that were asked for. */
  #unpacked = 0;

  /** Throws E_ZIP_INVALID, E_ZIP_BOMB, E_NAME_INVALID, E_TRAILING_DATA, E_TRUNCATED. */
  static async open(source: RandomAccessSource, limits: Limits): Promise<ZipArchive> {
    const reader = await zipReader(source);
    return new ZipArchive(source, await readDirectory(reader, source, limits), limits);
  }

  private constructor(source: RandomAccessSource, entries: ReadonlyMap<string, FileEntry>, limits: Limits) {
    this.name = source.name;
    this.#source = source;
    this.#entries = entries;
    this.#limits = limits;
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /**
   * A member as a file; its siblings are the archive's other members. Undefined where there is none of that path.
   * Throws E_ZIP_BOMB where the compressed members together are too large to be held.
   */
  async member(path: string): Promise<RandomAccessSource | undefined> {
    const entry = this.#entries.get(path);
    if (!entry) return undefined;
    const name = `${this.name}: ${path}`;
    const packed =
      entry.compressionMethod === STORED
        ? slice(this.#source, name, await this.#begin(entry), entry.compressedSize)
        : await this.#inflate(entry, name);
    return { ...packed, sibling: (other) => this.#beside(path, other) };
  }

  close(): void | Promise<void> {
    return this.#source.close();
  }

  #inflate(entry: FileEntry, name: string): Promise<RandomAccessSource> {
    this.#unpacked += entry.uncompressedSize;
    const { unpackedBytes } = this.#limits;
    if (this.#unpacked <= unpackedBytes) return inflate(entry, name);
    throw new GradCamError("E_ZIP_BOMB", {
      where: name,
      expected: `at most ${unpackedBytes} bytes in all compressed members (limit unpackedBytes)`,
      got: `${this.#unpacked}`,
      hint: "pack the archive without compression: its members are then read in place",
    });
  }

  async #beside(path: string, other: string): Promise<RandomAccessSource> {
    const wanted = path.slice(0, path.lastIndexOf("/") + 1) + other;
    const member = await this.member(wanted);
    if (member) return member;
    throw new GradCamError("E_SHARD_MISSING", {
      where: `${this.name}: ${path}`,
      expected: `the member ${JSON.stringify(wanted)}`,
      got: "no such member",
    });
  }

  /** Where the bytes of a stored member begin. */
  async #begin({ offset, filename }: FileEntry): Promise<number> {
    const header = await this.#source.read(offset, LOCAL_HEADER);
    const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
    if (view.getUint32(0, true) !== LOCAL_SIGNATURE) throw invalid(`${this.name}: ${filename}`, "no local header");
    return offset + LOCAL_HEADER + view.getUint16(26, true) + view.getUint16(28, true);
  }
}

async function readDirectory(
  reader: ZipReader<unknown>,
  source: RandomAccessSource,
  limits: Limits,
): Promise<Map<string, FileEntry>> {
  const files = new Map<string, FileEntry>();
  let entries = 0;
  try {
    for await (const entry of reader.getEntriesGenerator()) {
      if (++entries > limits.zipEntries) {
        throw invalid(source.name, `more than ${limits.zipEntries} members (limit zipEntries)`);
      }
      checkEntry(entry, source.name, limits);
      if (!entry.directory) files.set(entry.filename, entry);
    }
  } catch (cause) {
    throw cause instanceof GradCamError ? cause : explain(cause, source.name);
  }
  checkOverlaps([...files.values()], source);
  return files;
}

function checkEntry(entry: Entry, archive: string, limits: Limits): void {
  const { filename, compressedSize, uncompressedSize } = entry;
  const where = `${archive}: ${filename}`;
  checkName(filename, archive);
  if (entry.encrypted) throw invalid(where, "an encrypted member", "save it without a password");
  if (entry.symlink) throw invalid(where, "a symbolic link");
  if (entry.compressionMethod === STORED && compressedSize !== uncompressedSize) {
    throw invalid(where, `a stored member of ${compressedSize} bytes that says it has ${uncompressedSize}`);
  }
  const { unpackedBytes, unpackedRatio } = limits;
  if (entry.compressionMethod === STORED) return;
  if (uncompressedSize > unpackedBytes || isBomb(uncompressedSize, compressedSize, unpackedRatio)) {
    throw new GradCamError("E_ZIP_BOMB", {
      where,
      expected: `at most ${unpackedBytes} bytes (limit unpackedBytes), and ${unpackedRatio} times the packed ones beyond 256 MiB (limit unpackedRatio)`,
      got: `${uncompressedSize} bytes from ${compressedSize}`,
    });
  }
}

/** Below this, no ratio is suspicious: zeros pack well. */
const HARMLESS = 2 ** 28;
/** What deflate can do at most. */
const DEFLATE_RATIO = 1032;

const isBomb = (unpacked: number, packed: number, ratio: number): boolean =>
  unpacked > (packed + 1) * DEFLATE_RATIO || (unpacked > HARMLESS && unpacked > packed * ratio);

/** Members that share bytes are how a small archive unpacks to a huge one; each must end where the next may begin. */
function checkOverlaps(entries: readonly FileEntry[], source: RandomAccessSource): void {
  const sorted = [...entries].sort((a, b) => a.offset - b.offset);
  sorted.forEach(({ offset, filename, rawFilename, compressedSize }, i) => {
    const end = offset + LOCAL_HEADER + rawFilename.length + compressedSize;
    const limit = sorted[i + 1]?.offset ?? source.size;
    if (end > limit) throw invalid(`${source.name}: ${filename}`, "a member that runs into the next one");
  });
}

/** Part of a file as a file: nothing is copied. */
function slice(source: RandomAccessSource, name: string, begin: number, size: number): RandomAccessSource {
  checkRange(name, source.size, begin, size);
  return {
    name,
    size,
    ...(source.handle && { handle: sliceHandle(source.handle, begin, size) }),
    read: async (offset, length) => {
      checkRange(name, size, offset, length);
      return source.read(begin + offset, length);
    },
    ...(source.readSync && {
      readSync: (offset: number, length: number) => {
        checkRange(name, size, offset, length);
        return source.readSync!(begin + offset, length);
      },
    }),
    ...(source.readIntoSync && {
      readIntoSync: (offset: number, target: Uint8Array) => {
        checkRange(name, size, offset, target.length);
        source.readIntoSync!(begin + offset, target);
      },
    }),
    // The archive is closed as a whole.
    close: () => undefined,
  };
}

function explain(cause: unknown, where: string): GradCamError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const { reason } = cause as { reason?: unknown };
  if (reason === "appended data") return new GradCamError("E_TRAILING_DATA", { where, got: message, cause });
  if (/central directory/i.test(message) && /not found/i.test(message)) {
    return new GradCamError("E_TRUNCATED", {
      where,
      expected: "the directory at the end of a zip archive",
      got: "none",
      hint: "the file is incomplete: fetch it again",
      cause,
    });
  }
  return invalid(where, typeof reason === "string" ? `${message}: ${reason}` : message, undefined, cause);
}

const invalid = (where: string, got: string, hint?: string, cause?: unknown): GradCamError =>
  new GradCamError("E_ZIP_INVALID", { where, got, ...(hint !== undefined && { hint }), cause });

function sliceHandle(handle: SourceHandle, begin: number, size: number): SourceHandle {
  switch (handle.kind) {
    case "file":
      return { ...handle, offset: handle.offset + begin };
    case "blob":
      return { kind: "blob", blob: handle.blob.slice(begin, begin + size) };
  }
}
