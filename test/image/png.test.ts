import { createHash } from "node:crypto";
import sharp, { type OutputInfo } from "sharp";
import { describe, expect, it } from "vitest";
import type { Image } from "../../src/image/image.ts";
import { toPng } from "../../src/image/png.ts";
import { goldenPicture } from "../support/golden-image.ts";

const read = async (png: Uint8Array): Promise<{ data: Buffer; info: OutputInfo }> =>
  await sharp(png, { failOn: "warning" }).raw().toBuffer({ resolveWithObject: true });

describe("toPng", () => {
  it.each(["chelsea_128x96", "gradient_97x61", "rocket_80x120"])(
    "another decoder reads the same pixels: %s",
    async (name) => {
      const picture = await goldenPicture(name);
      const { data, info } = await read(await toPng(picture));
      expect([info.width, info.height, info.channels]).toEqual([picture.width, picture.height, 3]);
      expect(new Uint8ClampedArray(data)).toEqual(picture.data);
    },
  );

  it.each([1, 3, 4] as const)("writes %i channels, one pixel as well as noise", async (channels) => {
    for (const [width, height] of [
      [1, 1],
      [1, 9],
      [13, 7],
    ] as const) {
      const data = Uint8ClampedArray.from({ length: width * height * channels }, (_, i) => (i * i * 31 + 7 * i) & 255);
      const png = await toPng({ data, width, height, channels });
      const decoded = await sharp(png, { failOn: "warning" })
        .toColourspace(channels === 1 ? "b-w" : "srgb")
        .raw()
        .toBuffer();
      expect(new Uint8ClampedArray(decoded)).toEqual(data);
    }
  });

  it("gives equal bytes for equal pixels", async () => {
    const digest = async (): Promise<string> =>
      createHash("sha256")
        .update(await toPng(await goldenPicture("chelsea_128x96")))
        .digest("hex");
    expect(await digest()).toBe(await digest());
  });

  it("is smaller than without filters on a photo", async () => {
    const picture = await goldenPicture("chelsea_128x96");
    expect((await toPng(picture)).length).toBeLessThan(0.75 * picture.data.length);
  });

  it("takes ImageData, and refuses pixels that do not fit", async () => {
    const { info } = await read(await toPng({ data: new Uint8ClampedArray(16), width: 2, height: 2 }));
    expect(info.channels).toBe(4);
    const wrong: Image = { data: new Uint8ClampedArray(5), width: 2, height: 1, channels: 3 };
    await expect(toPng(wrong)).rejects.toMatchObject({ code: "E_INPUT_SHAPE" });
  });
});
