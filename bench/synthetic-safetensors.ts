/** Synthetic weights as a safetensors file, written piece by piece: u64 header length, JSON header, tensors. */
import { elements } from "../src/shape.ts";
import { syntheticValues, type SyntheticTensor } from "../test/support/synthetic-weights.ts";
import type { LazyBytes, Message } from "./onnx/protobuf.ts";

/** Numbers per piece: 4 MiB. */
const CHUNK = 1 << 20;

export function syntheticSafetensors(tensors: readonly SyntheticTensor[]): Message {
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
  return [length, json, ...tensors.map(values)];
}

function values(tensor: SyntheticTensor): LazyBytes {
  const count = elements(tensor.shape);
  return {
    byteLength: count * 4,
    async *chunks() {
      for (let start = 0; start < count; start += CHUNK) {
        const part = syntheticValues(tensor, start, Math.min(count, start + CHUNK));
        yield await Promise.resolve(new Uint8Array(part.buffer));
      }
    },
  };
}
