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

export function readCase(group: string, name: string): OnnxCase {
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
