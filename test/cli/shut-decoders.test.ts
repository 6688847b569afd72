/** What is left of sharp's decoders after the command read a picture: those of the formats it reads. */
import sharp from "sharp";
import { expect, it } from "vitest";
import { gradcam } from "../support/cli.ts";

const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>');
const PIXELS = { create: { width: 4, height: 4, channels: 3, background: "red" } } as const;

it("the command leaves sharp no decoder but those of JPEG, PNG, WebP, AVIF and GIF", async () => {
  const tiff = await sharp(PIXELS).tiff().toBuffer();
  expect([(await sharp(tiff).metadata()).format, (await sharp(SVG).metadata()).format]).toEqual(["tiff", "svg"]);
  expect(await gradcam(["classify", "examples/cat.jpg"])).toMatchObject({ code: 0 });
  for (const other of [tiff, SVG]) await expect(sharp(other).metadata()).rejects.toThrow("unsupported image format");
  for (const format of ["jpeg", "png", "webp", "avif", "gif"] as const) {
    const { width } = await sharp(await sharp(PIXELS).toFormat(format).toBuffer()).metadata();
    expect(width, format).toBe(4);
  }
});
