/** Damaged and forged ONNX files, by the number of the row in the list of hostile inputs: numbers that lie in other files. */
import { linkSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadGraph } from "../../../../src/load/index.ts";
import { fileSource } from "../../../../src/node/file-source.ts";
import { codeOf } from "../../../support/error-code.ts";
import { externalTensor, modelProto } from "../../../support/onnx.ts";
import { codeFor } from "./laboratory.ts";

const folder = mkdtempSync(join(tmpdir(), "gradcam-onnx-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("row 31: numbers in other files", () => {
  const dims = [64, 8];
  const using = (keys: Record<string, string>): Uint8Array =>
    modelProto({
      nodes: [{ op: "MatMul", inputs: ["x", "w"], outputs: ["y"] }],
      tensors: [externalTensor("w", dims, keys)],
      inputs: [["x", [1, 64]]],
    });
  const bytes = 64 * 8 * 4;
  const codeBeside = async (keys: Record<string, string>): Promise<string> => {
    const path = join(folder, "model.onnx");
    writeFileSync(path, using(keys));
    writeFileSync(join(folder, "weights.bin"), new Uint8Array(bytes + 64));
    return codeOf(async () => (await loadGraph(await fileSource(path))).close());
  };

  it("are read where all is well", async () => {
    expect(await codeBeside({ location: "weights.bin", offset: "64", length: String(bytes) })).toBe("none");
    expect(await codeBeside({ location: "weights.bin" })).toBe("none");
  });

  it.each([
    "../weights.bin",
    "/etc/passwd",
    "a/../../b",
    "file:weights.bin",
    "http://127.0.0.1/x",
    "weights.bin\0.txt",
  ])("may not be at %j", async (location) => {
    expect(await codeBeside({ location })).toBe("E_PATH_ESCAPE");
  });

  it.each([
    ["a negative offset", { offset: "-4" }],
    ["a huge offset", { offset: "9999999999999999999999" }],
    ["an offset behind the end", { offset: "999999" }],
    ["an offset that is no number", { offset: "0x10" }],
    ["an exponent", { offset: "1e3" }],
    ["another length than the shape needs", { length: "4" }],
    ["a length that is no number", { length: "all" }],
  ])("are E_EXTERNAL_DATA with %s", async (_, keys) => {
    expect(await codeBeside({ location: "weights.bin", ...keys })).toBe("E_EXTERNAL_DATA");
  });

  it("are E_EXTERNAL_DATA without a location", async () => {
    expect(await codeBeside({ offset: "0" })).toBe("E_EXTERNAL_DATA");
  });

  it("may not be behind a link that leads out of the folder", async () => {
    symlinkSync("/etc/passwd", join(folder, "link.bin"));
    expect(await codeBeside({ location: "link.bin" })).toBe("E_PATH_ESCAPE");
  });

  it("may not be a file that has another name somewhere", async () => {
    writeFileSync(join(folder, "original.bin"), new Uint8Array(bytes));
    linkSync(join(folder, "original.bin"), join(folder, "hard.bin"));
    expect(await codeBeside({ location: "hard.bin" })).toBe("E_EXTERNAL_DATA");
  });

  it.skipIf(process.platform === "win32")("may not be a pipe, and nobody waits for its other end", async () => {
    execFileSync("mkfifo", [join(folder, "pipe.bin")]);
    expect(await codeBeside({ location: "pipe.bin" })).toBe("E_IO");
  });

  it("are looked for by nobody where the model is bytes without a folder", async () => {
    expect(await codeFor(using({ location: "weights.bin" }))).toBe("E_SHARD_MISSING");
  });
});
