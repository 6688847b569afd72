import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { drawFigure } from "../../src/image/figure.ts";
import { grid } from "../../src/image/grid.ts";
import { readImage } from "../../src/node/read-image.ts";
import { writeImage, type WriteOptions } from "../../src/node/write-image.ts";
import { difference, goldenPicture } from "../support/golden-image.ts";

const folder = mkdtempSync(join(tmpdir(), "gradcam-write-"));
afterAll(() => rmSync(folder, { recursive: true }));

const picture = await goldenPicture("chelsea_128x96");
const translucent = await goldenPicture("checker_rgba_50x37", 4);
const at = (name: string): string => join(folder, name);

describe("writeImage", () => {
  it("writes a PNG that reads back equal, to a path or a file URL", async () => {
    await writeImage(at("cat.png"), picture);
    await writeImage(pathToFileURL(at("again.png")), picture);
    expect((await readImage(at("cat.png"))).data).toEqual(picture.data);
    expect(readFileSync(at("again.png"))).toEqual(readFileSync(at("cat.png")));
  });

  it.each([
    ["jpg", "jpeg", 2],
    ["JPEG", "jpeg", 2],
    ["webp", "webp", 4],
    ["avif", "heif", 4],
  ])("writes .%s by its extension, close to the pixels", async (extension, format, meanError) => {
    const file = at(`cat.${extension}`);
    await writeImage(file, picture);
    expect((await sharp(file).metadata()).format).toBe(format);
    expect(difference((await readImage(file)).data, picture.data).mean).toBeLessThan(meanError);
  });

  it("makes smaller files at lower quality", async () => {
    for (const extension of ["jpg", "webp", "avif"]) {
      await writeImage(at(`fine.${extension}`), picture);
      await writeImage(at(`coarse.${extension}`), picture, { quality: 30 });
      expect(statSync(at(`coarse.${extension}`)).size).toBeLessThan(statSync(at(`fine.${extension}`)).size);
    }
  });

  it("keeps alpha where the format has it and flattens it onto white in JPEG", async () => {
    await writeImage(at("alpha.png"), translucent);
    expect((await sharp(at("alpha.png")).metadata()).channels).toBe(4);
    await writeImage(at("flat.jpg"), translucent);
    const flat = await readImage(at("flat.jpg"));
    expect(flat.data[0]).toBeGreaterThan(245);
  });

  it("writes gray as gray", async () => {
    const gray = await goldenPicture("coffee_97x61", 1);
    await writeImage(at("gray.png"), gray);
    expect((await readImage(at("gray.png"))).data.filter((_, i) => i % 3 === 0)).toEqual(gray.data);
  });

  it("replaces an existing file, unless told not to", async () => {
    writeFileSync(at("old.png"), "old");
    await expect(writeImage(at("old.png"), picture, { overwrite: false })).rejects.toMatchObject({ code: "E_EXISTS" });
    expect(readFileSync(at("old.png"), "utf8")).toBe("old");
    await writeImage(at("old.png"), picture);
    await writeImage(at("new.png"), picture, { overwrite: false });
    expect(readFileSync(at("old.png"))).toEqual(readFileSync(at("new.png")));
  });

  it("lets one of two simultaneous writers win when overwriting is off", async () => {
    const outcomes = await Promise.allSettled(
      [1, 2].map(() => writeImage(at("race.png"), picture, { overwrite: false })),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it("row 45: leaves nothing behind when it fails", async () => {
    mkdirSync(at("folder.png"));
    const before = readdirSync(folder).sort();
    await expect(writeImage(at("folder.png"), picture)).rejects.toMatchObject({
      code: "E_IO",
      got: "a folder or device of this name",
    });
    await expect(writeImage(at("none/cat.png"), picture)).rejects.toMatchObject({
      code: "E_IO",
      got: "its folder does not exist",
    });
    await expect(writeImage("/dev/full.png/x.png", picture)).rejects.toMatchObject({ code: "E_IO" });
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  it.each<[string, string, WriteOptions]>([
    ["E_OPTION", "cat.tiff", {}],
    ["E_OPTION", "cat", {}],
    ["E_OPTION", "cat.png", { quality: 90 }],
    ["E_INPUT_VALUE", "cat.jpg", { quality: 0 }],
    ["E_INPUT_VALUE", "cat.webp", { quality: 90.5 }],
  ])("%s for %s %j", async (code, name, options) => {
    await expect(writeImage(at(name), picture, options)).rejects.toMatchObject({ code });
  });

  it("names the nearest extension", async () => {
    await expect(writeImage(at("cat.jpgg"), picture)).rejects.toMatchObject({ hint: 'did you mean ".jpg"?' });
  });
});

describe("writeImage of a figure", () => {
  const figure = grid([{ image: picture, label: "a <label>" }]);

  it("writes the same pixels that drawFigure paints", async () => {
    const file = at("figure.png");
    await writeImage(file, figure);
    expect((await readImage(file)).data).toEqual(drawFigure(figure).data);
  });

  it("writes WebP, and SVG with its text as text", async () => {
    const [webp, svg] = [at("figure.webp"), at("figure.svg")];
    await writeImage(webp, figure);
    await writeImage(svg, figure);
    expect(await sharp(webp).metadata()).toMatchObject({ format: "webp", width: figure.width, height: figure.height });
    expect(readFileSync(svg, "utf8")).toContain("a &lt;label&gt;");
    // librsvg reads it as XML: it is well-formed.
    expect(await sharp(svg).metadata()).toMatchObject({ format: "svg", width: figure.width, height: figure.height });
  });
});
