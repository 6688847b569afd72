/**
 * safetensors. With 0 as the first byte the others are the file; otherwise they are the text of its header, so that it can become
 * longer and shorter without its length being wrong.
 */
import { openSafetensors } from "../../../src/load/safetensors.ts";
import { withInt8Weights } from "../../../src/load/int8.ts";
import { loadGraph } from "../../../src/load/index.ts";
import { bytesSource } from "../../../src/load/source.ts";
import { safetensors as file } from "../../support/safetensors.ts";
import type { Target } from "./target.ts";

const HEADER = JSON.stringify({
  __metadata__: { format: "pt" },
  "module.features.0.weight": { dtype: "F16", shape: [2, 3, 1, 1], data_offsets: [0, 12] },
  "module.features.0.bias": { dtype: "BF16", shape: [2], data_offsets: [12, 16] },
  n: { dtype: "I64", shape: [], data_offsets: [16, 24] },
  "q.weight": { dtype: "I8", shape: [4, 1], data_offsets: [24, 28] },
  "q.weight.scale": { dtype: "F32", shape: [4], data_offsets: [28, 44] },
  d: { dtype: "F64", shape: [1], data_offsets: [44, 52] },
});
const DATA = new Uint8Array(52).fill(60);

export const safetensors: Target = {
  seeds: () => Promise.resolve([Uint8Array.of(0, ...file(HEADER, DATA)), Uint8Array.of(1, ...Buffer.from(HEADER))]),
  async read(bytes) {
    const rest = bytes.subarray(1);
    const source = bytesSource(bytes[0] === 0 ? rest : file(rest, DATA), "model.safetensors");
    const { tensors } = await openSafetensors(source);
    for (const tensor of withInt8Weights(tensors, source.name).values()) {
      const parameter = tensor.parameter();
      await parameter.source.read(0, Math.min(parameter.source.length, DATA.length));
    }
    await loadGraph(source);
  },
};
