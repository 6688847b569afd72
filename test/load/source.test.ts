/** Random access to bytes in memory, in Blobs and on disk. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { networkName } from "../../src/load/network-name.ts";
import { blobSource, bytesSource } from "../../src/load/source.ts";
import { fileSource } from "../../src/node/file-source.ts";
import { codeOf } from "../support/error-code.ts";

const folder = mkdtempSync(join(tmpdir(), "gradcam-source-"));
const path = join(folder, "model.safetensors");
const bytes = Uint8Array.from({ length: 300 }, (_, i) => i % 251);
writeFileSync(path, bytes);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe.each([
  ["bytes", () => Promise.resolve(bytesSource(bytes, "x"))],
  ["a Blob", () => Promise.resolve(blobSource(new Blob([bytes]), "x"))],
  ["a file", () => fileSource(path)],
])("%s", (_, open) => {
  it("give any range, and the same synchronously where they can", async () => {
    const source = await open();
    expect(source.size).toBe(300);
    expect(Array.from(await source.read(250, 3))).toEqual([250, 0, 1]);
    expect((await source.read(300, 0)).length).toBe(0);
    if (source.readSync) expect(Array.from(source.readSync(250, 3))).toEqual([250, 0, 1]);
    for (const shared of [false, true]) {
      const { buffer } = new WebAssembly.Memory({ initial: 1, maximum: 1, shared });
      source.readIntoSync?.(250, new Uint8Array(buffer, 5, 3));
      if (source.readIntoSync) expect(Array.from(new Uint8Array(buffer, 4, 5))).toEqual([0, 250, 0, 1, 0]);
    }
    await source.close();
    await source.close();
  });

  it("say at which byte they end", async () => {
    const source = await open();
    for (const [offset, length] of [
      [299, 2],
      [301, 0],
      [-1, 1],
      [0, -1],
    ] as const) {
      expect(await codeOf(() => source.read(offset, length))).toBe("E_TRUNCATED");
      if (!source.readIntoSync || length < 0) continue;
      const readInto = async (): Promise<void> =>
        Promise.resolve().then(() => source.readIntoSync?.(offset, new Uint8Array(length)));
      expect(await codeOf(readInto)).toBe("E_TRUNCATED");
    }
    await expect(source.read(299, 2)).rejects.toThrow(/at byte 299: expected 2 more bytes, got a file of 300 bytes/);
    await source.close();
  });
});

describe("a path", () => {
  it("may be a file: URL", async () => {
    expect((await fileSource(pathToFileURL(path))).size).toBe(300);
  });

  it("that does not exist is answered with the nearest file", async () => {
    await expect(fileSource(join(folder, "modell.safetensors"))).rejects.toThrow(/did you mean "model\.safetensors"\?/);
    expect(await codeOf(() => fileSource(join(folder, "none", "x")))).toBe("E_MODEL_NOT_FOUND");
  });

  it("that is the name of an architecture is answered with where its weights are", async () => {
    await expect(fileSource("vgg16")).rejects.toMatchObject({ code: "E_MODEL_NOT_FOUND" });
    await expect(fileSource("VGG16")).rejects.toThrow(
      /https:\/\/storage\.googleapis\.com\/\S+vgg16_weights_tf_dim_ordering_tf_kernels\.h5 \(553,467,096 bytes, MD5 64373286793e3c8b2b4e3219cbf3544b, CC BY 4\.0.*the path of your file/,
    );
  });

  it("row 45: to a folder or a pipe is refused without waiting; a SavedModel folder is named", async () => {
    expect(await codeOf(() => fileSource(folder))).toBe("E_IO");
    execFileSync("mkfifo", [join(folder, "pipe")]);
    expect(await codeOf(() => fileSource(join(folder, "pipe")))).toBe("E_IO");
    mkdirSync(join(folder, "saved"));
    writeFileSync(join(folder, "saved", "saved_model.pb"), "");
    expect(await codeOf(() => fileSource(join(folder, "saved")))).toBe("E_UNSUPPORTED_FORMAT");
  });

  it("with another scheme is refused", async () => {
    expect(await codeOf(() => fileSource("https://example.org/model.h5"))).toBe("E_URL_SCHEME");
  });
});

describe("a network without a name of its own", () => {
  it.each([
    ["models/cats.onnx", "cats"],
    ["C:\\models\\cats.v2.onnx", "cats.v2"],
    ["models/cats/model.json", "cats"],
    ["model.json", "model"],
    ["/.onnx", ".onnx"],
    ["bytes", "bytes"],
  ])("of %s is called %s", (file, name) => {
    expect(networkName(file)).toBe(name);
  });
});
