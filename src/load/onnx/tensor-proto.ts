/** TensorProto: what a tensor is called, how large it is and where its numbers lie. They are not read here. */
import { WireType } from "@bufbuild/protobuf/wire";
import { GradCamError } from "../../errors.ts";
import type { Shape } from "../../shape.ts";
import type { Limits } from "../limits.ts";
import { checkShape, countElements } from "../shapes.ts";
import { show } from "../show.ts";
import { ELEMENT_TYPES, type ElementType } from "./element-types.ts";
import type { Field, Wire } from "./wire.ts";

/** Bytes of a file. */
export interface Range {
  readonly begin: number;
  readonly end: number;
}

export interface OnnxTensor {
  readonly name: string;
  readonly shape: Shape;
  readonly count: number;
  readonly type: ElementType;
  /** Raw little-endian bytes; numbers as protocol buffers write them; or another file, as its keys say. */
  readonly data:
    | { readonly kind: "raw"; readonly range: Range }
    | { readonly kind: "fields"; readonly ranges: readonly Range[] }
    | { readonly kind: "external"; readonly keys: ReadonlyMap<string, string> };
}

const RAW_DATA = 9;
const EXTERNAL_DATA = 13;
const DATA_FIELDS: ReadonlySet<number> = new Set([4, 5, 6, 7, RAW_DATA, 10, 11]);
const EXTERNAL = 1n;
/** Pieces that the numbers of one tensor may be in: writers use one. */
const MOST_PIECES = 100_000;

interface Draft {
  name: string;
  readonly dims: number[];
  type: number;
  isExternal: boolean;
  readonly data: Field[];
  readonly keys: Map<string, string>;
}

/** Throws E_PROTOBUF, E_DTYPE, E_SHAPE_…, E_TENSOR_TOO_LARGE, E_TENSOR_SIZE. */
export async function readTensor(wire: Wire, range: Range, limits: Limits, called?: string): Promise<OnnxTensor> {
  const draft: Draft = { name: called ?? "", dims: [], type: 0, isExternal: false, data: [], keys: new Map() };
  for await (const field of wire.fields(range.begin, range.end)) await readField(wire, field, draft, limits);
  const { name, dims, data } = draft;
  const where = `${wire.source.name}: tensor "${name}"`;
  const shape = checkShape(dims, where, limits);
  const type = ELEMENT_TYPES.get(draft.type);
  if (!type) {
    const expected = [...ELEMENT_TYPES.values()].map((known) => known.name).join(", ");
    throw new GradCamError("E_DTYPE", { where, expected, got: `type ${draft.type}` });
  }
  const count = countElements(shape, where);
  if (count * type.bytes > limits.tensorBytes) {
    const expected = `at most ${limits.tensorBytes} bytes (limit tensorBytes)`;
    throw new GradCamError("E_TENSOR_TOO_LARGE", { where, expected, got: String(count * type.bytes) });
  }
  if (draft.isExternal) {
    if (data.length > 0) throw size(where, "its numbers in another file", "numbers in this one too");
    return { name, shape, count, type, data: { kind: "external", keys: draft.keys } };
  }
  return { name, shape, count, type, data: storedData(data, count, type, where) };
}

async function readField(wire: Wire, field: Field, draft: Draft, limits: Limits): Promise<void> {
  const { number } = field;
  if (number === 1) {
    draft.dims.push(...(await wire.integers(field)).map(Number).slice(0, limits.rank + 1));
  } else if (number === 2) {
    wire.require(field, WireType.Varint);
    draft.type = Number(field.value);
  } else if (number === 8) draft.name = await wire.text(field);
  else if (number === 14) draft.isExternal = field.value === EXTERNAL;
  else if (number === EXTERNAL_DATA) await readKey(wire, field, draft);
  else if (DATA_FIELDS.has(number)) {
    if (draft.data.length >= MOST_PIECES) {
      throw wire.invalid(field.begin, `numbers in at most ${MOST_PIECES} pieces`, "more");
    }
    draft.data.push(field);
  }
}

/** A StringStringEntryProto. Throws E_EXTERNAL_DATA for a second one of the same name. */
async function readKey(wire: Wire, entry: Field, { keys, name }: Draft): Promise<void> {
  const [key, value] = await readPair(wire, entry);
  if (keys.has(key)) {
    const where = `${wire.source.name}: tensor "${name}"`;
    throw new GradCamError("E_EXTERNAL_DATA", { where, expected: `one ${show(key)}`, got: "two" });
  }
  keys.set(key, value);
}

/** Key and value of a StringStringEntryProto. */
export async function readPair(wire: Wire, entry: Field): Promise<[key: string, value: string]> {
  wire.require(entry, WireType.LengthDelimited);
  let [key, value] = ["", ""];
  for await (const field of wire.fields(entry.begin, entry.end)) {
    if (field.number === 1) key = await wire.text(field);
    else if (field.number === 2) value = await wire.text(field);
  }
  return [key, value];
}

function storedData(data: readonly Field[], count: number, type: ElementType, where: string): OnnxTensor["data"] {
  const numbers = [...new Set(data.map(({ number }) => number))];
  if (numbers.length > 1) throw size(where, "numbers in one field", `numbers in fields ${numbers.join(" and ")}`);
  if (numbers[0] !== RAW_DATA) {
    if (numbers[0] !== undefined && numbers[0] !== type.field) {
      throw size(where, `numbers of type ${type.name} in field ${type.field}`, `numbers in field ${numbers[0]}`);
    }
    // An element takes at least one byte however it is written.
    const bytes = data.reduce((sum, { begin, end }) => sum + end - begin, 0);
    if (bytes < count) throw size(where, `${count} numbers`, `${bytes} bytes`);
    return { kind: "fields", ranges: data };
  }
  const [range] = data.slice(-1) as [Field];
  const bytes = range.end - range.begin;
  if (bytes !== count * type.bytes) throw size(where, `${count * type.bytes} bytes`, String(bytes));
  return { kind: "raw", range };
}

export const size = (where: string, expected: string, got: string): GradCamError =>
  new GradCamError("E_TENSOR_SIZE", { where, expected, got });
