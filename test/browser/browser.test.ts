/** The same bytes in a browser tab as in Node, offline and under a strict Content-Security-Policy. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { explain, type Explanation, type Image, loadModel, readImage } from "../../src/node.ts";
import { launchChromium } from "./chromium.ts";
import { bundledPage, type Files, type Site, serve } from "./site.ts";

interface Answer {
  readonly raw: number[];
  readonly map: number[];
  readonly label: string;
  readonly engine: Explanation["engine"];
}

interface Request {
  readonly build: "simd" | "relaxed";
  /** Compile gradcam-wasm/simd.wasm instead of the build inlined in the package. */
  readonly fromFile?: boolean;
  readonly threads?: number;
  readonly passes?: number;
}

const PIXELS = "/cat.rgb";

let files: Files;
let site: Site;
let browser: Browser;
let page: Page;
let cat: Image;
const requested: string[] = [];
const complaints: string[] = [];

beforeAll(async () => {
  cat = await readImage(new URL("../../examples/cat.jpg", import.meta.url));
  files = await bundledPage();
  files.set(PIXELS, new Uint8Array(cat.data));
  site = await serve(files, { isolated: false });
  browser = await launchChromium();
  page = await browser.newPage();
  page.on("request", (request) => requested.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(site.origin);
});

afterAll(async () => {
  await browser.close();
  site.close();
});

const inBrowser = (request: Request, where = page): Promise<Answer> =>
  where.evaluate(
    (request) => (globalThis as unknown as { explainPixels: (r: unknown) => Promise<Answer> }).explainPixels(request),
    { url: PIXELS, width: cat.width, height: cat.height, ...request },
  );

async function inNode({ build }: Request): Promise<Explanation> {
  const model = await loadModel(undefined, { engine: { build } });
  const explanation = await explain(model, cat);
  model.dispose();
  return explanation;
}

describe("a bundled page that is cross-origin isolated", () => {
  let isolated: Site;
  let there: Page;
  beforeAll(async () => {
    isolated = await serve(files, { isolated: true });
    there = await browser.newPage();
    there.on("pageerror", (error) => complaints.push(String(error)));
    await there.goto(isolated.origin);
  });
  afterAll(() => {
    isolated.close();
  });

  it.each(["simd", "relaxed"] as const)("gets the same bytes from three threads of the %s build", async (build) => {
    const started: string[] = [];
    there.on("worker", (worker) => started.push(worker.url()));
    const answer = await inBrowser({ build, threads: 3, passes: 5 }, there);
    const here = await inNode({ build });
    expect(answer.engine).toMatchObject({ build, threads: 3 });
    expect(answer.engine).not.toHaveProperty("threadsNote");
    expect(answer.raw).toEqual([...here.raw.data]);
    expect(started).toHaveLength(2);
    await expect.poll(() => there.workers().length).toBe(0);
  });
});

describe("a bundled page", () => {
  it("runs on one thread and says why", async () => {
    const { engine } = await inBrowser({ build: "simd", threads: 3 });
    const threadsNote = "no SharedArrayBuffer: the page is not cross-origin isolated";
    expect(engine).toMatchObject({ threads: 1, threadsNote });
  });

  it.each(["simd", "relaxed"] as const)("gets the same bytes as Node from the %s build", async (build) => {
    const [there, here] = await Promise.all([inBrowser({ build }), inNode({ build })]);
    expect(there.engine).toMatchObject({ build, fma: here.engine.fma });
    expect(there.label).toBe("Egyptian_cat");
    expect(there.raw).toEqual([...here.raw.data]);
    expect(there.map).toEqual([...here.map.data]);
  });

  it("gets them from the .wasm file as well", async () => {
    const [there, here] = await Promise.all([inBrowser({ build: "simd", fromFile: true }), inNode({ build: "simd" })]);
    expect(there.raw).toEqual([...here.raw.data]);
    expect(requested.some((url) => url.endsWith(".wasm"))).toBe(true);
  });

  it("asks nobody but its own server", () => {
    expect(requested.filter((url) => !url.startsWith(`${site.origin}/`))).toEqual([]);
  });

  it("violates no policy and reports no error", async () => {
    const violations = await page.evaluate(() => (globalThis as unknown as { violations: string[] }).violations);
    expect(violations).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it("contains no module of Node and no sharp", () => {
    const scripts = [...files].filter(([path]) => path.endsWith(".js")).map(([, code]) => code as string);
    for (const code of scripts) expect(code).not.toMatch(/["']node:|from ?["'](fs|path|sharp)["']/);
  });
});
