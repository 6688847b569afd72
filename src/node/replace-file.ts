/** Whole files or none: a reader of the path sees the old file or the new one, never a part. */
import { randomUUID } from "node:crypto";
import { link, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { GradCamError } from "../errors.ts";

/** Writes beside the target, then renames over it, or links so that an existing file wins. Throws E_IO, E_EXISTS. */
export async function replaceFile(file: string, bytes: Uint8Array | string, overwrite: boolean): Promise<void> {
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    // A device or folder must not be replaced by a picture.
    const existing = await stat(file).catch(() => undefined);
    if (existing && !existing.isFile()) throw Object.assign(new Error("not a regular file"), { code: "EISDIR" });
    await writeFile(draft, bytes, { flag: "wx" });
    if (overwrite) await rename(draft, file);
    // Some file systems have no links; "wx" refuses an existing file as a link does.
    else await link(draft, file).catch(() => writeFile(file, bytes, { flag: "wx" }));
  } catch (cause) {
    throw unwritable(file, cause);
  } finally {
    await rm(draft, { force: true });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "its folder does not exist",
  ENOTDIR: "its folder is a file",
  EISDIR: "a folder or device of this name",
  EACCES: "no permission to write there",
  EPERM: "no permission to write there",
  EROFS: "a read-only file system",
  ENOSPC: "no space left on the device",
};

function unwritable(where: string, cause: unknown): GradCamError {
  const { code = "unknown error" } = cause as NodeJS.ErrnoException;
  if (code === "EEXIST") {
    const facts = { expected: "a new file", got: "an existing one", hint: "delete it, or allow it to be overwritten" };
    return new GradCamError("E_EXISTS", { where, ...facts, cause });
  }
  const hint = code === "ENOENT" ? { hint: `create ${dirname(where)} first` } : {};
  return new GradCamError("E_IO", {
    where,
    expected: "a file to write to",
    got: REASONS[code] ?? code,
    cause,
    ...hint,
  });
}
