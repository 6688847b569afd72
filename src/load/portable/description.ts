/**
 * A network as JSON. Values are counted: first the inputs, then the parameters, then what each node makes, so that whatever a
 * node reads has a smaller number than its own.
 */
import { GradCamError } from "../../errors.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import { fileBuilder } from "../../graph/file-builder.ts";
import type { Graph, ValueId } from "../../graph/graph.ts";
import type { Parameter } from "../../graph/parameter.ts";
import { elements } from "../../shape.ts";
import type { Limits } from "../limits.ts";
import { checkName } from "../names.ts";
import { checkShape, countElements } from "../shapes.ts";
import { show } from "../show.ts";
import { isOperator, readAttributes } from "./attributes.ts";

export interface Description {
  readonly name: string;
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly parameters: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    /** What the file calls it. */
    readonly tensor: string;
    /** A number of the architecture, not a weight. */
    readonly constant?: true;
  }[];
  readonly nodes: readonly {
    readonly op: string;
    readonly name: string;
    /** null where an optional input is left out. */
    readonly inputs: readonly (number | null)[];
    readonly attrs: object;
  }[];
  readonly outputs: readonly number[];
  readonly layers: readonly { readonly name: string; readonly kind: string; readonly output: number }[];
  /** Values that the file which the network came from has as [N,C,…], and users too. */
  readonly channelsFirst?: readonly number[];
}

/** @param tensors what each parameter is called in the file */
export function describe(graph: Graph, tensors: ReadonlyMap<ValueId, string>): Description {
  const parameters = [...tensors.keys()];
  const order = [...graph.inputs, ...parameters, ...graph.nodes.map(({ output }) => output)];
  const numbers = new Map(order.map((id, number) => [id, number]));
  const at = (id: ValueId): number => numbers.get(id)!;
  const turned = order.filter((id) => graph.values[id]!.channelsFirst).map(at);
  const named = (id: ValueId) => ({ name: graph.values[id]!.name, shape: graph.values[id]!.shape });
  return {
    name: graph.name,
    inputs: graph.inputs.map(named),
    parameters: parameters.map((id) => ({
      ...named(id),
      tensor: tensors.get(id)!,
      ...(graph.values[id]!.parameter!.constant && { constant: true }),
    })),
    nodes: graph.nodes.map(({ op, name, inputs, attrs }) => ({
      op,
      name,
      inputs: inputs.map((id) => (id === undefined ? null : at(id))),
      attrs: readAttributes(op, attrs, `${op} "${name}"`),
    })),
    outputs: graph.outputs.map(at),
    layers: graph.layers.map(({ name, kind, output }) => ({ name, kind, output: at(output) })),
    ...(turned.length > 0 && { channelsFirst: turned }),
  };
}

/** Finds the numbers of a tensor. Throws E_WEIGHT_MISSING. */
export type FindTensor = (tensor: string, shape: readonly number[]) => Parameter;

/**
 * The network that a stranger's JSON describes. Throws E_HEADER_INVALID, E_NAME_INVALID, E_SHAPE_…, E_TENSOR_TOO_LARGE,
 * E_UNSUPPORTED_OP (all at once), E_ATTR_INVALID, E_GRAPH, E_WEIGHT_MISSING.
 */
