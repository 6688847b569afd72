/** Row 47 of the list of hostile inputs: damaged files, processes that die or compete, disks that are full or read-only. */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findCached, verifyCached } from "../../../src/node/cache/cached.ts";
import { contentsOf, removeModel } from "../../../src/node/cache/contents.ts";
import { cacheFolder } from "../../../src/node/cache/folder.ts";
import { cachedFile, pullEntry, pullFile } from "../../../src/node/cache/pull.ts";
import { readRecord } from "../../../src/node/cache/record.ts";
import { codeOf } from "../../support/error-code.ts";
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

describe("row 47: a cache that cannot be written", () => {
  it.skipIf(!mayMount())("is E_IO with a way out when it is read-only (needs root, to mount)", async () => {
    mkdirSync(laboratory.cache);
    await onReadOnly(laboratory.cache, async () => {
      await expect(laboratory.pull("none")).rejects.toMatchObject({
        code: "E_IO",
        hint: expect.stringMatching(/GRADCAM_CACHE/) as string,
      });
      expect(laboratory.requests).toEqual([]);
    });
  });

  it.skipIf(!mayMount())(
    "is E_IO before anything is fetched, when the disk has no room (needs root, to mount)",
    async () => {
      await onSmallDisk(100, async (cache) => {
        const entry = { ...laboratory.entry, bytes: 200_000 };
        const pulled = laboratory.pull("none", { cache }, entry);
        await expect(pulled).rejects.toMatchObject({ code: "E_IO", expected: "room for 200000 bytes" });
        expect(laboratory.requests).toEqual([]);
      });
    },
  );

  it.skipIf(!mayMount())(
    "is E_IO when the disk fills up, with no half file under the final name (needs root, to mount)",
    async () => {
      await onSmallDisk(100, async (cache) => {
        // Smaller than it is: who knows no size cannot know that there is no room.
        const entry = { ...laboratory.entry, parameters: 1 };
        await expect(laboratory.pull("none", { cache }, entry)).rejects.toMatchObject({
          code: "E_IO",
          got: expect.stringMatching(/no space/) as string,
        });
        expect(existsSync(join(cache, "vgg16.h5"))).toBe(false);
      });
    },
  );

  it("is E_IO when a file lies where the folder should be", async () => {
    writeFileSync(laboratory.cache, "");
    expect(await codeOf(() => laboratory.pull("none"))).toBe("E_IO");
  });
});

describe("row 47: two downloads of one file", () => {
  it("are one: the second waits and finds it", async () => {
    let waited = 0;
    const onWait = (): void => {
      waited++;
    };
    const paths = await Promise.all([laboratory.pull("slow", { onWait }), laboratory.pull("slow", { onWait })]);
    expect(paths).toEqual([laboratory.places.file, laboratory.places.file]);
    expect(laboratory.requests).toHaveLength(1);
    expect(waited).toBe(1);
  });

  it("wait no longer than they are wanted", async () => {
    hold({ process: process.pid, host: hostname() }, 10);
    const pulled = laboratory.pull("none", { signal: AbortSignal.timeout(400) });
    await expect(pulled).rejects.toMatchObject({ name: expect.stringMatching(/AbortError|TimeoutError/) as string });
    expect(laboratory.requests).toEqual([]);
  });

  it.each<[string, object, age: number]>([
    ["whose process is gone", { process: 2 ** 22 + 1, host: hostname() }, 6],
    ["of another machine that fell silent", { process: 1, host: "elsewhere" }, 61],
    ["that holds nonsense", ["nonsense"], 61],
  ])("take over a lock %s", async (_, note, age) => {
    hold(note, age);
    await laboratory.pull("none");
    expect(laboratory.names()).toEqual(["vgg16.h5", "vgg16.h5.json"]);
  });

  it("do not take over a lock of another machine before it has been silent for a minute", async () => {
    hold({ process: 2 ** 22 + 1, host: "elsewhere" }, 50);
    await expect(laboratory.pull("none", { signal: AbortSignal.timeout(400) })).rejects.toThrow();
  });

  it("give up when their own lock was taken from them", async () => {
    const pulled = laboratory.pull("slow", {
      onProgress: () => writeFileSync(laboratory.places.lock, JSON.stringify({ token: "another" })),
    });
    await expect(pulled).rejects.toMatchObject({
      code: "E_IO",
      got: expect.stringMatching(/stood still too long/) as string,
    });
    expect(existsSync(laboratory.places.file)).toBe(false);
  });

  function hold(note: object, seconds: number): void {
    mkdirSync(laboratory.cache, { recursive: true });
    writeFileSync(laboratory.places.lock, JSON.stringify(note));
    const then = Date.now() / 1000 - seconds;
    utimesSync(laboratory.places.lock, then, then);
  }
});

