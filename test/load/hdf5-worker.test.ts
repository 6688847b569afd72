/** HDF5 in a worker of its own: the same numbers as in this thread, and an end to files that would never end. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { connect, type Hdf5Listener, type StartHdf5 } from "../../src/load/hdf5/connection.ts";
import { DEFAULT_LIMITS } from "../../src/load/limits.ts";
import { blobSource, bytesSource, type RandomAccessSource } from "../../src/load/source.ts";
import { loadModel } from "../../src/node.ts";
import { fileSource } from "../../src/node/file-source.ts";
import { hdf5Starter } from "../../src/node/hdf5-worker.ts";
import { codeOf } from "../support/error-code.ts";
import { goldenBytes } from "../support/golden.ts";

const startHdf5 = hdf5Starter(new URL("../../src/generated/node-hdf5-worker.js", import.meta.url));
const FILE = "keras/files/k3_tiny.h5";
const path = fileURLToPath(new URL(`../golden/${FILE}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gradcam-hdf5-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const KERNEL = { path: "model_weights/stem/stem/kernel", offset: [0, 0, 0, 0], count: [3, 3, 3, 6] };

const SOURCES: Readonly<Record<string, () => Promise<RandomAccessSource>>> = {
  "a file": () => fileSource(path),
  bytes: () => Promise.resolve(bytesSource(goldenBytes(FILE), FILE)),
  "a Blob": () => Promise.resolve(blobSource(new Blob([new Uint8Array(goldenBytes(FILE))]), FILE)),
};

describe.each(Object.entries(SOURCES))("%s", (_, open) => {
  it("is seen alike from a worker and from this thread, and stays the caller's", async () => {
    const [here, there] = [await open(), await open()];
    const direct = await connect(here, DEFAULT_LIMITS, undefined);
    const remote = await connect(there, DEFAULT_LIMITS, startHdf5);
    expect(remote.tree).toEqual(direct.tree);
    const request = { boxes: [KERNEL, KERNEL], dtype: "F32" } as const;
    const numbers = await remote.read(request);
    expect(numbers.length).toBe(2 * 162);
    expect(numbers).toEqual(await direct.read(request));
    remote.close();
    direct.close();
    expect((await there.read(0, 4)).length).toBe(4);
    await here.close();
    await there.close();
  });
});

/** A worker that does what it is told to. */
const scripted =
  (script: (listener: Hdf5Listener) => void, log: string[] = []): StartHdf5 =>
  (listener) => ({
    reads: "file",
    post: () => {
      script(listener);
    },
    terminate: () => log.push("terminated"),
  });

const opening = (start: StartHdf5, limits = DEFAULT_LIMITS) =>
  connect(bytesSource(goldenBytes(FILE), FILE), limits, start);

describe("a worker", () => {
  it("that takes too long is ended, and the limit is named", async () => {
    const log: string[] = [];
    const silent = scripted(() => undefined, log);
    await expect(opening(silent, { ...DEFAULT_LIMITS, hdf5Milliseconds: 20 })).rejects.toThrow(
      /HDF5: expected an answer within 0.02 s \(limit hdf5Milliseconds\), got none/,
    );
    expect(log).toContain("terminated");
  });

  it("that really is busy is ended too: not even opening fits into a millisecond", async () => {
    expect(await codeOf(() => loadModel(path, { limits: { hdf5Milliseconds: 1 } }))).toBe("E_TIME_LIMIT");
  });

  it("that dies is an error with what it said", async () => {
    const dying = scripted((listener) => {
      listener.ended("its worker ended with code 134");
    });
    await expect(opening(dying)).rejects.toMatchObject({ code: "E_WORKER", got: "its worker ended with code 134" });
  });

  it("that fails in a way nobody thought of is an error, not a hang", async () => {
    const confused = scripted((listener) => {
      listener.answer({ error: { message: "RuntimeError: unreachable" } });
    });
    await expect(opening(confused)).rejects.toMatchObject({ code: "E_WORKER", got: "RuntimeError: unreachable" });
  });

  it("carries an error's facts over", async () => {
    const short = join(folder, "short.h5");
    writeFileSync(short, goldenBytes(FILE).subarray(0, 3000));
    await expect(loadModel(short)).rejects.toMatchObject({ code: "E_TRUNCATED", where: short });
  });

  it("cannot be asked after close", async () => {
    const source = await fileSource(path);
    const connection = await connect(source, DEFAULT_LIMITS, startHdf5);
    connection.close();
    await expect(connection.read({ boxes: [KERNEL], dtype: "F32" })).rejects.toMatchObject({ code: "E_DISPOSED" });
    await source.close();
  });
});

it("a file that wants more memory than the limit is refused by that name, not called damaged; others are read as before", async () => {
  const forged = fileURLToPath(new URL("../golden/h5-found/memory-of-2-GB", import.meta.url));
  await expect(loadModel(forged)).rejects.toMatchObject({
    code: "E_OUT_OF_MEMORY",
    expected: "at most 1073741824 bytes of memory (limit hdf5Bytes)",
  });
  const model = await loadModel(path);
  model.dispose();
});

/** Found by the fuzzer: files that ended its process, or took 2 GB there. */
const FOUND = new URL("../golden/h5-found/", import.meta.url);

it.each(readdirSync(FOUND))("%s is refused with a code, in little memory", async (name) => {
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 10);
  const code = await codeOf(() => loadModel(fileURLToPath(new URL(name, FOUND))));
  clearInterval(watch);
  expect(code).toMatch(/^E_(?!INTERNAL)/);
  // The limit is 1 GiB; before there was one, it was 2 GB.
  expect(peak - before).toBeLessThan(1.2e9);
});
