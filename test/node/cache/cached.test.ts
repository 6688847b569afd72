/** Row 47 of the list of hostile inputs: files of the cache that are damaged, and what the cache holds. */
import { readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findCached, verifyCached } from "../../../src/node/cache/cached.ts";
import { contentsOf, removeModel } from "../../../src/node/cache/contents.ts";
import { cacheFolder } from "../../../src/node/cache/folder.ts";
import { cachedFile, pullEntry } from "../../../src/node/cache/pull.ts";
import { readRecord } from "../../../src/node/cache/record.ts";
import { codeOf } from "../../support/error-code.ts";
import { onReadOnly } from "../../support/mounts.ts";
import { digestOf, PullLaboratory } from "../../support/pull-laboratory.ts";

let laboratory: PullLaboratory;

beforeEach(async () => {
  laboratory = new PullLaboratory();
  await laboratory.start();
});

afterEach(() => laboratory.end());

/** Changes a byte of the cached file; its times stay if that is asked for. */
function damage({ keepTimes = false } = {}): void {
  const { file } = laboratory.places;
  const { atime, mtime } = statSync(file);
  const bytes = readFileSync(file);
  bytes[1234]! ^= 1;
  writeFileSync(file, bytes);
  if (keepTimes) utimesSync(file, atime, mtime);
}

describe("row 47: a cached file", () => {
  it("has a record with its size and both checksums", async () => {
    await laboratory.pull("none");
    expect(await readRecord(laboratory.places.record)).toMatchObject({
      url: laboratory.entry.url,
      bytes: 200_000,
      md5: digestOf(laboratory.contents),
      sha256: digestOf(laboratory.contents, "sha256"),
      modified: statSync(laboratory.places.file).mtimeMs,
    });
  });

  it("is not fetched again", async () => {
    await laboratory.pull("none");
    await laboratory.pull("none");
    expect(laboratory.requests).toHaveLength(1);
  });

  it.each([false, true])(
    "that is damaged heals itself, though its times say that nothing happened: %s",
    async (keepTimes) => {
      await laboratory.pull("none");
      damage({ keepTimes });
      await laboratory.pull("none");
      expect(laboratory.requests).toHaveLength(2);
      expect(Buffer.compare(laboratory.stored(), laboratory.contents)).toBe(0);
      expect(laboratory.names()).toEqual(["vgg16.h5", "vgg16.h5.json"]);
    },
  );

  it("that is damaged is E_INTEGRITY for who may not fetch another", async () => {
    await laboratory.pull("none");
    damage();
    expect(await codeOf(() => cachedFile(laboratory.entry, laboratory.cache))).toBe("E_INTEGRITY");
    expect(await codeOf(() => laboratory.pull("none", { offline: true }))).toBe("E_INTEGRITY");
    expect(await codeOf(() => verifyCached(laboratory.places, laboratory.entry))).toBe("E_INTEGRITY");
    expect(laboratory.requests).toHaveLength(1);
  });

  it("without a published checksum is held to that of its first download", async () => {
    const { md5: _, ...entry } = { ...laboratory.entry, bytes: 200_000 };
    await laboratory.pull("none", {}, entry);
    expect(await cachedFile(entry, laboratory.cache)).toBe(laboratory.places.file);
    damage();
    expect(await codeOf(() => cachedFile(entry, laboratory.cache))).toBe("E_INTEGRITY");
  });

  it("whose record is lost or forged is read in full before it is believed", async () => {
    await laboratory.pull("none");
    for (const forged of ["", "[]", '{"bytes":1}', "x".repeat(5000), JSON.stringify({ md5: "..", sha256: 5 })]) {
      writeFileSync(laboratory.places.record, forged);
      expect((await findCached(laboratory.places, laboratory.entry))?.bytes).toBe(200_000);
    }
  });

  it("is found where nothing can be written", async () => {
    await laboratory.pull("none");
    await onReadOnly(laboratory.cache, async () => {
      expect(await cachedFile(laboratory.entry, laboratory.cache)).toBe(laboratory.places.file);
      expect(await laboratory.pull("none")).toBe(laboratory.places.file);
    });
  });
});

describe("an interrupted download", () => {
  it("ends with AbortError and keeps what has arrived", async () => {
    const interruption = new AbortController();
    const pulled = laboratory.pull("slow", {
      signal: interruption.signal,
      onProgress: ({ done }) => {
        if (done > 50_000) interruption.abort();
      },
    });
    await expect(pulled).rejects.toMatchObject({ name: "AbortError" });
    expect(laboratory.names()).toEqual(["vgg16.h5.partial", "vgg16.h5.partial.json"]);
    await laboratory.pull("none");
    expect(laboratory.requests.at(-1)).toMatch(/bytes=\d{5,}-/);
  });

  it("of another address is not continued", async () => {
    await laboratory.pull("cut", { retries: 0 }).catch(() => undefined);
    await laboratory.pull("none", {}, { ...laboratory.entry, url: "https://elsewhere.invalid/file.h5" });
    expect(laboratory.requests.at(-1)).toBe("GET /none/file.h5");
  });
});

describe("the contents of a cache", () => {
  it("are whole files and parts of files, and go when they are removed", async () => {
    await laboratory.pull("none");
    const vgg19 = { ...laboratory.entry, name: "vgg19" } as const;
    await laboratory.pull("cut", { retries: 0 }, vgg19).catch(() => undefined);
    const contents = await contentsOf(laboratory.cache);
    expect(contents.map(({ entry, bytes, isPartial }) => [entry.name, bytes, isPartial])).toEqual([
      ["vgg16", 200_000, false],
      ["vgg19", 100_000, true],
    ]);
    for (const model of contents) await removeModel(model, new AbortController().signal);
    expect(laboratory.names()).toEqual([]);
  });

  it("are none where there is no folder", async () => {
    expect(await contentsOf(laboratory.cache)).toEqual([]);
  });
});

describe("the cache's folder", () => {
  it.each([
    ["linux", {}, "/home/me/.cache/gradcam-wasm"],
    ["linux", { XDG_CACHE_HOME: "/big" }, "/big/gradcam-wasm"],
    ["linux", { XDG_CACHE_HOME: "relative" }, "/home/me/.cache/gradcam-wasm"],
    ["linux", { XDG_CACHE_HOME: "/big", GRADCAM_CACHE: "/mine" }, "/mine"],
    ["darwin", { XDG_CACHE_HOME: "/big" }, "/home/me/Library/Caches/gradcam-wasm"],
    ["win32", { LOCALAPPDATA: "C:\\Users\\me\\AppData\\Local" }, "C:\\Users\\me\\AppData\\Local\\gradcam-wasm\\Cache"],
  ])("on %s with %j is %s", (platform, env, folder) => {
    expect(cacheFolder(env, platform, "/home/me")).toBe(folder);
  });

  it("may be given to every call", async () => {
    const cache = join(laboratory.cache, "deep", "er");
    const { entry, origin } = laboratory;
    expect(await pullEntry(entry, { cache, mirror: `${origin}/none/`, allowHttp: true })).toBe(join(cache, "vgg16.h5"));
  });
});
