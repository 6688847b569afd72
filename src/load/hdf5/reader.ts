/** The side of HDF5 that runs the library: opens a file, walks it, reads boxes of numbers. */
import type { ReadySource } from "../source.ts";
import { GradCamError } from "../../errors.ts";
import { elements } from "../../shape.ts";
import type { Limits } from "../limits.ts";
import type { FloatType } from "../numbers.ts";
import { readSlab, readStrings, required } from "./raw.ts";
import { type H5Module, mount, type Sandbox } from "./sandbox.ts";
import type { Box, DatasetNode, Hdf5Node, Hdf5Tree, SentError, Strings } from "./tree.ts";

/** HDF5's number of the class of floats. */
const FLOAT = 1;

const FLOATS_BY_SIZE: ReadonlyMap<number, FloatType> = new Map([
  [2, "F16"],
  [4, "F32"],
  [8, "F64"],
]);

/** Groups within groups: more than any program writes, few enough for a group that contains itself. */
const DEPTH = 32;

export class Hdf5Reader {
  readonly #module: H5Module;
  readonly #source: ReadySource;
  readonly #limits: Limits;
  readonly #path: string;
  readonly #sandbox: Sandbox;
  readonly #file: bigint;
  /** Where HDF5 last read in the file. */
  #lastRead: number | undefined;

