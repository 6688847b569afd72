/** Models of every family in a tab: as a File, as a list of files, from a URL; HDF5 in its worker; the same bytes as in Node. */
import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HostTensor, loadModel } from "../../src/node.ts";
import { launchChromium } from "./chromium.ts";
import { bundledPage, type Site, serve } from "./site.ts";

interface Tensor {
  readonly name: string;
  readonly shape: number[];
  readonly values: number[];
}

interface Case {
  /** In test/golden/, the file that describes the model first. */
  readonly files: readonly string[];
  /** Where the golden inputs are. */
  readonly expected: string;
  readonly asUrl?: true;
}

const KERAS = "keras/files/";
const TFJS = "tfjs/layers_tiny_f32/";
const SHARDS = [1, 2, 3].map((n) => `${TFJS}group1-shard${n}of3.bin`);

const CASES: Readonly<Record<string, Case>> = {
  "a whole Keras .h5 file": { files: [`${KERAS}k2_tiny.h5`], expected: `${KERAS}k2_tiny.h5.json` },
  "a .keras archive": { files: [`${KERAS}k3_nested.keras`], expected: `${KERAS}k3_nested.keras.json` },
  "a .keras archive from a URL": {
    files: [`${KERAS}k3_tiny.keras`],
    expected: `${KERAS}k3_tiny.keras.json`,
    asUrl: true,
  },
  "the files of a layers-model": { files: [...SHARDS, `${TFJS}model.json`], expected: `${TFJS}expected.json` },
  "a layers-model from a URL": {
    files: [`${TFJS}model.json`, ...SHARDS],
    expected: `${TFJS}expected.json`,
    asUrl: true,
  },
  "a graph-model from a URL": {
    files: ["tfjs/graph_small_uint8/model.json", "tfjs/graph_small_uint8/group1-shard1of1.bin"],
    expected: "tfjs/graph_small_uint8/expected.json",
    asUrl: true,
  },
};

/** Found by the fuzzer: 20 kB that HDF5 wants 2 GB of memory for. */
const FORGED = "h5-found/memory-of-2-GB";

const golden = (path: string): URL => new URL(`../golden/${path}`, import.meta.url);
const urlOf = (path: string): string => `/golden/${path}`;

let site: Site;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  const files = await bundledPage();
  for (const { files: parts } of Object.values(CASES)) {
    for (const part of parts) files.set(urlOf(part), new Uint8Array(readFileSync(golden(part))));
  }
  files.set(urlOf(FORGED), new Uint8Array(readFileSync(golden(FORGED))));
  site = await serve(files, { isolated: false });
  browser = await launchChromium();
  page = await browser.newPage();
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(site.origin);
});

afterAll(async () => {
  await browser.close();
  site.close();
});

interface Answer {
  readonly format: string;
  readonly outputs: number[][];
}

describe.each(Object.entries(CASES))("%s", (_, { files, expected, asUrl }) => {
  it("answers as in Node, to the bit", async () => {
    const { inputs } = JSON.parse(readFileSync(golden(expected), "utf8")) as { inputs: Tensor[] };
    const given = Object.fromEntries(inputs.map(({ name, shape, values }) => [name, { shape, values }]));
    const there = await page.evaluate(
      (request) => (globalThis as unknown as { runModel: (r: unknown) => Promise<Answer> }).runModel(request),
      { urls: files.map(urlOf), asUrl, inputs: given },
    );
    const main = files.find((file) => file.endsWith(".json")) ?? files[0]!;
    const model = await loadModel(golden(main), { engine: { exact: true } });
    const tensors: Record<string, HostTensor> = Object.fromEntries(
      inputs.map(({ name, shape, values }) => [name, { shape, data: Float32Array.from(values) }]),
    );
    const here = Object.values(await model.run(tensors)).map(({ data }) => Array.from(data));
    expect(there).toEqual({ format: model.format, outputs: here });
    model.dispose();
  });
});

it("an HDF5 file that wants more memory than the limit is refused by that name in the page's worker, too", async () => {
  const refusal = (request: object): Promise<unknown> =>
    page.evaluate(
      (about) => (globalThis as unknown as { refusalOf: (r: unknown) => Promise<unknown> }).refusalOf(about),
      request,
    );
  for (const hdf5Bytes of [2 ** 28, 2 ** 30]) {
    expect(await refusal({ url: urlOf(FORGED), limits: { hdf5Bytes } })).toMatchObject({
      code: "E_OUT_OF_MEMORY",
      expected: `at most ${hdf5Bytes} bytes of memory (limit hdf5Bytes)`,
    });
  }
  expect(await refusal({ url: urlOf(FORGED) })).toMatchObject({ code: "E_OUT_OF_MEMORY" });
});

it("no policy is violated, and no worker stays behind", async () => {
  const violations = await page.evaluate(() => (globalThis as unknown as { violations: string[] }).violations);
  expect([violations, complaints]).toEqual([[], []]);
  await expect.poll(() => page.workers().length).toBe(0);
});
