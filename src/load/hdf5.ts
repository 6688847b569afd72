/** HDF5 as far as weights need it: groups, string attributes, and numeric datasets read range by range. */
import { GradCamError } from "../errors.ts";
import type { Shape } from "../shape.ts";
import { readSlab, readStrings, required } from "./hdf5-raw.ts";
import { type H5Module, mount, type Sandbox } from "./hdf5-sandbox.ts";
import type { Limits } from "./limits.ts";
import { FLOAT_BYTES, type FloatType } from "./numbers.ts";
import { checkShape, countElements } from "./shapes.ts";
import { slabs } from "./slabs.ts";
import { bytesSource, type RandomAccessSource } from "./source.ts";

/** Filters that the library was built with, by HDF5's registered number: deflate, shuffle, fletcher32, nbit, scaleoffset. */
const FILTERS: ReadonlySet<number> = new Set([1, 2, 3, 5, 6]);

/** HDF5's type classes in the order of their numbers, from H5T_INTEGER = 0. */
const CLASS_NAMES = "integer float time string bitfield opaque compound reference enum vlen array".split(" ");

export interface Hdf5Dataset {
  readonly shape: Shape;
  /** "F32", "F16", … as in safetensors, or HDF5's own word for what is not a float. */
  readonly dtype: string;
}

export class Hdf5File {
  readonly name: string;
  readonly #module: H5Module;
  readonly #source: RandomAccessSource;
  readonly #limits: Limits;
  readonly #path: string;
  readonly #sandbox: Sandbox;
  readonly #id: bigint;
  /** Paths whose links were looked at. */
  readonly #trusted = new Set<string>([""]);
  #open = true;

  /** The source stays in use until `close`. Throws E_TRUNCATED, E_HEADER_INVALID. */
  static async open(source: RandomAccessSource, limits: Limits): Promise<Hdf5File> {
    const { ready } = await import("h5wasm");
    // Without synchronous reads, on the main thread of a browser, the file is held in memory as long as it is open.
    const readable = source.readSync ? source : bytesSource(await source.read(0, source.size), source.name);
    return new Hdf5File(await ready, source, readable as Required<RandomAccessSource>, limits);
  }

  private constructor(
    module: H5Module,
    source: RandomAccessSource,
    readable: Required<RandomAccessSource>,
    limits: Limits,
  ) {
    this.name = source.name;
    this.#module = module;
    this.#source = source;
    this.#limits = limits;
    // Not to be guessed by another file that would like to link to it.
    this.#path = `/${crypto.getRandomValues(new Uint32Array(4)).join("-")}`;
    this.#sandbox = mount(module, this.#path, readable);
    try {
      this.#id = this.#sandbox(() => required(module.open(this.#path, module.H5F_ACC_RDONLY, false, -1, -1)));
    } catch (error) {
      module.FS.unlink(this.#path);
      throw error;
    }
  }

  isGroup(path: string): boolean {
    return this.#type(path) === this.#module.H5G_GROUP;
  }

  isDataset(path: string): boolean {
    return this.#type(path) === this.#module.H5G_DATASET;
  }

  /** An attribute that is a list of strings; undefined where there is none. Throws E_HEADER_INVALID for another type. */
  strings(path: string, attribute: string): string[] | undefined {
    return this.#sandbox(() => {
      const at = path || "/";
      if (!this.#module.get_attribute_names(this.#id, at).includes(attribute)) return undefined;
      return readStrings(this.#module, {
        file: this.#id,
        path: at,
        attribute,
        name: this.name,
        limit: this.#limits.headerBytes,
      });
    });
  }

  /** Throws E_SHAPE_…, E_TENSOR_TOO_LARGE, E_H5_FILTER, E_H5_LINK. */
  dataset(path: string): Hdf5Dataset {
    const where = `${this.name}: dataset "${path}"`;
    const metadata = this.#sandbox(() => this.#module.get_dataset_metadata(this.#id, path));
    if ((metadata.virtual_sources ?? []).length > 0) throw linkError(where, "a virtual dataset");
    const filters = this.#sandbox(() => this.#module.get_dataset_filters(this.#id, path));
    const shape = checkShape(metadata.shape, where, this.#limits);
    const bytes = countElements(shape, where) * metadata.size;
    const stored = filters.length > 0 ? Infinity : this.#source.size;
    if (bytes > Math.min(this.#limits.tensorBytes, stored)) {
      throw new GradCamError("E_TENSOR_TOO_LARGE", {
        where,
        expected: `at most ${this.#limits.tensorBytes} bytes (limit tensorBytes), and not more than the file holds`,
        got: `${bytes} bytes`,
      });
    }
    const filter = filters.find(({ id }) => !FILTERS.has(id));
    if (filter) {
      throw new GradCamError("E_H5_FILTER", {
        where,
        got: `filter ${filter.id}${filter.name ? ` (${filter.name})` : ""}`,
        hint: "save the file without compression, or with gzip",
      });
    }
    return { shape, dtype: this.#dtype(path, metadata) };
  }

  /** Elements start … end−1 in row-major order. */
  read(path: string, { shape }: Hdf5Dataset, dtype: FloatType, start: number, end: number): Float32Array {
    if (!this.#open) throw new GradCamError("E_DISPOSED", { where: `${this.name}: dataset "${path}"` });
    const result = new Float32Array(end - start);
    let position = 0;
    for (const { offset, count } of slabs(shape, start, end)) {
      const values = this.#sandbox(() => readSlab(this.#module, { file: this.#id, path, dtype, offset, count }));
      result.set(values, position);
      position += values.length;
    }
    return result;
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#sandbox(() => this.#module.close_file(this.#id));
    this.#module.FS.unlink(this.#path);
    await this.#source.close();
  }

  /** What `path` is, after every link on the way has been found to be a hard one. */
  #type(path: string): number {
    return this.#sandbox(() => {
      const parts = path.split("/");
      for (let depth = 1; depth <= parts.length; depth++) this.#checkLink(parts.slice(0, depth).join("/"));
      return path === "" ? this.#module.H5G_GROUP : this.#module.get_type(this.#id, path);
    });
  }

  #checkLink(path: string): void {
    if (this.#trusted.has(path)) return;
    const where = `${this.name}: "${path}"`;
    // h5wasm declares a string; where the link is not symbolic it answers null.
    const target = this.#module.get_symbolic_link(this.#id, path) as string | null;
    if (target !== null) throw linkError(where, `a soft link to ${JSON.stringify(target)}`);
    const { filename } = this.#module.get_external_link(this.#id, path) as { filename?: string };
    if (filename !== undefined) throw linkError(where, `a link into the file ${JSON.stringify(filename)}`);
    this.#trusted.add(path);
  }

  #dtype(path: string, { type, size }: { type: number; size: number }): string {
    const classes = this.#module.H5T_class_t;
    if (type === classes.H5T_FLOAT.value) return `F${size * 8}`;
    const isBrain = type === classes.H5T_OPAQUE.value && this.strings(path, "dtype")?.[0] === "bfloat16";
    if (isBrain && size === FLOAT_BYTES.BF16) return "BF16";
    return `${CLASS_NAMES[type] ?? "unknown type"} of ${size} bytes`;
  }
}

const linkError = (where: string, got: string): GradCamError =>
  new GradCamError("E_H5_LINK", { where, expected: "data in the file itself", got });