  /** Throws E_TRUNCATED, E_HEADER_INVALID. */
  constructor(module: H5Module, source: ReadySource, limits: Limits) {
    this.#module = module;
    this.#source = source;
    this.#limits = limits;
    // Not to be guessed by another file that would like to link to it.
    this.#path = `/${crypto.getRandomValues(new Uint32Array(4)).join("-")}`;
    this.#sandbox = mount(module, this.#path, source, (at) => {
      this.#lastRead = at;
    });
    try {
      this.#file = this.#sandbox(() => required(module.open(this.#path, module.H5F_ACC_RDONLY, false, -1, -1)));
    } catch (error) {
      module.FS.unlink(this.#path);
      throw error;
    }
  }

  /** Everything that hard links lead to. Throws E_HEADER_INVALID for more objects than the limit allows. */
  tree(): Hdf5Tree {
    const nodes = new Map<string, Hdf5Node>();
    const open: string[] = [""];
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      const node = this.#node(path);
      nodes.set(path, node);
      if (nodes.size > this.#limits.tensors) throw this.#tooMany();
      if (node.kind !== "group") continue;
      const parent = path;
      if (path.split("/").length > DEPTH) throw this.#tooMany();
      const names = this.#try(() => this.#module.get_names(this.#file, parent || "/", false));
      if (names instanceof GradCamError) nodes.set(path, { kind: "broken", error: factsOf(names) });
      else open.push(...names.map((name) => (parent === "" ? name : `${parent}/${name}`)).reverse());
    }
    return nodes;
  }

  /** The numbers of a box into `target`, which has room for them and no more. */
  read(box: Box, dtype: FloatType, target: Float32Array): void {
    this.#sandbox(() => {
      readSlab(this.#module, { file: this.#file, ...box, dtype }, target);
    });
  }

  close(): void {
    this.#sandbox(() => this.#module.close_file(this.#file));
    this.#module.FS.unlink(this.#path);
  }

  #node(path: string): Hdf5Node {
    const link = path === "" ? undefined : this.#try(() => this.#linkAt(path));
    if (link instanceof GradCamError) return { kind: "broken", error: factsOf(link) };
    if (link !== undefined) return { kind: "link", what: link };
    const node = this.#try(() => this.#objectAt(path));
    if (node instanceof GradCamError) return { kind: "broken", error: factsOf(node) };
    return node.kind === "dataset" ? { ...node, begin: this.#beginOf(path, node) } : node;
  }

  /**
   * Where the numbers of a dataset begin, seen by where HDF5 reads for the first and for the last of them. Undefined where these are
   * not as far apart as the numbers, as in chunks, in headers, or where nothing was ever written.
   */
  #beginOf(path: string, node: DatasetNode): number | undefined {
    const { shape, size, type, isLittleEndian, isVirtual, chunk, filters } = node;
    const dtype = FLOATS_BY_SIZE.get(size);
    const count = elements(shape);
    const isPlain = isLittleEndian && !isVirtual && chunk === undefined && filters.length === 0;
    if (!isPlain || !dtype || type !== FLOAT || count === 0 || count * size > this.#source.size) return undefined;
    const readFor = (last: boolean): number | undefined => {
      const offset = shape.map((length) => (last ? length - 1 : 0));
      this.#lastRead = undefined;
      const box = { path, offset, count: shape.map(() => 1) };
      const failed = this.#try(() => {
        this.read(box, dtype, new Float32Array(1));
      });
      return failed instanceof GradCamError ? undefined : this.#lastRead;
    };
    const begin = readFor(false);
    const isWhole = begin !== undefined && (count === 1 || readFor(true) === begin + (count - 1) * size);
    return isWhole && begin + count * size <= this.#source.size ? begin : undefined;
  }

  /** What makes a link another than a hard one. */
  #linkAt(path: string): string | undefined {
    // h5wasm declares a string; where the link is not symbolic it answers null.
    const target = this.#module.get_symbolic_link(this.#file, path) as string | null;
    if (target !== null) return `a soft link to ${JSON.stringify(target)}`;
    const { filename } = this.#module.get_external_link(this.#file, path) as { filename?: string };
    return filename === undefined ? undefined : `a link into the file ${JSON.stringify(filename)}`;
  }

  #objectAt(path: string): Hdf5Node {
    const module = this.#module;
    const type = path === "" ? module.H5G_GROUP : module.get_type(this.#file, path);
    if (type === module.H5G_GROUP) return { kind: "group", strings: this.#strings(path) };
    if (type !== module.H5G_DATASET) return { kind: "other" };
    const {
      shape,
      size,
      type: element,
      virtual_sources,
      chunks,
      littleEndian,
    } = module.get_dataset_metadata(this.#file, path);
    const filters = module.get_dataset_filters(this.#file, path).map(({ id, name }) => ({ id, name }));
    return {
      kind: "dataset",
      strings: this.#strings(path),
      shape: shape ?? [],
      size,
      type: element,
      isLittleEndian: littleEndian,
      isVirtual: (virtual_sources ?? []).length > 0,
      chunk: chunks?.reduce((product, length) => product * length, 1),
      filters,
      begin: undefined,
    };
  }

  #strings(path: string): Strings {
    const at = path || "/";
    const found = new Map<string, readonly string[] | SentError>();
    for (const attribute of this.#module.get_attribute_names(this.#file, at)) {
      const { name } = this.#source;
      const limit = this.#limits.headerBytes;
      const texts = this.#try(() => readStrings(this.#module, { file: this.#file, path: at, attribute, name, limit }));
      found.set(attribute, texts instanceof GradCamError ? factsOf(texts) : texts);
    }
    return found;
  }

  /** The result, or the error in words that may be needed later or never. */
  #try<T>(use: () => T): T | GradCamError {
    try {
      return this.#sandbox(use);
    } catch (error) {
      if (error instanceof GradCamError) return error;
      throw error;
    }
  }

  #tooMany(): GradCamError {
    return new GradCamError("E_HEADER_INVALID", {
      where: this.#source.name,
      expected: `at most ${this.#limits.tensors} objects (limit tensors), ${DEPTH} deep`,
      got: "more",
    });
  }
}

export const factsOf = ({ code, where, expected, got, hint }: GradCamError): SentError => ({
  code,
  where,
  ...(expected !== undefined && { expected }),
  ...(got !== undefined && { got }),
  ...(hint !== undefined && { hint }),
});
