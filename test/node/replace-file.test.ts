/** Whole files or none, whatever the file system answers. */
import { lstatSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import * as files from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { replaceFile } from "../../src/node/replace-file.ts";
import { inTemporaryFolder } from "../support/cli.ts";

vi.mock("node:fs/promises", { spy: true });

afterEach(() => vi.resetAllMocks());

const failure = (code: string): Error => Object.assign(new Error(code), { code });

describe("replaceFile", () => {
  it("row 45: writes names as long as the file system allows, and says so of longer ones", async () => {
    await inTemporaryFolder(async (folder) => {
      const longest = join(folder, `${"n".repeat(251)}.png`);
      for (const overwrite of [false, true]) await replaceFile(longest, String(overwrite), overwrite);
      expect(readFileSync(longest, "utf8")).toBe("true");
      const error = { code: "E_IO", got: "a name that is longer than the file system allows" };
      for (const overwrite of [false, true]) {
        await expect(replaceFile(`${longest}x`, "", overwrite)).rejects.toMatchObject(error);
      }
      expect(readdirSync(folder)).toHaveLength(1);
    });
  });

  it("says what was wrong also where its draft cannot be removed", async () => {
    await inTemporaryFolder(async (folder) => {
      vi.mocked(files.rename).mockRejectedValueOnce(failure("EACCES"));
      vi.mocked(files.rm).mockRejectedValueOnce(failure("EBUSY"));
      const error = { code: "E_IO", got: "no permission to write there" };
      await expect(replaceFile(join(folder, "a.png"), "a", true)).rejects.toMatchObject(error);
    });
  });

  it("is content with a file that is there though its draft cannot be removed", async () => {
    await inTemporaryFolder(async (folder) => {
      vi.mocked(files.rm).mockRejectedValueOnce(failure("EBUSY"));
      await replaceFile(join(folder, "a.png"), "a", false);
      expect(readFileSync(join(folder, "a.png"), "utf8")).toBe("a");
    });
  });

  it.each(["EPERM", "ENOTSUP", "ENOSYS", "EXDEV"])("does without links where there are none: %s", async (code) => {
    await inTemporaryFolder(async (folder) => {
      const file = join(folder, "a.png");
      vi.mocked(files.link).mockRejectedValue(failure(code));
      await replaceFile(file, "a", false);
      await expect(replaceFile(file, "b", false)).rejects.toMatchObject({ code: "E_EXISTS" });
      expect(readFileSync(file, "utf8")).toBe("a");
      expect(readdirSync(folder)).toEqual(["a.png"]);
    });
  });

  it("writes nothing where a link fails for another reason", async () => {
    await inTemporaryFolder(async (folder) => {
      vi.mocked(files.link).mockRejectedValue(failure("EIO"));
      await expect(replaceFile(join(folder, "a.png"), "a", false)).rejects.toMatchObject({ code: "E_IO", got: "EIO" });
      expect(readdirSync(folder)).toEqual([]);
    });
  });

  it("leaves no part of a file where there are no links and no room", async () => {
    await inTemporaryFolder(async (folder) => {
      const file = join(folder, "a.png");
      vi.mocked(files.link).mockRejectedValue(failure("EPERM"));
      vi.mocked(files.copyFile).mockImplementation((_, copy) => {
        writeFileSync(copy, "part");
        return Promise.reject(failure("ENOSPC"));
      });
      const error = { code: "E_IO", got: "no space left on the device" };
      await expect(replaceFile(file, "whole", false)).rejects.toMatchObject(error);
      expect(lstatSync(file, { throwIfNoEntry: false })).toBeUndefined();
    });
  });
});
