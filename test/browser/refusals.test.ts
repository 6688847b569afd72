/** What a page is refused: pixels that are not there, and a core that may not be compiled. By the rows of the list in docs/security.md. */
import sharp from "sharp";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "./chromium.ts";
import { bundledPage, type Files, type Site, serve } from "./site.ts";

const PICTURE = "/other.png";

let files: Files;
let site: Site;
let elsewhere: Site;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  files = await bundledPage();
  const create = { width: 8, height: 8, channels: 3, background: "#0f0" } as const;
  const other: Files = new Map([[PICTURE, new Uint8Array(await sharp({ create }).png().toBuffer())]]);
  site = await serve(files, { isolated: false });
  elsewhere = await serve(other, { isolated: false });
  browser = await launchChromium();
  // The page's own policy would refuse the picture of another origin before the canvas does.
  page = await browser.newPage({ bypassCSP: true });
  await page.goto(site.origin);
});

afterAll(async () => {
  await browser.close();
  site.close();
  elsewhere.close();
});

const ask = <T>(where: Page, name: string, about: object = {}): Promise<T> =>
  where.evaluate<T, readonly [string, object]>(
    ([called, request]) => (globalThis as unknown as Record<string, (r: unknown) => Promise<T>>)[called]!(request),
    [name, about],
  );

describe("row 44: pixels that cannot be read", () => {
  it.each([
    "a closed ImageBitmap",
    "an <img> that was not loaded",
    "an <img> that is broken",
    "a <video> without a frame",
    "a canvas of no size",
    "a canvas with a picture of another origin",
  ])("are E_IMAGE_UNREADABLE: %s", async (kind) => {
    expect(await ask(page, "pixelsOf", { kind, url: elsewhere.origin + PICTURE })).toBe("E_IMAGE_UNREADABLE");
  });
});

describe("row 50: a policy that forbids WebAssembly", () => {
  it("is E_WASM_BLOCKED with what to add to it", async () => {
    const strict = await serve(files, { isolated: false, wasm: false });
    const there = await browser.newPage();
    await there.goto(strict.origin);
    const refusal = await ask<{ code: string; hint: string }>(there, "embeddedRefusal");
    expect(refusal).toMatchObject({
      code: "E_WASM_BLOCKED",
      hint: expect.stringContaining("'wasm-unsafe-eval'") as string,
    });
    await there.close();
    strict.close();
  });
});
