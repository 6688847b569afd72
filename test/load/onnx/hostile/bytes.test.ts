/** Damaged and forged ONNX files, by the number of the row in the list of hostile inputs: bytes that are no ONNX, numbers that do not fit. */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { describe, expect, it } from "vitest";
import { floats, modelProto, tensorProto } from "../../../support/onnx.ts";
import { codeFor, conv, load } from "./laboratory.ts";

describe("row 6: a file that was cut", () => {
  it.each([0.25, 0.5, 0.99])("is E_TRUNCATED at %d of its length, with the byte", async (part) => {
    const whole = conv();
    const cut = whole.subarray(0, Math.floor(whole.length * part));
    expect(await codeFor(cut)).toBe("E_TRUNCATED");
    await expect(load(cut)).rejects.toThrow(/model\.onnx at byte \d+/);
  });
});

describe("row 29: protocol buffers that are none", () => {
  /** A version, then these bytes. */
  const broken = (...bytes: number[]): Uint8Array => Uint8Array.of(8, 8, ...bytes, ...new Array<number>(64).fill(0));

  it.each([
    ["a length of 2^63", broken(0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f), "E_TRUNCATED"],
    ["a number of eleven bytes", broken(0x08, ...new Array<number>(11).fill(0xff)), "E_PROTOBUF"],
    ["a graph that is a number", broken(0x38, 0x01), "E_PROTOBUF"],
    ["a group", broken(0x3b, 0x3b), "E_PROTOBUF"],
    ["field 0", broken(0x02), "E_PROTOBUF"],
  ])("are answered for %s", async (_, bytes, code) => {
    expect(await codeFor(bytes)).toBe(code);
    await expect(load(bytes)).rejects.toThrow(/at byte \d+/);
  });

  it("are answered for groups nested 100,000 deep", async () => {
    expect(await codeFor(Uint8Array.of(8, 8, ...new Array<number>(100_000).fill(0x3b)))).toBe("E_PROTOBUF");
  });

  it("are answered for a part that is longer than the message it is in", async () => {
    const graph = new BinaryWriter().tag(1, WireType.LengthDelimited).uint32(1000).finish();
    const bytes = new BinaryWriter().raw(Uint8Array.of(8, 8)).tag(7, WireType.LengthDelimited).bytes(graph);
    expect(await codeFor(bytes.raw(new Uint8Array(2000).fill(8)).finish())).toBe("E_PROTOBUF");
  });
});

describe("row 30: tensors whose numbers do not fit", () => {
  const using = (tensor: Uint8Array): Uint8Array =>
    modelProto({ nodes: [{ op: "Add", inputs: ["x", "w"], outputs: ["y"] }], tensors: [tensor] });
  const four = new Uint8Array(16);

  it.each([
    ["fewer bytes than its shape needs", tensorProto("w", [8], 1, four), "E_TENSOR_SIZE"],
    ["more bytes than its shape needs", tensorProto("w", [1], 1, four), "E_TENSOR_SIZE"],
    ["no numbers", tensorProto("w", [8], 1), "E_TENSOR_SIZE"],
    ["a product of sizes that overflows", tensorProto("w", [2 ** 31 - 1, 2 ** 31 - 1], 1, four), "E_SHAPE_OVERFLOW"],
    ["a size beyond 2^31", tensorProto("w", [2n ** 40n], 1, four), "E_SHAPE_OVERFLOW"],
    ["a negative size", tensorProto("w", [-4], 1, four), "E_SHAPE_INVALID"],
    ["nine sizes", tensorProto("w", new Array<number>(9).fill(1), 1, four), "E_SHAPE_INVALID"],
    ["more than the limit", tensorProto("w", [2 ** 30], 1, four), "E_TENSOR_TOO_LARGE"],
    ["a type that nobody knows", tensorProto("w", [4], 99, four), "E_DTYPE"],
    [
      "numbers in two fields",
      tensorProto("w", [4], 1, four, (writer) => writer.tag(4, WireType.LengthDelimited).bytes(four)),
      "E_TENSOR_SIZE",
    ],
    [
      "numbers in the field of another type",
      tensorProto("w", [4], 1, undefined, (writer) => writer.tag(7, WireType.LengthDelimited).bytes(four)),
      "E_TENSOR_SIZE",
    ],
  ])("are answered for %s", async (_, tensor, code) => {
    expect(await codeFor(using(tensor))).toBe(code);
  });

  it("are answered for a name that occurs twice, which onnxruntime takes", async () => {
    const nodes = [{ op: "Add", inputs: ["x", "w"], outputs: ["y"] }];
    const tensors = [floats("w", [1], [1]), floats("w", [1], [2])];
    expect(await codeFor(modelProto({ nodes, tensors }))).toBe("E_WEIGHT_DUPLICATE");
  });
});