export function rebuild(json: unknown, where: string, limits: Limits, find: FindTensor): Graph {
  const description = fields(json, where);
  const list = (key: string): Record<string, unknown>[] => {
    const value = description[key];
    if (!Array.isArray(value) || value.length > limits.tensors) throw malformed(`${where}: ${key}`, "a list", value);
    return value.map((entry, i) => fields(entry, `${where}: ${key}[${i}]`));
  };
  const nodes = list("nodes");
  checkOperators(nodes, where);
  const builder = fileBuilder(text(description["name"], where), "gradcam", limits);
  const ids: ValueId[] = [];
  for (const { name, shape } of list("inputs")) {
    ids.push(builder.input(text(name, `${where}: inputs`), positive(shape, `${where}: inputs`, limits)));
  }
  const first = ids.length;
  for (const { name, shape, tensor, constant } of list("parameters")) {
    const at = `${where}: parameter ${show(name)}`;
    const sizes = checkShape(shape, at, limits);
    const parameter = find(text(tensor, at), sizes);
    ids.push(
      builder.parameter(text(name, at), sizes, constant === true ? { ...parameter, constant: true } : parameter),
    );
  }
  const computed = ids.length;
  const value = (id: unknown, at: string, from = 0): ValueId => {
    if (typeof id === "number" && Number.isInteger(id) && id >= from && id < ids.length) return ids[id]!;
    throw new GradCamError("E_GRAPH", {
      where: at,
      expected: `a value from ${from} to ${ids.length - 1}`,
      got: show(id),
    });
  };
  for (const node of nodes) ids.push(addNode(builder, node, value, where));
  for (const { name, kind, output } of list("layers")) {
    const at = `${where}: layer ${show(name)}`;
    builder.layer(text(name, at), text(kind, at), value(output, at, first));
  }
  const turned = description["channelsFirst"] ?? [];
  if (!Array.isArray(turned)) throw malformed(`${where}: channelsFirst`, "a list", turned);
  for (const number of turned) {
    const id = value(number, `${where}: channelsFirst`);
    if (builder.shape(id).length > 2) builder.channelsFirst(id);
  }
  const outputs = description["outputs"];
  if (first === 0 || !Array.isArray(outputs) || outputs.length === 0) {
    throw malformed(where, "at least one input and one output", outputs);
  }
  return builder.finish(outputs.map((id) => value(id, `${where}: outputs`, computed)));
}

type Lookup = (id: unknown, at: string, from?: number) => ValueId;

function addNode(
  builder: GraphBuilder,
  { op, name, inputs, attrs }: Record<string, unknown>,
  value: Lookup,
  where: string,
): ValueId {
  const label = text(name, `${where}: nodes`);
  const at = `${where}: ${String(op)} "${label}"`;
  if (!isOperator(op) || !Array.isArray(inputs)) throw malformed(at, "a list of inputs", inputs);
  const operands = inputs.map((id) => (id === null ? undefined : value(id, at)));
  if (!builder.takesInputs(op, operands)) {
    throw new GradCamError("E_GRAPH", { where: at, expected: `the inputs of ${op}`, got: show(inputs) });
  }
  return builder.node(op, label, operands, readAttributes(op, attrs, at));
}

function checkOperators(nodes: readonly Record<string, unknown>[], where: string): void {
  const unknown = [...new Set(nodes.filter(({ op }) => !isOperator(op)).map(({ op }) => show(op)))];
  if (unknown.length === 0) return;
  const hint = "was it written by a later version?";
  throw new GradCamError("E_UNSUPPORTED_OP", {
    where,
    expected: "operators that exist",
    got: unknown.join(", "),
    hint,
  });
}

function positive(shape: unknown, where: string, limits: Limits): readonly number[] {
  const sizes = checkShape(shape, where, limits);
  if (
    sizes.length > 0 &&
    elements(sizes) > 0 &&
    sizes[0] === 1 &&
    countElements(sizes, where) * 4 <= limits.tensorBytes
  )
    return sizes;
  throw new GradCamError("E_SHAPE_INVALID", { where, expected: "a batch of one and sizes ≥ 1", got: show(shape) });
}

function fields(value: unknown, where: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw malformed(where, "an object", value);
}

function text(value: unknown, where: string): string {
  if (typeof value !== "string") throw malformed(where, "a name", value);
  checkName(value, where);
  return value;
}

const malformed = (where: string, expected: string, got: unknown): GradCamError =>
  new GradCamError("E_HEADER_INVALID", { where, expected, got: show(got) });