describe("links that somebody has put into the cache", () => {
  it.each(["file", "partial", "version", "record", "lock"] as const)("are never followed: %s", async (place) => {
    mkdirSync(laboratory.cache);
    const victim = join(laboratory.cache, "..", "victim");
    writeFileSync(victim, "precious");
    symlinkSync(victim, laboratory.places[place]);
    if (place === "lock") utimesSync(victim, 1, 1);
    const result = await codeOf(() => laboratory.pull("none"));
    expect(result).toBe(place === "partial" ? "E_IO" : "none");
    expect(readFileSync(victim, "utf8")).toBe("precious");
    if (result === "none") expect(lstatSync(laboratory.places.file).isSymbolicLink()).toBe(false);
  });

  it("are refused when they are hard links", async () => {
    mkdirSync(laboratory.cache);
    const victim = join(laboratory.cache, "..", "victim");
    writeFileSync(victim, "precious");
    linkSync(victim, laboratory.places.partial);
    expect(await codeOf(() => laboratory.pull("none"))).toBe("E_IO");
    expect(readFileSync(victim, "utf8")).toBe("precious");
  });
});

describe("names", () => {
  it.each(["../vgg16", "/etc/passwd", "vgg16/../../x", "", "__proto__", "constructor", "vgg16\0", "https://x/y.h5"])(
    "lead nowhere when they are not in the registry: %j",
    async (name) => {
      expect(await codeOf(() => pullFile(name, { cache: laboratory.cache }))).toBe("E_MODEL_NOT_FOUND");
      expect(existsSync(laboratory.cache)).toBe(false);
    },
  );

  it("of models without official weights are answered with what to do", async () => {
    await expect(pullFile("resnet18")).rejects.toMatchObject({
      code: "E_MODEL_NOT_FOUND",
      hint: expect.stringMatching(/safetensors/) as string,
    });
  });
});

describe("offline", () => {
  it("is E_MODEL_NOT_FOUND for what the cache has not, and asks nobody", async () => {
    expect(await codeOf(() => laboratory.pull("none", { offline: true }))).toBe("E_MODEL_NOT_FOUND");
    expect(laboratory.requests).toEqual([]);
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

function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "gradcam-mount-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], { stdio: "ignore" });
    execFileSync("umount", [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(folder);
  }
}

async function onSmallDisk(kibibytes: number, work: (folder: string) => Promise<void>): Promise<void> {
  mkdirSync(laboratory.cache);
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${kibibytes}k`, "tmpfs", laboratory.cache]);
  try {
    await work(laboratory.cache);
  } finally {
    execFileSync("umount", [laboratory.cache]);
  }
}

/** What lies in the folder, on a file system that takes nothing. */
async function onReadOnly(folder: string, work: () => Promise<void>): Promise<void> {
  if (!mayMount()) {
    await work();
    return;
  }
  execFileSync("mount", ["--bind", folder, folder]);
  execFileSync("mount", ["-o", "remount,bind,ro", folder]);
  try {
    await work();
  } finally {
    execFileSync("umount", [folder]);
  }
}
