/** Files beside a model: only those that a path in plain words leads to, in the same folder or below. */
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openSibling } from "../../src/load/sibling.ts";
import { bytesSource } from "../../src/load/source.ts";
import { fileSource } from "../../src/node/file-source.ts";
import { codeOf } from "../support/error-code.ts";

const folder = mkdtempSync(join(tmpdir(), "gradcam-sibling-"));
const model = join(folder, "model", "model.json");
mkdirSync(join(folder, "model", "parts"), { recursive: true });
writeFileSync(model, "{}");
writeFileSync(join(folder, "model", "parts", "a 1.bin"), "abc");
writeFileSync(join(folder, "secret.bin"), "secret");
symlinkSync("../secret.bin", join(folder, "model", "out.bin"));
symlinkSync("..", join(folder, "model", "up"));
symlinkSync("parts/a 1.bin", join(folder, "model", "in.bin"));
linkSync(join(folder, "secret.bin"), join(folder, "model", "hard.bin"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const read = async (path: string): Promise<string> => {
  const source = await fileSource(model);
  try {
    const sibling = await openSibling(source, path, "test");
    const text = new TextDecoder().decode(await sibling.read(0, sibling.size));
    await sibling.close();
    return text;
  } finally {
    await source.close();
  }
};

describe("a file beside a model", () => {
  it("is read in the folder and below it, through links that stay there too", async () => {
    expect(await read("parts/a 1.bin")).toBe("abc");
    expect(await read("./in.bin")).toBe("abc");
  });

  it.each([
    ...["../secret.bin", "parts/../../secret.bin", "/etc/passwd", "C:/x.bin", "c:x.bin", "file:///etc/passwd"],
    ...["http://169.254.169.254/", "//host/x.bin", "..\\secret.bin", "%2e%2e/secret.bin", "%2E./secret.bin", "a%2fb"],
    ...["a\u0000b", "", "parts//x.bin", "x.bin?y", "x.bin#y", "x".repeat(2000), "parts/"],
  ])("is refused when its path is %j", async (path) => {
    expect(await codeOf(() => read(path))).toBe("E_PATH_ESCAPE");
  });

  it.each(["out.bin", "up/secret.bin"])("is refused when the link %s leads out of the folder", async (path) => {
    expect(await codeOf(() => read(path))).toBe("E_PATH_ESCAPE");
  });

  it("says what is missing and what is near", async () => {
    await expect(read("parts/a 2.bin")).rejects.toThrow(
      /"parts\/a 2.bin" beside it, got no such file; did you mean "a 1.bin"/,
    );
    expect(await codeOf(() => openSibling(bytesSource(new Uint8Array(9)), "a.bin", "test"))).toBe("E_SHARD_MISSING");
    expect(await codeOf(() => read("parts"))).toBe("E_IO");
  });

  it("tells how many names it has, for formats that must not follow hard links", async () => {
    const source = await fileSource(model);
    expect((await openSibling(source, "hard.bin", "test")).links).toBe(2);
    expect((await openSibling(source, "in.bin", "test")).links).toBe(1);
    await source.close();
  });
});
