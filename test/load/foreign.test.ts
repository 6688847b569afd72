/** Whatever is handed over as a model is recognised by its content, and answered. */
import { describe, expect, it } from "vitest";
import { loadGraph } from "../../src/load/index.ts";
import { bytesSource } from "../../src/load/source.ts";
import { codeOf } from "../support/error-code.ts";
import { goldenBytes } from "../support/golden.ts";
import { safetensors } from "../support/safetensors.ts";
import { zipBytes } from "../support/zip-bytes.ts";

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
/** One byte per character. */
const raw = (content: string): Uint8Array => Uint8Array.from(content, (char) => char.charCodeAt(0));
const zip = (name: string): Uint8Array =>
  raw(`PK\x03\x04\x14\0\0\0\0\0${"\0".repeat(16)}${String.fromCharCode(name.length)}\0\0\0${name}`);
const load = (bytes: Uint8Array, name = "model.h5") => loadGraph(bytesSource(bytes, name));

/** Cut in the middle of its third field. */
const ONNX = "\x08\x07\x12\x07pytorch\x1a\x05";
/** Schema version 1 of a SavedModel, version 2 of ONNX's format: neither is what is read. */
const OLD_PROTOBUF = "\x08\x01\x12\x07pytorch\x1a\x05";

const STRANGERS: [what: string, code: string, says: RegExp, bytes: Uint8Array, name?: string][] = [
  ["row 1: an empty file", "E_TRUNCATED", /0 bytes, not a model/, text("")],
  ["row 1: one byte", "E_TRUNCATED", /1 bytes, not a model/, text("x")],
  ["row 1: seven bytes", "E_TRUNCATED", /7 bytes, not a model/, text("1234567")],
  ["row 2: an HTML page", "E_NOT_A_MODEL", /check the URL/, text("\n<!DOCTYPE html><html><title>404</title>")],
  [
    "an XML error of a bucket",
    "E_NOT_A_MODEL",
    /check the URL/,
    text('<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>'),
  ],
  [
    "row 3: a Git-LFS pointer",
    "E_LFS_POINTER",
    /git lfs pull/,
    text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"),
  ],
  ["a README", "E_NOT_A_MODEL", /got text: "# gradcam-wasm/, text("# gradcam-wasm\nAsk a network why\n"), "README.md"],
  [
    "a text that is cut within a character",
    "E_NOT_A_MODEL",
    /got text/,
    text("ä".repeat(4000)).subarray(1).subarray(1),
  ],
  ["row 5: a new PyTorch file", "E_UNSUPPORTED_FORMAT", /pickle.*save_file/, zip("archive/data.pkl")],
  [
    "row 5: an old PyTorch file",
    "E_UNSUPPORTED_FORMAT",
    /pickle.*save_file/,
    raw("\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."),
  ],
  ["a cut .keras archive", "E_TRUNCATED", /directory/, zip("metadata.json"), "model.keras"],
  ["a NumPy archive", "E_UNSUPPORTED_FORMAT", /NumPy/, zip("conv1_1_W.npy"), "vgg16.npz"],
  ["a cut zip", "E_TRUNCATED", /directory/, zip("readme.txt")],
  [
    "another zip",
    "E_UNSUPPORTED_FORMAT",
    /one model .* got none: readme.txt, package.json; unpack/,
    zipBytes([
      { name: "readme.txt", bytes: "read me" },
      { name: "package.json", bytes: "{}" },
    ]),
  ],
  ["a gzip", "E_UNSUPPORTED_FORMAT", /unpack/, raw("\x1f\x8b\x08\0\0\0\0\0\0")],
  ["row 5: a TensorFlow Lite model", "E_UNSUPPORTED_FORMAT", /Lite/, raw("\x1c\0\0\0TFL3\x14\0\x20\0")],
  ["a cut ONNX model", "E_TRUNCATED", /byte 13: expected 5 bytes/, raw(ONNX), "model.onnx"],
  ["row 4: a cut ONNX model named .h5", "E_TRUNCATED", /byte 13: expected 5 bytes/, raw(ONNX)],
  ["protocol buffers of another time", "E_UNSUPPORTED_FORMAT", /no ONNX model/, raw(OLD_PROTOBUF), "model.bin"],
  ["row 5: a SavedModel", "E_UNSUPPORTED_FORMAT", /SavedModel/, raw(OLD_PROTOBUF), "saved_model.pb"],
  ["an index of shards", "E_UNSUPPORTED_FORMAT", /shard/, text('{"metadata":{},"weight_map":{"a":"b"}}')],
  ["a Keras architecture", "E_UNSUPPORTED_FORMAT", /without weights/, text('{"class_name":"Functional"}')],
  ["other JSON", "E_NOT_A_MODEL", /JSON/, text('[["n01440764","tench"]]')],
  ["a PNG", "E_NOT_A_MODEL", /picture/, raw("\x89PNG\r\n\x1a\n\0\0\0\rIHDR")],
  ["a JPEG", "E_NOT_A_MODEL", /picture/, raw("\xff\xd8\xff\xe0\0\x10JFIF\0")],
  ["a WebAssembly module", "E_NOT_A_MODEL", /WebAssembly/, raw("\0asm\x01\0\0\0\0")],
  ["unknown bytes", "E_NOT_A_MODEL", /begin with 00 ff 00 ff/, raw("\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff")],
];

describe("a file that is no model of ours", () => {
  it.each(STRANGERS)("%s is answered with %s", async (_, code, says, bytes, name) => {
    await expect(load(bytes, name)).rejects.toThrow(says);
    expect(await codeOf(() => load(bytes, name))).toBe(code);
  });
});

const FORMATS = ["safetensors", "safetensors-index", "tfjs", "onnx", "keras", "zip", "keras-shards", "keras-h5"];
/** An index of shards says nothing of the network. */
const architecture = '{"class_name":"Sequential","config":{"layers":[]}}';

describe.each(FORMATS)("row 1: hardly any bytes read as %s", (format) => {
  it.each([0, 1, 7])("are refused with a code: %d", async (length) => {
    for (const bytes of [new Uint8Array(length), raw("PK\x03\x04\x14\0\0"), raw("\x89HDF\r\n\x1a"), text('{"a":{}')]) {
      const code = await codeOf(() =>
        loadGraph(bytesSource(bytes.subarray(0, length), "model"), { format, architecture }),
      );
      expect(code).toMatch(/^E_(TRUNCATED|HEADER_INVALID|NOT_A_MODEL|ZIP_INVALID|PROTOBUF)$/);
    }
  });
});

it.each([".h5", ".onnx", ".json", ".wasm", ".keras", ".safetensors", ".zip"])(
  "row 2: an HTML page that was saved as model%s is called one",
  async (extension) => {
    const page = text("<!doctype html>\n<html><head><title>Not Found</title></head></html>");
    await expect(load(page, `model${extension}`)).rejects.toMatchObject({ code: "E_NOT_A_MODEL" });
    await expect(load(page, `model${extension}`)).rejects.toThrow(/check the URL/);
  },
);

describe("row 4: a file with the wrong name", () => {
  it.each<[name: string, file: string, format: string]>([
    ["model.h5", "onnx/vgg.onnx", "onnx"],
    ["model.onnx", "keras/files/k2_tiny.h5", "keras-h5"],
    ["model.safetensors", "keras/files/k3_tiny.keras", "keras"],
    ["model.json", "onnx/vgg.onnx", "onnx"],
  ])("is read as what it is: %s, which is %s", async (name, file, format) => {
    const loaded = await loadGraph(bytesSource(goldenBytes(file), name));
    expect(loaded.graph.format).toBe(format);
    await loaded.close();
  });

  it("is recognised all the same", async () => {
    const unknown = safetensors({ a: { dtype: "F32", shape: [1], data_offsets: [0, 4] } }, new Uint8Array(4));
    await expect(load(unknown, "model.h5")).rejects.toThrow(/1 tensors that fit none/);
  });

  it("is explained as what its name says when its content says nothing", async () => {
    expect(await codeOf(() => load(raw("\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff"), "model.safetensors"))).toBe(
      "E_HEADER_TOO_LARGE",
    );
    expect(await codeOf(() => load(raw("\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff"), "model.h5.part"))).toBe(
      "E_NOT_A_MODEL",
    );
  });
});

it("an unknown format is answered with the known ones", async () => {
  await expect(loadGraph(bytesSource(text("12345678")), { format: "safetensor" })).rejects.toThrow(
    /^format: expected safetensors or .*, got "safetensor"; did you mean "safetensors"\?$/,
  );
});

it("row 49: an aborted load does not begin", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(loadGraph(bytesSource(text("12345678")), { signal })).rejects.toThrow("enough");
});
