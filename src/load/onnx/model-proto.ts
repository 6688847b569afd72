/** ModelProto and GraphProto: a file's network as it describes it. After onnx/onnx.proto. */
import { WireType } from "@bufbuild/protobuf/wire";
import { GradCamError } from "../../errors.ts";
import type { Limits } from "../limits.ts";
import { checkName } from "../names.ts";
import type { RandomAccessSource } from "../source.ts";
import { type Attribute, OnnxNode } from "./node.ts";
import { type OnnxTensor, readPair, readTensor } from "./tensor-proto.ts";
import { type Field, Wire } from "./wire.ts";

/** An input or output: a size is undefined where it is not fixed. */
export interface OnnxValue {
  readonly name: string;
  readonly shape: readonly (number | undefined)[] | undefined;
}

export interface OnnxModel {
  readonly file: string;
  readonly producer: string;
  /** Versions by domain; "" is ONNX's own. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly metadata: ReadonlyMap<string, string>;
  /** Functions of the file's own: operators nobody else knows. */
  readonly functions: number;
  readonly nodes: readonly OnnxNode[];
  readonly tensors: ReadonlyMap<string, OnnxTensor>;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly sparse: number;
}

interface Draft {
  producer: string;
  readonly opsets: Map<string, number>;
  readonly metadata: Map<string, string>;
  functions: number;
  readonly nodes: OnnxNode[];
  readonly tensors: Map<string, OnnxTensor>;
  readonly inputs: OnnxValue[];
  readonly outputs: OnnxValue[];
  sparse: number;
  /** Nodes, tensors, inputs and outputs so far. */
  things: number;
}

const emptyDraft = (): Draft => ({
  producer: "",
  opsets: new Map(),
  metadata: new Map(),
  functions: 0,
  nodes: [],
  tensors: new Map(),
  inputs: [],
  outputs: [],
  sparse: 0,
  things: 0,
});

/** Throws E_PROTOBUF, E_TRUNCATED, E_NAME_INVALID, E_WEIGHT_DUPLICATE, E_HEADER_INVALID and the errors of tensors. */
export async function readOnnx(source: RandomAccessSource, limits: Limits): Promise<OnnxModel> {
  const wire = new Wire(source);
  const draft = emptyDraft();
  for await (const field of wire.fields(0, source.size)) {
    switch (field.number) {
      case 2:
        draft.producer = `${await wire.text(field)} ${draft.producer}`.trim();
        break;
      case 3:
        draft.producer = `${draft.producer} ${await wire.text(field)}`.trim();
        break;
      case 7:
        wire.require(field, WireType.LengthDelimited);
        await readGraph(wire, field, draft, limits);
        break;
      case 8:
        draft.opsets.set(...(await readOpset(wire, field)));
        break;
      case 14:
        draft.metadata.set(...(await readPair(wire, field)));
        break;
      case 25:
        draft.functions++;
        break;
    }
  }
  if (draft.opsets.size === 0) {
    // What operators mean is written behind the graph, and always.
    const where = `${source.name} at byte ${source.size}`;
    throw new GradCamError("E_TRUNCATED", { where, expected: "the version of ONNX's operators", got: "the end" });
  }
  return { file: source.name, ...draft };
}

async function readOpset(wire: Wire, range: Field): Promise<[domain: string, version: number]> {
  wire.require(range, WireType.LengthDelimited);
  let [domain, version] = ["", 0];
  for await (const field of wire.fields(range.begin, range.end)) {
    if (field.number === 1) domain = await wire.text(field);
    else if (field.number === 2) version = Number(field.value);
  }
  return [domain === "ai.onnx" ? "" : domain, version];
}

async function readGraph(wire: Wire, graph: Field, draft: Draft, limits: Limits): Promise<void> {
  for await (const field of wire.fields(graph.begin, graph.end)) {
    if (![1, 5, 11, 12, 15].includes(field.number)) continue;
    wire.require(field, WireType.LengthDelimited);
    if (++draft.things > limits.tensors) {
      const expected = `at most ${limits.tensors} nodes and tensors (limit tensors)`;
      throw new GradCamError("E_HEADER_INVALID", { where: wire.source.name, expected, got: "more" });
    }
    if (field.number === 1) draft.nodes.push(await readNode(wire, field, limits));
    else if (field.number === 5) addTensor(draft, await readTensor(wire, field, limits), wire.source.name);
    else if (field.number === 11) draft.inputs.push(await readValue(wire, field));
    else if (field.number === 12) draft.outputs.push(await readValue(wire, field));
    else draft.sparse++;
  }
}

