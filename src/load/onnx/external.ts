/**
 * Numbers in other files (docs/ExternalData.md of ONNX): a path relative to the model, an offset and a length as decimal text.
 * Only plain files with one name in the model's own folder are read; everything else may be somebody's trap.
 */
import { GradCamError } from "../../errors.ts";
import { show } from "../show.ts";
import { checkSiblingPath, openSibling } from "../sibling.ts";
import type { RandomAccessSource } from "../source.ts";
import type { OnnxTensor, Range } from "./tensor-proto.ts";

export interface ExternalRange {
  readonly source: RandomAccessSource;
  readonly range: Range;
}

/** Opens every file once. */
export class ExternalFiles {
  readonly #model: RandomAccessSource;
  readonly #opened = new Map<string, RandomAccessSource>();

  constructor(model: RandomAccessSource) {
    this.#model = model;
  }

  /** Where the numbers of `tensor` lie. Throws E_PATH_ESCAPE, E_EXTERNAL_DATA, E_SHARD_MISSING, E_IO, E_HTTP. */
  async locate(tensor: OnnxTensor, keys: ReadonlyMap<string, string>): Promise<ExternalRange> {
    const where = `${this.#model.name}: tensor "${tensor.name}"`;
    const location = keys.get("location");
    if (location === undefined) throw invalid(where, "a location", "none");
    checkSiblingPath(location, where);
    const begin = decimal(keys.get("offset") ?? "0", `${where}: offset`);
    const bytes = tensor.count * tensor.type.bytes;
    const length = decimal(keys.get("length") ?? String(bytes), `${where}: length`);
    if (length !== bytes) throw invalid(`${where}: length`, `${bytes} bytes, as its shape needs`, String(length));
    const source = this.#opened.get(location) ?? (await this.#open(location, where));
    if (begin + length > source.size) {
      throw invalid(where, `${length} bytes from ${begin} on in ${show(location)}`, `a file of ${source.size}`);
    }
    return { source, range: { begin, end: begin + length } };
  }

  async close(): Promise<void> {
    for (const source of this.#opened.values()) await source.close();
  }

  async #open(location: string, where: string): Promise<RandomAccessSource> {
    const source = await openSibling(this.#model, location, where);
    this.#opened.set(location, source);
    if (source.links !== undefined && source.links > 1) {
      throw invalid(where, "a file with one name", `${show(location)}, which has ${source.links} (hard links)`);
    }
    return source;
  }
}

/** Text of digits only: a sign, a space or an exponent has no business here. */
function decimal(text: string, where: string): number {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(number)) return number;
  throw invalid(where, "a whole number of bytes in decimal digits", show(text));
}

const invalid = (where: string, expected: string, got: string): GradCamError =>
  new GradCamError("E_EXTERNAL_DATA", { where, expected, got, hint: "export the model with its weights inside" });
