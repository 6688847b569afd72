/** ONNX files for tests: fields written by hand, and the test data of ONNX itself where it is installed. */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_LIMITS } from "../../src/load/limits.ts";
import { ExternalFiles } from "../../src/load/onnx/external.ts";
import { readNumbers } from "../../src/load/onnx/tensor-data.ts";
import { type OnnxTensor, readTensor } from "../../src/load/onnx/tensor-proto.ts";
import { Wire } from "../../src/load/onnx/wire.ts";
import { bytesSource } from "../../src/load/source.ts";
import { goldenJson } from "./golden.ts";

/** Where Debian's libonnx-testdata puts them. */
export const ONNX_TESTDATA = "/usr/share/libonnx-testdata/data";

export interface OnnxCase {
  readonly name: string;
  readonly model: Uint8Array;
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
}

/** Cases of one group, in the order of their names; none where the package is not installed. */
export function onnxCases(group: string): string[] {
  const folder = join(ONNX_TESTDATA, group);
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

interface Encoded {
  readonly model: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Cases of a later version than Debian's, which lie with the tests: group "newer". */
const newer = (): Record<string, Encoded> => goldenJson<Record<string, Encoded>>("onnx/newer-cases.json");

export const newerCases = (): string[] => Object.keys(newer()).map((name) => `newer/${name}`);

function readNewer(name: string): OnnxCase {
  const { model, inputs, outputs } = newer()[name]!;
  const decoded = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));
  return { name, model: decoded(model), inputs: inputs.map(decoded), outputs: outputs.map(decoded) };
}

export function readCase(group: string, name: string): OnnxCase {
  if (group === "newer") return readNewer(name);
  const folder = join(ONNX_TESTDATA, group, name);
  const data = join(folder, "test_data_set_0");
  const files = (kind: string): Uint8Array[] => {
    const names = readdirSync(data).filter((file) => file.startsWith(kind));
    return names.map((_, i) => new Uint8Array(readFileSync(join(data, `${kind}_${i}.pb`))));
  };
  const model = new Uint8Array(readFileSync(join(folder, "model.onnx")));
  return { name, model, inputs: files("input"), outputs: files("output") };
}

/** A TensorProto with its numbers. */
export async function readTensorProto(bytes: Uint8Array): Promise<{ tensor: OnnxTensor; numbers: ArrayLike<number> }> {
  const source = bytesSource(bytes, "tensor");
  const wire = new Wire(source);
  const tensor = await readTensor(wire, { begin: 0, end: bytes.length }, DEFAULT_LIMITS);
  return { tensor, numbers: await readNumbers({ wire, external: new ExternalFiles(source) }, tensor) };
}

/**
 * The model with these tensors as initializers, by the names of its inputs: protocol buffers put two graphs together where one
 * is expected.
 */
export function withInitializers(model: Uint8Array, tensors: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const graph = new BinaryWriter();
  for (const [name, tensor] of tensors) {
    const named = new BinaryWriter().raw(tensor).tag(8, WireType.LengthDelimited).string(name).finish();
    graph.tag(5, WireType.LengthDelimited).bytes(named);
  }
  const writer = new BinaryWriter().raw(model).tag(7, WireType.LengthDelimited).bytes(graph.finish());
  return writer.finish();
}

/** The model with another version of ONNX's own operators: of two, the last counts. */
export function withOpset(model: Uint8Array, version: number): Uint8Array {
  const opset = new BinaryWriter().tag(2, WireType.Varint).int64(version).finish();
  return new BinaryWriter().raw(model).tag(8, WireType.LengthDelimited).bytes(opset).finish();
}

/** What a test writes of a node: attributes by name, as integers, floats, text or a tensor. */
export interface NodeParts {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, number | readonly number[] | string | Uint8Array>>;
}

/** What a test writes of a model; shapes of inputs may have open sizes. */
export interface ModelParts {
  readonly nodes: readonly NodeParts[];
  readonly tensors?: readonly Uint8Array[];
  readonly inputs?: readonly (readonly [name: string, shape: readonly (number | string)[]])[];
  readonly outputs?: readonly string[];
  readonly opset?: number;
  readonly domains?: readonly string[];
}

const message = (write: (writer: BinaryWriter) => unknown): Uint8Array => {
  const writer = new BinaryWriter();
  write(writer);
  return writer.finish();
};

const text = (writer: BinaryWriter, field: number, value: string): BinaryWriter =>
  writer.tag(field, WireType.LengthDelimited).string(value);
