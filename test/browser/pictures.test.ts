/** Pictures leave a page as files: with the pixels and text that Node writes where the format is ours, the browser's own elsewhere. */
import sharp from "sharp";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawFigure, type Figure, grid, type Image, overlay, readImage, toSvg } from "../../src/node.ts";
import { resizeImage } from "../../src/image/resize-image.ts";
import { launchChromium } from "./chromium.ts";
import { bundledPage, type Site, serve } from "./site.ts";

interface Exported {
  readonly type: string;
  readonly bytes: number[];
  readonly code?: string;
}

const PIXELS = "/cat.rgb";
const MAP = { data: Array.from({ length: 12 }, (_, i) => i / 11), width: 4, height: 3 };

let site: Site;
let browser: Browser;
let page: Page;
let heated: Image;
let figure: Figure;
let about: object;

beforeAll(async () => {
  const photo = await readImage(new URL("../../examples/cat.jpg", import.meta.url));
  const cat = resizeImage(photo, { width: 45, height: 30 });
  const { width, height } = cat;
  about = { url: PIXELS, width, height, map: MAP };
  heated = overlay(cat, { ...MAP, data: Float32Array.from(MAP.data) });
  figure = grid([{ image: heated, label: "cat" }], { panelWidth: 90 });
  const files = await bundledPage();
  files.set(PIXELS, new Uint8Array(cat.data));
  site = await serve(files, { isolated: false });
  browser = await launchChromium();
  page = await browser.newPage();
  await page.goto(site.origin);
});

afterAll(async () => {
  await browser.close();
  site.close();
});

const inPage = <T>(name: string, request: object): Promise<T> =>
  page.evaluate<T, readonly [string, object]>(
    ([name, request]) => (globalThis as unknown as Record<string, (r: unknown) => Promise<T>>)[name]!(request),
    [name, request],
  );

const exported = (request: object): Promise<Exported> => inPage("exportPicture", { ...about, ...request });

/** Root of the mean square of differences of bytes. */
async function distance(bytes: readonly number[], { data, width, height, channels }: Image): Promise<number> {
  const { data: seen, info } = await sharp(Buffer.from(bytes))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([width, height]);
  let sum = 0;
  for (let i = 0; i < width * height * 3; i++) {
    sum += (seen[i]! - data[Math.floor(i / 3) * channels + (i % 3)]!) ** 2;
  }
  return Math.sqrt(sum / (width * height * 3));
}

describe("toBlob", () => {
  it("gives a PNG with the pixels that Node writes, of a picture and of a figure", async () => {
    for (const [shown, request] of [
      [heated, {}],
      [drawFigure(figure), { figure: true }],
    ] as const) {
      const { type, bytes } = await exported(request);
      expect(type).toBe("image/png");
      expect(await distance(bytes, shown)).toBe(0);
    }
  });

  it("gives the SVG that Node writes, with its text", async () => {
    const { type, bytes } = await exported({ type: "image/svg+xml", figure: true });
    const pictures = (svg: string): string => svg.replace(/base64,[^"]*/g, "base64,");
    const text = Buffer.from(bytes).toString("utf8");
    expect(type).toBe("image/svg+xml");
    expect(pictures(text)).toBe(pictures(await toSvg(figure)));
    expect(text).toContain(">cat<");
    const [, png] = /base64,([^"]*)/.exec(text)!;
    expect(await distance([...Buffer.from(png!, "base64")], heated)).toBe(0);
  });

  it.each(["image/jpeg", "image/webp"] as const)(
    "gives the browser's %s, the better the higher its quality",
    async (type) => {
      const [good, poor] = [await exported({ type, quality: 0.95 }), await exported({ type, quality: 0.1 })];
      expect([good.type, poor.type]).toEqual([type, type]);
      expect(good.bytes.length).toBeGreaterThan(1.5 * poor.bytes.length);
      expect(await distance(good.bytes, heated)).toBeLessThan(10);
      expect(await distance(poor.bytes, heated)).toBeGreaterThan(await distance(good.bytes, heated));
    },
  );

  it("refuses what the browser cannot write instead of giving something else", async () => {
    expect(await exported({ type: "image/tiff" })).toEqual({ code: "E_OPTION" });
  });
});

it("a PNG read again and drawn on a canvas has the same pixels", async () => {
  const { data, width, height } = await inPage<{ data: number[]; width: number; height: number }>(
    "throughCanvas",
    about,
  );
  expect([width, height]).toEqual([heated.width, heated.height]);
  const channels = data.length / (width * height);
  const rgb = data.filter((_, i) => i % channels < 3);
  expect(rgb).toEqual([...heated.data]);
});
