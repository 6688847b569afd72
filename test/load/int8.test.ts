/** int8 weights by the three habits of naming scales; and what is said about scales that do not fit. */
import { describe, expect, it } from "vitest";
import { readParameter } from "../../src/graph/parameter.ts";
import { openSafetensors } from "../../src/load/safetensors.ts";
import { bytesSource } from "../../src/load/source.ts";
import { codeOf } from "../support/error-code.ts";
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

async function read(bytes: Uint8Array, name: string): Promise<number[]> {
  const { tensors } = await openSafetensors(bytesSource(bytes, "int8"));
  expect([...tensors.keys()]).toEqual([name]);
  return Array.from(await readParameter(tensors.get(name)!.parameter()));
}

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
    const { tensors } = await openSafetensors(bytesSource(file("fc/kernel", "other", [1]), "int8"));
    expect(await codeOf(() => tensors.get("fc/kernel")!.parameter())).toBe("E_DTYPE");
  });
});