const part = (writer: BinaryWriter, field: number, bytes: Uint8Array): BinaryWriter =>
  writer.tag(field, WireType.LengthDelimited).bytes(bytes);
const int = (writer: BinaryWriter, field: number, value: number | bigint): BinaryWriter =>
  writer.tag(field, WireType.Varint).int64(BigInt(value));

/** A TensorProto. @param extra more fields, written behind the others */
export const tensorProto = (
  name: string,
  dims: readonly (number | bigint)[],
  type: number,
  raw?: Uint8Array,
  extra?: (writer: BinaryWriter) => void,
): Uint8Array =>
  message((writer) => {
    for (const size of dims) int(writer, 1, size);
    int(writer, 2, type);
    text(writer, 8, name);
    if (raw) part(writer, 9, raw);
    extra?.(writer);
  });

/** Floats as an initializer. */
export const floats = (name: string, dims: readonly number[], values: readonly number[]): Uint8Array =>
  tensorProto(name, dims, 1, new Uint8Array(Float32Array.from(values).buffer));

/** Whole numbers as an initializer. */
export const integers = (name: string, values: readonly number[]): Uint8Array =>
  tensorProto(name, [values.length], 7, new Uint8Array(BigInt64Array.from(values, BigInt).buffer));

/** A TensorProto whose numbers are in another file. */
export const externalTensor = (
  name: string,
  dims: readonly number[],
  keys: Readonly<Record<string, string>>,
): Uint8Array =>
  tensorProto(name, dims, 1, undefined, (writer) => {
    for (const [key, value] of Object.entries(keys)) {
      part(
        writer,
        13,
        message((entry) => text(text(entry, 1, key), 2, value)),
      );
    }
    int(writer, 14, 1);
  });

const attribute = (name: string, value: number | readonly number[] | string | Uint8Array): Uint8Array =>
  message((writer) => {
    text(writer, 1, name);
    if (typeof value === "number" && Number.isInteger(value)) int(int(writer, 3, value), 20, 2);
    else if (typeof value === "number") int(writer.tag(2, WireType.Bit32).float(value), 20, 1);
    else if (typeof value === "string") int(text(writer, 4, value), 20, 3);
    else if (value instanceof Uint8Array) int(part(writer, 5, value), 20, 4);
    else {
      // Packed; PyTorch's exports write them one by one.
      const list = message((packed) => {
        for (const entry of value) packed.int64(entry);
      });
      part(writer, 8, list);
      int(writer, 20, 7);
    }
  });

const valueInfo = (name: string, shape: readonly (number | string)[]): Uint8Array => {
  const sizes = message((writer) => {
    for (const size of shape) {
      const dimension = (entry: BinaryWriter): BinaryWriter =>
        typeof size === "number" ? int(entry, 1, size) : text(entry, 2, size);
      part(writer, 1, message(dimension));
    }
  });
  const type = message(
    (writer) =>
      void part(
        writer,
        1,
        message((tensor) => part(int(tensor, 1, 1), 2, sizes)),
      ),
  );
  return message((writer) => part(text(writer, 1, name), 2, type));
};

const nodeProto = ({ op, inputs, outputs, domain, attributes = {} }: NodeParts): Uint8Array =>
  message((writer) => {
    for (const name of inputs) text(writer, 1, name);
    for (const name of outputs) text(writer, 2, name);
    text(writer, 4, op);
    for (const [name, value] of Object.entries(attributes)) part(writer, 5, attribute(name, value));
    if (domain !== undefined) text(writer, 7, domain);
  });

/** A ModelProto; by default one picture "x" [1,3,8,8] in, "y" out, opset 17. */
export function modelProto({ nodes, tensors = [], inputs, outputs, opset = 17, domains = [] }: ModelParts): Uint8Array {
  const graph = message((writer) => {
    for (const node of nodes) part(writer, 1, nodeProto(node));
    for (const tensor of tensors) part(writer, 5, tensor);
    for (const [name, shape] of inputs ?? [["x", [1, 3, 8, 8]]]) part(writer, 11, valueInfo(name, shape));
    for (const name of outputs ?? ["y"]) part(writer, 12, valueInfo(name, []));
  });
  return message((writer) => {
    int(writer, 1, 8);
    text(writer, 2, "test");
    part(writer, 7, graph);
    for (const [domain, version] of [["", opset] as const, ...domains.map((name) => [name, 1] as const)]) {
      part(
        writer,
        8,
        message((entry) => int(text(entry, 1, domain), 2, version)),
      );
    }
  });
}
