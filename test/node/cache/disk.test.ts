/** Row 47 of the list of hostile inputs: disks that are full or read-only. */
import { existsSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { codeOf } from "../../support/error-code.ts";
import { mayMount, onReadOnly, onSmallDisk } from "../../support/mounts.ts";
import { PullLaboratory } from "../../support/pull-laboratory.ts";

let laboratory: PullLaboratory;

beforeEach(async () => {
  laboratory = new PullLaboratory();
  await laboratory.start();
});

afterEach(() => laboratory.end());

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
      await onSmallDisk(laboratory.cache, 100, async (cache) => {
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
      await onSmallDisk(laboratory.cache, 100, async (cache) => {
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

  it.skipIf(!mayMount())(
    "is E_IO with no lock that nobody holds, when not even that fits (needs root, to mount)",
    async () => {
      await onSmallDisk(laboratory.cache, 64, async (cache) => {
        expect(() => writeFileSync(join(cache, "other"), new Uint8Array(2 ** 20))).toThrow(/ENOSPC/);
        expect(await codeOf(() => laboratory.pull("none", { cache }))).toBe("E_IO");
        expect(laboratory.names()).toEqual(["other"]);
      });
    },
  );

  it.skipIf(!mayMount())(
    "is E_IO when it is read-only with a lock of a dead process in it (needs root, to mount)",
    async () => {
      mkdirSync(laboratory.cache);
      writeFileSync(laboratory.places.lock, "");
      utimesSync(laboratory.places.lock, 1, 1);
      await onReadOnly(laboratory.cache, async () => {
        expect(await codeOf(() => laboratory.pull("none", { signal: AbortSignal.timeout(2000) }))).toBe("E_IO");
      });
    },
  );

  it("is E_IO when a file lies where the folder should be", async () => {
    writeFileSync(laboratory.cache, "");
    expect(await codeOf(() => laboratory.pull("none"))).toBe("E_IO");
  });
});
