/**
 * The nodes of a TensorFlow graph as JSON: strings are base64, whole numbers are decimal strings, inputs are names with `:k` for
 * output k and `^name` for order only. After tensorflow/core/framework/{graph,node_def,attr_value}.proto.
 */
import { GradCamError } from "../../errors.ts";
import type { Limits } from "../limits.ts";
import { checkName } from "../names.ts";
import { show } from "../show.ts";
import { type Fields, invalid, object } from "./model-json.ts";

export class GraphNode {
  readonly name: string;
  readonly op: string;
  /** What it reads: `name` of a node for its first output, `name:k` for output k. */
  readonly inputs: readonly string[];
  readonly #attrs: Fields;

  constructor(name: string, op: string, inputs: readonly string[], attrs: Fields) {
    this.name = name;
    this.op = op;
    this.inputs = inputs;
    this.#attrs = attrs;
  }

  /** For messages. */
  get where(): string {
    return `${this.op} "${this.name}"`;
  }

  /** A string, decoded. */
  text(name: string, fallback: string): string {
    const value = this.#field(name, "s");
    return value === undefined ? fallback : decodeText(value, this, name);
  }

  number(name: string, fallback: number): number {
    const value = this.#field(name, "f") ?? this.#field(name, "i");
    return value === undefined ? fallback : decodeNumber(value, this, name);
  }

  flag(name: string, fallback: boolean): boolean {
    return (this.#field(name, "b") as boolean | undefined) ?? fallback;
  }

  /** TensorFlow's name or number of a type of elements. */
  type(name: string): unknown {
    return this.#field(name, "type");
  }

  /** A list of whole numbers. */
  integers(name: string, fallback: readonly number[]): readonly number[] {
    const list = this.#list(name, "i");
    return list?.map((value) => decodeNumber(value, this, name)) ?? fallback;
  }

  /** A list of strings, decoded. */
  texts(name: string): readonly string[] {
    return this.#list(name, "s")?.map((value) => decodeText(value, this, name)) ?? [];
  }

  /** The sizes of a placeholder; −1 where a size is not fixed, undefined where nothing is known. */
  dimensions(name: string): readonly number[] | undefined {
    const shape = this.#field(name, "shape");
    if (shape === undefined) return undefined;
    const { dim, unknownRank } = object(shape, this.where) as { dim?: unknown; unknownRank?: unknown };
    if (unknownRank === true) return undefined;
    if (dim !== undefined && !Array.isArray(dim)) throw invalid(this.where, "a list of dimensions", dim);
    return (dim ?? []).map((size: unknown) => decodeNumber(object(size, this.where)["size"] ?? -1, this, name));
  }

  #field(name: string, kind: string): unknown {
    const attr = Object.hasOwn(this.#attrs, name) ? this.#attrs[name] : undefined;
    return attr === undefined ? undefined : object(attr, `${this.where}: ${name}`)[kind];
  }

  #list(name: string, kind: string): readonly unknown[] | undefined {
    const list = this.#field(name, "list");
    if (list === undefined) return undefined;
    const values = object(list, `${this.where}: ${name}`)[kind];
    if (values === undefined) return undefined;
    if (Array.isArray(values)) return values as readonly unknown[];
    throw badAttribute(this, name, "a list", values);
  }
}

/** Checks and indexes the nodes. Throws E_HEADER_INVALID, E_NAME_INVALID, E_GRAPH. */
export function readNodes(topology: Fields, file: string, limits: Limits): Map<string, GraphNode> {
  const { node: nodes } = topology;
  const where = `${file}: modelTopology`;
  if (!Array.isArray(nodes) || nodes.length > limits.tensors) {
    throw invalid(
      where,
      `a list of at most ${limits.tensors} nodes (limit tensors)`,
      Array.isArray(nodes) ? nodes.length : nodes,
    );
  }
  const found = new Map<string, GraphNode>();
  for (const entry of nodes) {
    const { name, op, input = [], attr = {} } = object(entry, where) as Record<string, unknown>;
    if (typeof name !== "string" || typeof op !== "string") throw invalid(where, "a node with a name and an op", entry);
    checkName(name, where);
    if (!Array.isArray(input) || !input.every((text) => typeof text === "string")) {
      throw invalid(`${where}: node "${name}"`, "a list of input names", input);
    }
    if (found.has(name)) throw new GradCamError("E_GRAPH", { where, got: `two nodes called ${show(name)}` });
    const data = input.filter((text) => !text.startsWith("^")).map(outputOf);
    found.set(name, new GraphNode(name, op, data, object(attr, `${where}: node "${name}"`)));
  }
  return found;
}

/** "name:0" → "name"; other outputs than the first keep their number. */
export const outputOf = (reference: string): string => reference.replace(/:0$/, "");

/** How output k of a node is called by whoever reads it. */
export const outputName = (node: string, index: number): string => (index === 0 ? node : `${node}:${index}`);

/** The node that makes an output: "name:2" → "name". */
export const nodeOf = (output: string): string => output.replace(/:\d+$/, "");

function decodeText(value: unknown, node: GraphNode, name: string): string {
  if (typeof value !== "string") throw badAttribute(node, name, "base64 text", value);
  try {
    return atob(value);
  } catch {
    throw badAttribute(node, name, "base64 text", value);
  }
}

function decodeNumber(value: unknown, node: GraphNode, name: string): number {
  const number = typeof value === "string" && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isFinite(number)) return number;
  throw badAttribute(node, name, "a number", value);
}

export const badAttribute = (node: GraphNode, name: string, expected: string, got: unknown): GradCamError =>
  new GradCamError("E_ATTR_INVALID", { where: `${node.where}: ${name}`, expected, got: show(got) });
