import { createHash } from "node:crypto";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { preprocess } from "../../src/image/preprocess.ts";
import { resolvePreprocess } from "../../src/image/presets.ts";
import { readImage } from "../../src/node/read-image.ts";
import { difference, goldenBytes, goldenJson } from "../support/golden-image.ts";

interface Pixels {
  width: number;
  height: number;
  sha256: string;
  mean: number[];
  "pixels_[x,y,r,g,b]": number[][];
}

interface Encoded {
  file: string;
  stored: [number, number];
  rgb: Pixels;
  rgbUpright?: Pixels;
  pixelsFile: string;
}

const { files } = goldenJson("decode/index.json") as { files: Encoded[] };

/** Where sharp and Pillow disagree in meaning, not only in rounding: largest and mean difference. */
const DIFFERENT: Readonly<Record<string, { max: number; mean: number }>> = {
  "decode/cmyk.jpg": { max: 29, mean: 12 },
  "decode/plain.avif": { max: 24, mean: 1.2 },
};

const sha256 = (bytes: Uint8ClampedArray): string => createHash("sha256").update(bytes).digest("hex");
const path = (file: string): URL => new URL(`../golden/image/${file}`, import.meta.url);

describe("row 42: readImage of encoded files", () => {
  it("is tried on all 34", () => expect(files).toHaveLength(34));

  const pillow = files.filter(({ file }) => file !== "decode/gray16.png");
  it.each(pillow)("gives Pillow's pixels: $file", async ({ file, stored, pixelsFile, rgb }) => {
    const image = await readImage(path(file), { exif: "ignore", alpha: "drop" });
    expect([image.width, image.height, image.channels]).toEqual([...stored, 3]);
    const { max, mean } = difference(image.data, goldenBytes(pixelsFile));
    const allowed = DIFFERENT[file] ?? { max: 0, mean: 0 };
    expect(max).toBeLessThanOrEqual(allowed.max);
    expect(mean).toBeLessThanOrEqual(allowed.mean);
    if (!DIFFERENT[file]) expect(sha256(image.data)).toBe(rgb.sha256);
  });

  it("takes the high byte of 16-bit gray, as OpenCV (Pillow clips it to white)", async () => {
    const image = await readImage(path("decode/gray16.png"));
    const stored = await sharp(goldenBytes("decode/gray16.png"))
      .toColourspace("grey16")
      .raw({ depth: "ushort" })
      .toBuffer();
    const words = new Uint16Array(stored.buffer, stored.byteOffset, stored.length / 2);
    const perPixel = words.length / (image.width * image.height);
    const high = Array.from(image.data, (_, i) => words[Math.floor(i / 3) * perPixel]! >> 8);
    expect([...image.data]).toEqual(high);
  });

  const turned = files.filter(({ rgbUpright }) => rgbUpright);
  it("knows all eight orientations", () => expect(turned).toHaveLength(8));
  it.each(turned)("is upright by default: $file", async ({ file, rgbUpright }) => {
    const image = await readImage(path(file));
    expect([image.width, image.height]).toEqual([rgbUpright!.width, rgbUpright!.height]);
    expect(sha256(image.data)).toBe(rgbUpright!.sha256);
  });

  it("flattens transparency onto white by default", async () => {
    const { data: rgba } = await sharp(goldenBytes("decode/rgba.png")).raw().toBuffer({ resolveWithObject: true });
    const image = await readImage(path("decode/rgba.png"));
    const expected = Array.from(image.data, (_, i) => {
      const [colour, alpha] = [rgba[Math.floor(i / 3) * 4 + (i % 3)]!, rgba[Math.floor(i / 3) * 4 + 3]!];
      return Math.round((colour * alpha + 255 * (255 - alpha)) / 255);
    });
    expect([...image.data]).toEqual(expected);
  });

  it("gives the same bytes every time", async () => {
    const digests = await Promise.all(
      Array.from({ length: 4 }, async () => sha256((await readImage(path("decode/progressive_420.jpg"))).data)),
    );
    expect(new Set(digests).size).toBe(1);
  });
});

describe("from a JPEG to the tensor of the embedded model", () => {
  /** SHA-256 of the f32 tensors that Pillow's decoding and BICUBIC and (x − 127) / 128 in torch give. */
  const TENSORS = {
    "cat.jpg": "8ba49ff495f130009b7f59a2a8650b9109554ed7425180c05320d8541d06cd35",
    "coffee.jpg": "f71852875f3a79152d0c31a45cff620e8fbec202c5daff95981adfd9e77e9a64",
    "astronaut.jpg": "e5bb62dd3019c4079a432a907e2d8984293a542bfc164b22e8bfae687592d1e5",
    "cat-and-coffee.jpg": "ebc4cc143e7f9a742fceb02c5d43dca3997c814c12907e85a8c99a3a234718a7",
  };

  it.each(Object.entries(TENSORS))("every bit is Pillow's: %s", async (file, digest) => {
    const image = await readImage(new URL(`../../examples/${file}`, import.meta.url));
    const { data } = preprocess(image, resolvePreprocess("efficientnet-lite"));
    expect(createHash("sha256").update(new Uint8Array(data.buffer)).digest("hex")).toBe(digest);
  });
});
