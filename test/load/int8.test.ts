/** int8 weights by the three habits of naming scales; and what is said about scales that do not fit. */
import { describe, expect, it } from "vitest";
import { readParameter } from "../../src/graph/parameter.ts";
import { openSafetensorsIndex } from "../../src/load/hub/safetensors-index.ts";
import { withInt8Weights } from "../../src/load/int8.ts";
import { DEFAULT_LIMITS } from "../../src/load/limits.ts";
import { openSafetensors } from "../../src/load/safetensors.ts";
import { bytesSource } from "../../src/load/source.ts";
import type { StoredTensors } from "../../src/zoo/weights.ts";
import { codeOf } from "../support/error-code.ts";
import { folderSource } from "../support/folder-source.ts";
import { safetensors } from "../support/safetensors.ts";

/** A 2×3 int8 tensor and its scales. */
function file(name: string, scale: string, scales: readonly number[], shape = [scales.length]): Uint8Array {
  const quantised = new Int8Array([1, -2, 127, 4, 5, -127]);
  const bytes = new Uint8Array([
    ...new Uint8Array(quantised.buffer),
    ...new Uint8Array(Float32Array.from(scales).buffer),
  ]);
  return safetensors(
    {
      [name]: { dtype: "I8", shape: [2, 3], data_offsets: [0, 6] },
      [scale]: { dtype: "F32", shape, data_offsets: [6, 6 + 4 * scales.length] },
    },
    bytes,
  );
}

const open = async (bytes: Uint8Array): Promise<StoredTensors> =>
  withInt8Weights((await openSafetensors(bytesSource(bytes, "int8"))).tensors, "int8");

async function numbersOf(tensors: StoredTensors, name: string): Promise<number[]> {
  expect([...tensors.keys()]).toEqual([name]);
  return Array.from(await readParameter(tensors.get(name)!.parameter()));
}

const read = async (bytes: Uint8Array, name: string): Promise<number[]> => numbersOf(await open(bytes), name);

describe("int8 weights", () => {
  it("have one scale per output channel: the last axis, or the first of PyTorch's", async () => {
    expect(await read(file("fc/kernel", "fc/kernel.scale", [1, 2, 0.5]), "fc/kernel")).toEqual([
      1, -4, 63.5, 4, 10, -63.5,
    ]);
    expect(await read(file("fc.weight", "fc.weight_scale", [1, 2], [2, 1]), "fc.weight")).toEqual([
      1, -2, 127, 8, 10, -254,
    ]);
    expect(await read(file("fc.weight", "fc.SCB", [127, 254]), "fc.weight")).toEqual([1, -2, 127, 8, 10, -254]);
  });

  it("may share one scale", async () => {
    expect(await read(file("fc.weight", "fc.weight_scale", [0.25], []), "fc.weight")).toEqual([
      0.25, -0.5, 31.75, 1, 1.25, -31.75,
    ]);
  });

  it.each([
    ["another number of scales", [1, 2, 3, 4]],
    ["a scale that is not a number", [1, NaN, 1]],
    ["an infinite scale", [1, Infinity, 1]],
    ["a negative scale", [1, -1, 1]],
  ])("with %s are refused", async (_, scales) => {
    expect(await codeOf(() => read(file("fc/kernel", "fc/kernel.scale", scales), "fc/kernel"))).toBe("E_QUANT_INVALID");
  });

  it("without a scale are no floats", async () => {
    const tensors = await open(file("fc/kernel", "other", [1]));
    expect(await codeOf(() => tensors.get("fc/kernel")!.parameter())).toBe("E_DTYPE");
  });

  it("that are not symmetric are refused: what they stand for is not in the scale alone", async () => {
    const header = {
      "fc.weight": { dtype: "I8", shape: [1, 2], data_offsets: [0, 2] },
      "fc.weight_scale": { dtype: "F32", shape: [1], data_offsets: [2, 6] },
      "fc.weight_zero_point": { dtype: "I8", shape: [1], data_offsets: [6, 7] },
    };
    expect(await codeOf(() => open(safetensors(header, new Uint8Array(7))))).toBe("E_QUANT_INVALID");
  });

  it("find their scales in another file of the same model", async () => {
    const one = { "fc.weight": { dtype: "I8", shape: [1, 2], data_offsets: [0, 2] } };
    const two = { "fc.weight_scale": { dtype: "F32", shape: [], data_offsets: [0, 4] } };
    const map = { "fc.weight": "one.safetensors", "fc.weight_scale": "two.safetensors" };
    const folder = {
      "model.safetensors.index.json": JSON.stringify({ weight_map: map }),
      "one.safetensors": safetensors(one, new Uint8Array([1, 254])),
      "two.safetensors": safetensors(two, new Uint8Array(Float32Array.of(0.5).buffer)),
    };
    const source = folderSource(folder, "model.safetensors.index.json");
    const { tensors } = await openSafetensorsIndex(source, DEFAULT_LIMITS);
    expect(await numbersOf(tensors, "fc.weight")).toEqual([0.5, -1]);
  });
});
