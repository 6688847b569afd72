import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { GradCamError } from "../../src/errors.ts";
import type { PictureSource } from "../../src/node/picture-bytes.ts";
import { readImage, type ReadOptions } from "../../src/node/read-image.ts";
import { goldenBytes } from "../support/golden-image.ts";

const folder = mkdtempSync(join(tmpdir(), "gradcam-read-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllGlobals());

const decodeFolder = fileURLToPath(new URL("../golden/image/decode/", import.meta.url));
const palette = `${decodeFolder}palette.png`;
const bytes = goldenBytes("decode/palette.png");
const pixels = (await readImage(palette)).data;

async function failure(source: PictureSource, options?: ReadOptions): Promise<GradCamError> {
  const error: unknown = await readImage(source, options).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(GradCamError);
  return error as GradCamError;
}

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

describe("readImage takes", () => {
  const pooled = new Uint8Array(bytes.length + 20);
  pooled.set(bytes, 7);
  const sources: [string, PictureSource][] = [
    ["a path", palette],
    ["a file URL", new URL(`file://${palette}`)],
    ["a file URL as a string", `file://${palette}`],
    ["a data URL", `data:image/png;base64,${Buffer.from(bytes).toString("base64")}`],
    ["bytes", bytes],
    ["a part of a larger buffer", pooled.subarray(7, 7 + bytes.length)],
    ["an ArrayBuffer", bytes.slice().buffer],
    ["a Blob", new Blob([bytes as Uint8Array<ArrayBuffer>])],
  ];
  it.each(sources)("%s", async (_, source) => {
    expect((await readImage(source)).data).toEqual(pixels);
  });

  it("an https URL", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(bytes as Uint8Array<ArrayBuffer>)));
    expect((await readImage("https://example.org/cat.png")).data).toEqual(pixels);
  });

  it("a pipe", async () => {
    const fifo = join(folder, "pipe");
    execFileSync("mkfifo", [fifo]);
    const reading = readImage(fifo);
    // The event loop waits for the pipe, no thread does: it must not be blocked.
    execFile("sh", ["-c", `cat "${palette}" > "${fifo}"`]);
    expect((await reading).data).toEqual(pixels);
  });

  it("colours of a wide profile converted to sRGB, or as stored", async () => {
    const wide = await sharp({ create: { width: 4, height: 4, channels: 3, background: "#ff2010" } })
      .withIccProfile("p3")
      .png()
      .toBuffer();
    const stored = await readImage(wide, { icc: "ignore" });
    const raw = await sharp(wide, { ignoreIcc: true }).raw().toBuffer();
    expect([...stored.data]).toEqual([...raw]);
    expect(Math.abs((await readImage(wide)).data[0]! - 255)).toBeLessThanOrEqual(2);
    expect(stored.data[0]).toBeLessThan(245);
  });
});

