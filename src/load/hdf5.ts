/** HDF5 as far as weights need it: groups, string attributes, and numeric datasets read range by range. */
import { GradCamError } from "../errors.ts";
import type { Shape } from "../shape.ts";
import { connect, type Connection, type StartHdf5 } from "./hdf5/connection.ts";
import type { DatasetNode, Hdf5Node, Hdf5Tree } from "./hdf5/tree.ts";
import type { Limits } from "./limits.ts";
import { decodeFloats, FLOAT_BYTES, type FloatType } from "./numbers.ts";
import { checkShape, countElements } from "./shapes.ts";
import { slabs } from "./slabs.ts";
import type { RandomAccessSource } from "./source.ts";

/** Filters that the library was built with, by HDF5's registered number: deflate, shuffle, fletcher32, nbit, scaleoffset. */
const FILTERS: ReadonlySet<number> = new Set([1, 2, 3, 5, 6]);

/** HDF5's type classes in the order of their numbers, from H5T_INTEGER = 0. */
const CLASS_NAMES = "integer float time string bitfield opaque compound reference enum vlen array".split(" ");

/** Whether numbers of it can only be read by the library. Whole numbers and texts are no weights, and never read. */
const needsLibrary = (node: Hdf5Node): boolean =>
  node.kind === "dataset" && node.begin === undefined && ["float", "opaque"].includes(CLASS_NAMES[node.type] ?? "");

export interface Hdf5Dataset {
  readonly shape: Shape;
  /** "F32", "F16", … as in safetensors, or HDF5's own word for what is not a float. */
  readonly dtype: string;
}

interface Opened {
  readonly tree: Hdf5Tree;
  readonly library: Connection | undefined;
  readonly isDirect: boolean;
}

/** Bytes: room for chunks of datasets that were to grow and never did. */
const SMALL_CHUNK = 2 ** 24;

/** Filters unpack whole chunks, however little of them is asked for: 13 kB became 400 MB for six numbers. Throws E_TENSOR_TOO_LARGE. */
function checkChunk(bytes: number, chunk: number, where: string): void {
  const most = Math.max(bytes, SMALL_CHUNK);
  if (chunk <= most) return;
  throw new GradCamError("E_TENSOR_TOO_LARGE", {
    where,
    expected: `chunks of at most ${most} bytes for ${bytes} bytes of numbers`,
    got: `chunks of ${chunk}`,
  });
}

export class Hdf5File {
  readonly name: string;
  readonly #source: RandomAccessSource;
  readonly #limits: Limits;
  readonly #tree: Hdf5Tree;
  /** The library, where it is still needed. */
  readonly #library: Connection | undefined;
  /** Whether ranges of the file can be read without reading all of it. */
  readonly #isDirect: boolean;
  #open = true;

  /**
   * The source stays in use until `close`. With `start` the library runs in a worker of its own.
   * Throws E_TRUNCATED, E_HEADER_INVALID, E_TIME_LIMIT, E_WORKER.
   */
  static async open(source: RandomAccessSource, limits: Limits, start?: StartHdf5): Promise<Hdf5File> {
    const connection = await connect(source, limits, start);
    // What lies in one piece is read from the file itself: the library gives its memory back before weights take theirs.
    const isDirect = source.readSync !== undefined || source.handle !== undefined;
    const library = isDirect && ![...connection.tree.values()].some(needsLibrary) ? undefined : connection;
    if (!library) connection.close();
    return new Hdf5File(source, limits, { tree: connection.tree, library, isDirect });
  }

  private constructor(source: RandomAccessSource, limits: Limits, { tree, library, isDirect }: Opened) {
    this.name = source.name;
    this.#source = source;
    this.#limits = limits;
    this.#tree = tree;
    this.#library = library;
    this.#isDirect = isDirect;
  }

  /** Everything in it: paths without a leading slash, groups before what is in them. */
  get paths(): Iterable<string> {
    return this.#tree.keys();
  }

  isGroup(path: string): boolean {
    return this.#node(path)?.kind === "group";
  }

  isDataset(path: string): boolean {
    return this.#node(path)?.kind === "dataset";
  }

  /** An attribute that is a list of strings; undefined where there is none. Throws E_HEADER_INVALID for another type. */
  strings(path: string, attribute: string): readonly string[] | undefined {
    const node = this.#node(path);
    const found = node && "strings" in node ? node.strings.get(attribute) : undefined;
    if (found === undefined || !("code" in found)) return found;
    throw new GradCamError(found.code, found);
  }

