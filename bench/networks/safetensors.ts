/** Parameters as a safetensors file: u64 header length, JSON header, tensors; written and read piece by piece. */
import { open } from "node:fs/promises";
import type { Graph } from "../../src/graph/graph.ts";
import { type Parameter, readParameter } from "../../src/graph/parameter.ts";
import { elements, type Shape } from "../../src/shape.ts";
import type { LazyBytes, Message } from "../onnx/protobuf.ts";

interface Stored {
  readonly name: string;
  readonly shape: Shape;
  readonly parameter: Parameter;
}

/** Numbers per piece: 4 MiB. */
const CHUNK = 1 << 20;

/** The parameters that nodes read, each once. */
export function parametersOf({ values, nodes }: Graph): Stored[] {
  const read = new Set(nodes.flatMap((node) => node.inputs));
  return values.flatMap(({ name, shape, parameter }, id) =>
    parameter && read.has(id) ? [{ name, shape, parameter }] : [],
  );
}

export function toSafetensors(tensors: readonly Stored[]): Message {
  const header: Record<string, unknown> = {};
  let end = 0;
  for (const { name, shape } of tensors) {
    const begin = end;
    end += elements(shape) * 4;
    header[name] = { dtype: "F32", shape, data_offsets: [begin, end] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(json.length), true);
  return [length, json, ...tensors.map(numbers)];
}

function numbers({ shape, parameter }: Stored): LazyBytes {
  const count = elements(shape);
  const { source, permutation, scale } = parameter;
  return {
    byteLength: count * 4,
    async *chunks() {
      if (permutation || scale) yield bytesOf(await readParameter(parameter));
      else for (let at = 0; at < count; at += CHUNK) yield bytesOf(await source.read(at, Math.min(count, at + CHUNK)));
    },
  };
}

const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

interface Tensor {
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** Reads a file that toSafetensors wrote, tensor by tensor. */
export async function* readSafetensors(path: string): AsyncGenerator<[name: string, tensor: Tensor]> {
  const file = await open(path);
  try {
    const prefix = Buffer.alloc(8);
    await file.read(prefix, 0, 8, 0);
    const length = Number(prefix.readBigUInt64LE());
    const json = Buffer.alloc(length);
    await file.read(json, 0, length, 8);
    const header = JSON.parse(json.toString()) as Record<string, { shape: Shape; data_offsets: [number, number] }>;
    for (const [
      name,
      {
        shape,
        data_offsets: [begin, end],
      },
    ] of Object.entries(header)) {
      const bytes = new Uint8Array(end - begin);
      await file.read(bytes, 0, bytes.length, 8 + length + begin);
      yield [name, { shape, data: new Float32Array(bytes.buffer) }];
    }
  } finally {
    await file.close();
  }
}
