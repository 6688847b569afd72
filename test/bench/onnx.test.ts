import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { toOnnx } from "../../bench/onnx/export.ts";
import { byteLength, bytesOf, encodeVarint, float, integer, text } from "../../bench/onnx/protobuf.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { fileBuilder } from "../../src/graph/file-builder.ts";
import { NO_LIMITS } from "../../src/graph/limits.ts";
import { parameterOf } from "../../src/graph/parameter.ts";
import { loadGraph } from "../../src/load/index.ts";
import { bytesSource } from "../../src/load/source.ts";

describe("the wire format", () => {
  // The examples of https://protobuf.dev/programming-guides/encoding/
  it("is that of the specification", () => {
    expect([...encodeVarint(150)]).toEqual([0x96, 0x01]);
    expect([...encodeVarint(-2)]).toEqual([0xfe, ...new Array<number>(8).fill(0xff), 0x01]);
    expect(flat(integer(1, 150))).toEqual([0x08, 0x96, 0x01]);
    expect(flat(text(2, "testing"))).toEqual([0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67]);
    expect(flat(float(2, 1))).toEqual([0x15, 0, 0, 0x80, 0x3f]);
  });
});

describe("a convolution as ONNX", () => {
  it("has its kernel transposed to [out,in,height,width] and its padding as begins, then ends", async () => {
    const builder = fileBuilder("tiny", "test", NO_LIMITS);
    const kernel = Float32Array.from({ length: 12 }, (_, i) => i);
    const x = builder.input("input", [1, 4, 4, 2]);
    const w = builder.parameter("w", [1, 2, 2, 3], parameterOf(kernel, [1, 2, 2, 3]));
    const attrs = { strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 1], groups: 1 } as const;
    const y = builder.node("softmax", "y", [builder.node("conv2d", "z", [x, w], attrs)], {});
    const model = await decode(builder.finish([y]));
    expect(model.nodes.map(({ op }) => op)).toEqual(["Transpose", "Conv", "Softmax"]);
    expect(model.nodes[1]!.ints["pads"]).toEqual([0, 0, 0, 1]);
    const [tensor] = model.tensors;
    expect(tensor!.dims).toEqual([3, 2, 1, 2]);
    expect([...tensor!.values]).toEqual([0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11]);
  });

  it("is refused when the graph has an operator without translation", () => {
    const builder = fileBuilder("tiny", "test", NO_LIMITS);
    const x = builder.input("input", [1, 4]);
    const y = builder.node("softmax", "y", [builder.node("mish", "z", [x], {})], {});
    expect(() => toOnnx(builder.finish([y]))).toThrow('mish "z"');
  });
});

describe("the embedded model as ONNX", () => {
  let graph: Graph;
  let model: Decoded;
  beforeAll(async () => {
    const bytes = await readFile("weights/efficientnet-lite0.f16.safetensors");
    ({ graph } = await loadGraph(bytesSource(bytes)));
    model = await decode(graph);
  });

  it("has a node for every node, one for the layout of the input and one to flatten the pooled map", () => {
    expect(model.nodes).toHaveLength(graph.nodes.length + 2);
    expect(model.nodes.filter(({ op }) => op === "BatchNormalization")).toHaveLength(
      graph.nodes.filter(({ op }) => op === "batchNorm").length,
    );
  });

  it("has every weight once, as many numbers as its dimensions say", () => {
    const numbers = model.tensors.reduce((sum, { dims, values }) => {
      expect(values).toHaveLength(dims.reduce((a, b) => a * b, 1));
      return dims.length > 0 ? sum + values.length : sum;
    }, 0);
    const stored = graph.values.reduce((sum, { parameter }) => sum + (parameter?.source.length ?? 0), 0);
    expect(numbers).toBe(stored);
  });
});

interface Decoded {
  nodes: { op: string; ints: Record<string, number[]> }[];
  tensors: { dims: number[]; values: Float32Array }[];
}

const flat = (message: readonly unknown[]): number[] => (message as Uint8Array[]).flatMap((piece) => [...piece]);

/** Reads back what a protobuf reader sees: nodes with their integer lists, and float tensors. */
async function decode(graph: Graph): Promise<Decoded> {
  const message = toOnnx(graph);
  const bytes = new Uint8Array(byteLength(message));
  let at = 0;
  for await (const piece of bytesOf(message)) {
    bytes.set(piece, at);
    at += piece.length;
  }
  expect(at).toBe(bytes.length);
  const [onnxGraph] = messages(bytes, 7);
  return {
    nodes: messages(onnxGraph!, 1).map((node) => ({
      op: string(messages(node, 4)[0]!),
      ints: Object.fromEntries(messages(node, 5).map((a) => [string(messages(a, 1)[0]!), varints(a, 8)])),
    })),
    tensors: messages(onnxGraph!, 5)
      .filter((tensor) => varints(tensor, 2)[0] === 1)
      .map((tensor) => ({
        dims: varints(tensor, 1),
        values: new Float32Array(messages(tensor, 9)[0]!.slice().buffer),
      })),
  };
}

const string = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const messages = (bytes: Uint8Array, field: number): Uint8Array[] =>
  fields(bytes).flatMap(([number, value]) => (number === field && value instanceof Uint8Array ? [value] : []));
const varints = (bytes: Uint8Array, field: number): number[] =>
  fields(bytes).flatMap(([number, value]) => (number === field && typeof value === "number" ? [value] : []));

function fields(bytes: Uint8Array): [field: number, value: number | Uint8Array][] {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Uint8Array => bytes.subarray(at, (at += length));
  const found: [number, number | Uint8Array][] = [];
  while (at < bytes.length) {
    const key = varint();
    const wire = key & 7;
    found.push([key >> 3, wire === 0 ? varint() : take(wire === 5 ? 4 : varint())]);
  }
  return found;
}