  /** Throws E_SHAPE_…, E_TENSOR_TOO_LARGE, E_H5_FILTER, E_H5_LINK. */
  dataset(path: string): Hdf5Dataset {
    const where = `${this.name}: dataset "${path}"`;
    const node = this.#node(path);
    if (node?.kind !== "dataset") throw new GradCamError("E_WEIGHT_MISSING", { where, got: "none" });
    if (node.isVirtual) throw linkError(where, "a virtual dataset");
    const shape = checkShape(node.shape, where, this.#limits);
    const bytes = countElements(shape, where) * node.size;
    const stored = node.filters.length > 0 ? Infinity : this.#source.size;
    checkChunk(bytes, (node.chunk ?? 0) * node.size, where);
    if (bytes > this.#limits.tensorBytes || bytes > stored) {
      throw new GradCamError("E_TENSOR_TOO_LARGE", {
        where,
        expected: `at most ${this.#limits.tensorBytes} bytes (limit tensorBytes), and not more than the file holds`,
        got: `${bytes} bytes`,
      });
    }
    const filter = node.filters.find(({ id }) => !FILTERS.has(id));
    if (filter) {
      throw new GradCamError("E_H5_FILTER", {
        where,
        got: `filter ${filter.id}${filter.name ? ` (${filter.name})` : ""}`,
        hint: "save the file without compression, or with gzip",
      });
    }
    return { shape, dtype: this.#dtype(path, node) };
  }

  /** Elements start … end−1 in row-major order. */
  read(
    path: string,
    { shape }: Hdf5Dataset,
    dtype: FloatType,
    start: number,
    end: number,
  ): Float32Array | Promise<Float32Array> {
    this.#requireOpen(path);
    const begin = this.#beginOf(path);
    if (begin !== undefined) {
      const size = FLOAT_BYTES[dtype];
      const [at, bytes] = [begin + start * size, (end - start) * size];
      if (this.#source.readSync) return decodeFloats(this.#source.readSync(at, bytes), dtype);
      return this.#source.read(at, bytes).then((range) => decodeFloats(range, dtype));
    }
    const boxes = Array.from(slabs(shape, start, end), (slab) => ({ path, ...slab }));
    return this.#library!.read({ boxes, dtype });
  }

  /**
   * Fills `target` with the elements from `start` on, without waiting and without a copy on the way; undefined where that cannot be:
   * where numbers are no F32, or not in one piece.
   */
  directly(path: string, dtype: FloatType): ((start: number, target: Float32Array) => void) | undefined {
    const begin = this.#beginOf(path);
    if (begin === undefined || dtype !== "F32" || !this.#source.readIntoSync) return undefined;
    return (start, { buffer, byteOffset, byteLength }) => {
      this.#requireOpen(path);
      const at = begin + start * FLOAT_BYTES.F32;
      this.#source.readIntoSync?.(at, new Uint8Array(buffer, byteOffset, byteLength));
    };
  }

  #beginOf(path: string): number | undefined {
    const node = this.#isDirect ? this.#node(path) : undefined;
    return node?.kind === "dataset" ? node.begin : undefined;
  }

  #requireOpen(path: string): void {
    if (!this.#open) throw new GradCamError("E_DISPOSED", { where: `${this.name}: dataset "${path}"` });
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#library?.close();
    await this.#source.close();
  }

  /** What `path` is; undefined where there is nothing. Throws E_H5_LINK where a link is on the way that is no hard one. */
  #node(path: string): Hdf5Node | undefined {
    const parts = path.split("/");
    for (let depth = 1; depth <= parts.length; depth++) {
      const at = parts.slice(0, depth).join("/");
      const node = this.#tree.get(at);
      if (node?.kind === "link") throw linkError(`${this.name}: "${at}"`, node.what);
      if (node?.kind === "broken") throw new GradCamError(node.error.code, node.error);
    }
    return this.#tree.get(path);
  }

  #dtype(path: string, { type, size }: DatasetNode): string {
    const name = CLASS_NAMES[type] ?? "unknown type";
    if (name === "float") return `F${size * 8}`;
    const isBrain = name === "opaque" && this.strings(path, "dtype")?.[0] === "bfloat16";
    if (isBrain && size === FLOAT_BYTES.BF16) return "BF16";
    return `${name} of ${size} bytes`;
  }
}

const linkError = (where: string, got: string): GradCamError =>
  new GradCamError("E_H5_LINK", { where, expected: "data in the file itself", got });
