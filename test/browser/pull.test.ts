/** Downloads in a page: into the origin's private file system, with resumption, and found again by name. */
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FaultName, type FaultyServer, startFaultyServer } from "../support/faulty-server.ts";
import { noise } from "../support/pull-laboratory.ts";
import { launchChromium } from "./chromium.ts";
import { bundledPage, type Files, type Site, serve } from "./site.ts";

/** MobileNet's file has a known size and no published checksum: any bytes will do. */
const BYTES = 17_225_924;

let files: Files;
let server: FaultyServer;
let site: Site;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [files, browser] = await Promise.all([bundledPage(), launchChromium()]);
});

afterAll(() => browser.close());

beforeEach(async () => {
  server = await startFaultyServer(noise(BYTES), {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "etag, content-range",
  });
  site = await serve(files, { isolated: false, connect: server.origin });
  // A context of its own, with a storage of its own.
  page = await browser.newPage();
  await page.goto(site.origin);
});

afterEach(async () => {
  await page.close();
  site.close();
  await server.close();
});

/** The name, or the code of the error. */
const pull = (fault: FaultName, options: object = {}): Promise<string> =>
  page.evaluate(
    (request) => (globalThis as unknown as { pullModel: (r: unknown) => Promise<string> }).pullModel(request),
    { name: "mobilenet", mirror: `${server.origin}/${fault}`, allowHttp: true, retries: 2, pause: 5, ...options },
  );

const load = (options: object = {}): Promise<string> =>
  page.evaluate(
    (request) => (globalThis as unknown as { loadNamed: (r: unknown) => Promise<string> }).loadNamed(request),
    { name: "mobilenet", ...options },
  );

describe("pull in a page", () => {
  it("brings a file once, which loadModel then finds by its name", async () => {
    expect(await load()).toBe("E_MODEL_NOT_FOUND");
    expect(server.requests).toEqual([]);
    expect(await pull("none")).toBe("mobilenet");
    expect(await pull("none")).toBe("mobilenet");
    expect(server.requests.filter((request) => request.startsWith("GET"))).toHaveLength(1);
    // It was found, and is no model.
    expect(await load()).toBe("E_NOT_A_MODEL");
  });

  it("goes on where a broken connection ended, and after the page was loaded anew", async () => {
    expect(await pull("cut", { retries: 0 })).toBe("E_HTTP");
    expect(await load()).toBe("E_MODEL_NOT_FOUND");
    await page.reload();
    expect(await pull("cut")).toBe("mobilenet");
    expect(server.requests.at(-1)).toMatch(/^GET .* bytes=\d{6,}-$/);
    expect(await load()).toBe("E_NOT_A_MODEL");
  });

  it.each<[FaultName, string]>([
    ["missing", "E_HTTP"],
    ["html", "E_HTTP"],
    ["endless", "E_INTEGRITY"],
  ])("keeps nothing of what is wrong: %s", async (fault, code) => {
    expect(await pull(fault)).toBe(code);
    expect(await load()).toBe("E_MODEL_NOT_FOUND");
  });

  it("asks for https, and for nothing when it is offline", async () => {
    expect(await pull("none", { allowHttp: false })).toBe("E_URL_SCHEME");
    expect(await pull("none", { offline: true })).toBe("E_MODEL_NOT_FOUND");
    expect(server.requests).toEqual([]);
  });
});