function addTensor({ tensors }: Draft, tensor: OnnxTensor, file: string): void {
  checkName(tensor.name, `${file}: initializer`);
  if (tensors.has(tensor.name)) {
    const where = `${file}: initializer "${tensor.name}"`;
    throw new GradCamError("E_WEIGHT_DUPLICATE", { where, got: "a second one of this name" });
  }
  tensors.set(tensor.name, tensor);
}

async function readNode(wire: Wire, range: Field, limits: Limits): Promise<OnnxNode> {
  const parts = { name: "", op: "", domain: "", inputs: [] as string[], outputs: [] as string[] };
  const attributes = new Map<string, Attribute>();
  for await (const field of wire.fields(range.begin, range.end)) {
    if (field.number === 1) parts.inputs.push(await wire.text(field));
    else if (field.number === 2) parts.outputs.push(await wire.text(field));
    else if (field.number === 3) parts.name = await wire.text(field);
    else if (field.number === 4) parts.op = await wire.text(field);
    else if (field.number === 7) parts.domain = await wire.text(field);
    else if (field.number === 5) attributes.set(...(await readAttribute(wire, field, limits)));
  }
  const where = `${wire.source.name}: node`;
  for (const name of [...parts.inputs, ...parts.outputs, parts.name]) if (name !== "") checkName(name, where);
  checkName(parts.op, where);
  return new OnnxNode({ ...parts, domain: parts.domain === "ai.onnx" ? "" : parts.domain, attributes });
}

async function readAttribute(wire: Wire, range: Field, limits: Limits): Promise<[name: string, value: Attribute]> {
  wire.require(range, WireType.LengthDelimited);
  let name = "";
  const value: Attribute = {};
  for await (const field of wire.fields(range.begin, range.end)) {
    if (field.number === 1) name = await wire.text(field);
    else if (field.number === 20) value.type = Number(field.value);
    else await readValueOf(wire, field, value, limits);
  }
  return [name, orEmpty(value)];
}

/** AttributeProto.type. */
const FLOATS = 6;
const INTS = 7;

/** A list without elements is not written at all. */
function orEmpty(value: Attribute): Attribute {
  if (value.type === FLOATS) value.floats ??= [];
  if (value.type === INTS) value.ints ??= [];
  return value;
}

async function readValueOf(wire: Wire, field: Field, value: Attribute, limits: Limits): Promise<void> {
  switch (field.number) {
    case 2:
      value.float = (await wire.floats(field))[0] ?? NaN;
      break;
    case 3:
      wire.require(field, WireType.Varint);
      value.int = Number(BigInt.asIntN(64, field.value));
      break;
    case 4:
      value.text = await wire.text(field);
      break;
    case 5:
      wire.require(field, WireType.LengthDelimited);
      value.tensor = await readTensor(wire, field, limits);
      break;
    case 6:
    case 11:
      value.isGraph = true;
      break;
    case 7:
      // One by one: a file may hold more numbers than a call can have arguments.
      for (const number of await wire.floats(field)) (value.floats ??= []).push(number);
      break;
    case 8:
      for (const number of await wire.integers(field)) (value.ints ??= []).push(Number(number));
      break;
    case 9:
      (value.texts ??= []).push(await wire.text(field));
      break;
  }
}

/** ValueInfoProto → TypeProto → TypeProto.Tensor → TensorShapeProto. */
async function readValue(wire: Wire, range: Field): Promise<OnnxValue> {
  let name = "";
  let shape: (number | undefined)[] | undefined;
  for await (const field of wire.fields(range.begin, range.end)) {
    if (field.number === 1) name = await wire.text(field);
    if (field.number !== 2) continue;
    for await (const type of wire.fields(field.begin, field.end)) {
      if (type.number !== 1) continue;
      for await (const part of wire.fields(type.begin, type.end)) {
        if (part.number === 2) shape = await readSizes(wire, part);
      }
    }
  }
  checkName(name, `${wire.source.name}: input or output`);
  return { name, shape };
}

async function readSizes(wire: Wire, shape: Field): Promise<(number | undefined)[]> {
  wire.require(shape, WireType.LengthDelimited);
  const sizes: (number | undefined)[] = [];
  for await (const dimension of wire.fields(shape.begin, shape.end)) {
    if (dimension.number !== 1) continue;
    wire.require(dimension, WireType.LengthDelimited);
    let size: number | undefined;
    for await (const field of wire.fields(dimension.begin, dimension.end)) {
      if (field.number === 1 && field.type === WireType.Varint) size = Number(BigInt.asIntN(64, field.value));
    }
    sizes.push(size);
  }
  return sizes;
}
