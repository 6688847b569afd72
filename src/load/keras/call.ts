/**
 * How layers are called: Keras 3 writes `{args, kwargs}` with tensors as `__keras_tensor__`, Keras 1 and 2 write lists of
 * `[layer, node, tensor, kwargs]`. Both become calls with references among their arguments.
 */
import { GradCamError } from "../../errors.ts";
import { show } from "../show.ts";

/** Tensor `tensor` of call `node` of a layer of the same model. */
export class TensorReference {
  readonly layer: string;
  readonly node: number;
  readonly tensor: number;

  constructor(layer: string, node: number, tensor: number) {
    this.layer = layer;
    this.node = node;
    this.tensor = tensor;
  }
}

/** One call of a layer: plain JSON values, in which tensors are references. */
export interface Call {
  readonly args: readonly unknown[];
  readonly kwargs: ReadonlyMap<string, unknown>;
}

/** All tensors of a call in order. */
export const referencesOf = ({ args, kwargs }: Call): TensorReference[] =>
  [...args, ...kwargs.values()].flat(Infinity).filter((value) => value instanceof TensorReference);

/** The calls that `inbound_nodes` lists. Throws E_GRAPH for what is no list of calls. */
export function readCalls(inbound: unknown, layers: ReadonlySet<string>, where: string): Call[] {
  if (inbound === undefined || inbound === null) return [];
  if (!Array.isArray(inbound)) throw malformed(where, inbound);
  return inbound.map((node: unknown) =>
    Array.isArray(node) ? listedCall(node, layers, where) : namedCall(node, where),
  );
}

/** Keras 3. */
function namedCall(node: unknown, where: string): Call {
  if (typeof node !== "object" || node === null) throw malformed(where, node);
  const { args = [], kwargs = {} } = node as { args?: unknown; kwargs?: unknown };
  if (!Array.isArray(args) || typeof kwargs !== "object" || kwargs === null) throw malformed(where, node);
  return {
    args: args.map((arg) => withTensors(arg, where)),
    kwargs: new Map(Object.entries(kwargs).map(([name, value]) => [name, withTensors(value, where)])),
  };
}

function withTensors(value: unknown, where: string): unknown {
  if (Array.isArray(value)) return value.map((part) => withTensors(part, where));
  if (typeof value !== "object" || value === null) return value;
  const { class_name, config } = value as { class_name?: unknown; config?: { keras_history?: unknown } };
  return class_name === "__keras_tensor__" ? readReference(config?.keras_history, where) : value;
}

/** Keras 1 and 2: a list of tensors, or one tensor by itself; keyword arguments stand with the first. */
function listedCall(node: readonly unknown[], layers: ReadonlySet<string>, where: string): Call {
  const entries = typeof node[0] === "string" ? [node] : node;
  const kwargs = (entries[0] as readonly unknown[] | undefined)?.[3] ?? {};
  if (typeof kwargs !== "object") throw malformed(where, node);
  const args = entries.map((entry) => {
    // How TFOpLambda writes a first argument that is no tensor.
    if (Array.isArray(entry) && entry[0] === "_CONSTANT_VALUE") return entry[2] as unknown;
    return readReference(entry, where);
  });
  const isTensor = (value: unknown): boolean => isReference(value) && layers.has(value[0]);
  const read = (value: unknown): unknown =>
    isTensor(value) ? readReference(value, where) : Array.isArray(value) ? value.map(read) : value;
  return { args, kwargs: new Map(Object.entries(kwargs).map(([name, value]) => [name, read(value)])) };
}

/** `["layer", 0, 0]`. Throws E_GRAPH. */
function readReference(value: unknown, where: string): TensorReference {
  if (isReference(value)) return new TensorReference(value[0], value[1], value[2]);
  throw malformed(where, value);
}

const isReference = (value: unknown): value is [string, number, number] =>
  Array.isArray(value) &&
  typeof value[0] === "string" &&
  [value[1], value[2]].every((index) => Number.isSafeInteger(index) && index >= 0);

/** The references in `input_layers` or `output_layers`: one, a list of them, or lists and objects of those. */
export function readReferences(value: unknown, where: string): TensorReference[] {
  if (isReference(value)) return [readReference(value, where)];
  if (typeof value !== "object" || value === null) throw malformed(where, value);
  return Object.values(value).flatMap((part) => readReferences(part, where));
}

const malformed = (where: string, got: unknown): GradCamError =>
  new GradCamError("E_GRAPH", { where, expected: "tensors as [layer, node, tensor]", got: show(got) });