describe("readImage says which file, what was expected, what it found", () => {
  it("a missing file, with the nearest name in its folder", async () => {
    const error = await failure(`${decodeFolder}palete.png`);
    expect(error).toMatchObject({ code: "E_IO", got: "no such file", hint: "did you mean palette.png?" });
    expect(error.message).toContain("palete.png");
  });

  it("a missing folder", async () => {
    const missing = join(folder, "nowhere");
    const hint = `the folder ${missing} does not exist`;
    expect(await failure(join(missing, "cat.jpg"))).toMatchObject({ code: "E_IO", got: "no such file", hint });
    expect(await failure(join(palette, "cat.jpg"))).toMatchObject({ code: "E_IO", got: "no such file" });
  });

  it("row 45: a folder", async () =>
    expect(await failure(decodeFolder)).toMatchObject({ code: "E_IO", got: "a folder" }));

  it("something that is no source at all", async () => {
    for (const wrong of [undefined, null, 7, {}]) {
      expect(await failure(wrong as Blob)).toMatchObject({ code: "E_INPUT_VALUE" });
    }
  });

  it.each<[string, string, string]>([
    ["E_IMAGE_CORRUPT", "an empty file (0 bytes)", ""],
    ["E_IMAGE_FORMAT", "a TIFF picture", "II*\0\x08\0\0\0"],
    ["E_IMAGE_FORMAT", "a HEIC picture", "\0\0\0\x18ftypheic\0\0\0\0mif1heic"],
    ["E_IMAGE_FORMAT", "a video", "\0\0\0\x14ftypisom\0\0\0\0mp42"],
    ["E_IMAGE_FORMAT", "a JPEG XL picture", "\xff\x0a\xfa\x7f"],
    ["E_IMAGE_FORMAT", "a PDF document", "%PDF-1.7\n"],
    ["E_IMAGE_FORMAT", "an SVG drawing", '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'],
    ["E_IMAGE_FORMAT", "a web page", "<!DOCTYPE html><title>404</title>"],
    ["E_IMAGE_FORMAT", "text", "hello, this is not a picture"],
    ["E_IMAGE_FORMAT", "bytes of an unknown kind (00 01 02 03)", "\0\x01\x02\x03"],
  ])("rows 41 and 42: %s for %s", async (code, got, content) => {
    expect(await failure(latin1(content))).toMatchObject({ code, got });
  });

  it("a Git-LFS pointer", async () => {
    const error = await failure(latin1("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n"));
    expect(error.code).toBe("E_LFS_POINTER");
    expect(error.hint).toContain("git lfs pull");
  });

  const truncated = [
    "baseline_420.jpg",
    "progressive_420.jpg",
    "palette.png",
    "interlaced.png",
    "lossy.webp",
    "lossless.webp",
    "plain.avif",
    "plain.bmp",
  ];
  it.each(truncated)("row 42: a truncated file: %s", async (file) => {
    const whole = goldenBytes(`decode/${file}`);
    for (const part of [0.02, 0.3, 0.6, 0.95]) {
      const path = join(folder, file);
      writeFileSync(path, whole.subarray(0, Math.floor(whole.length * part)));
      const error = await failure(path);
      expect(error.code).toBe("E_IMAGE_CORRUPT");
      expect(error.message).toContain(path);
    }
  });

  it("row 42: damaged bytes: pixels or a coded error, never anything else", async () => {
    let state = 11;
    const random = (below: number): number => Math.floor(((state = (state * 48271) % 2147483647) / 2147483647) * below);
    for (const file of ["baseline_420.jpg", "palette.png", "lossy.webp", "animated.gif", "plain.bmp"]) {
      for (let round = 0; round < 20; round++) {
        const damaged = goldenBytes(`decode/${file}`);
        for (let i = 0; i < 3; i++) damaged[random(damaged.length)] = random(256);
        const result: unknown = await readImage(damaged).catch((error: unknown) => error);
        if (!(result instanceof Error)) continue;
        expect(result).toBeInstanceOf(GradCamError);
        if (result instanceof GradCamError) expect(result.code).toMatch(/^E_IMAGE_(CORRUPT|FORMAT|TOO_LARGE)$/);
      }
    }
  });

  it("row 41: more pixels than allowed, before any is decoded, and how to allow them", async () => {
    const png = goldenBytes("decode/palette.png");
    const header = new DataView(png.buffer);
    header.setUint32(16, 20_000);
    header.setUint32(20, 20_000);
    header.setUint32(29, 0xd4aeb60b); // its checksum
    const error = await failure(png);
    expect(error.code).toBe("E_IMAGE_TOO_LARGE");
    expect(error.expected).toBe("at most 50 megapixels");
    expect(error.got).toBe("20000×20000 = 400 megapixels");
    expect(error.hint).toContain("{ maxPixels: 400000000 }");
    const bmp = goldenBytes("decode/plain.bmp");
    new DataView(bmp.buffer).setInt32(18, 20_000, true);
    new DataView(bmp.buffer).setInt32(22, -20_000, true);
    expect((await failure(bmp)).code).toBe("E_IMAGE_TOO_LARGE");
  });

  it("a cap that the caller lowers or raises", async () => {
    expect(await failure(bytes, { maxPixels: 97 * 61 - 1 })).toMatchObject({
      code: "E_IMAGE_TOO_LARGE",
      got: "97×61 = 5917 pixels",
    });
    expect((await readImage(bytes, { maxPixels: 97 * 61 })).data).toEqual(pixels);
  });

  it("row 45: an endless file", async () => {
    expect(await failure("/dev/zero", { maxBytes: 1e6 })).toMatchObject({
      code: "E_IMAGE_TOO_LARGE",
      expected: "a file of at most 1 MB",
    });
  });

  it("URLs that are not fetched, not found, not reachable", async () => {
    expect(await failure("http://example.org/a.png")).toMatchObject({ code: "E_URL_SCHEME", got: "http:" });
    expect(await failure("ftp://example.org/a.png")).toMatchObject({ code: "E_URL_SCHEME", got: "ftp:" });
    vi.stubGlobal("fetch", () => Promise.resolve(new Response("no", { status: 404 })));
    expect(await failure("https://example.org/a.png")).toMatchObject({ code: "E_HTTP", got: "status 404" });
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("fetch failed")));
    expect(await failure("https://example.org/a.png")).toMatchObject({ code: "E_HTTP", got: "none" });
  });
});

describe("sharp", () => {
  it("stays as the program around us has set it", async () => {
    await readImage(palette);
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="2" height="3"/>');
    expect(await sharp(svg).metadata()).toMatchObject({ format: "svg", width: 2, height: 3 });
  });

  it("is imported with the first picture only", () => {
    for (const file of ["sharp.ts", "read-image.ts", "write-image.ts", "bmp.ts", "picture-bytes.ts"]) {
      const source = readFileSync(new URL(`../../src/node/${file}`, import.meta.url), "utf8");
      expect(source).not.toMatch(/^import (?!type ).*"sharp"/m);
    }
  });
});
