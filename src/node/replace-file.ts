/** Whole files or none: a reader of the path sees the old file or the new one, never a part. */
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, link, open, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { GradCamError } from "../errors.ts";

/** What is written: at once, or piece by piece as it is made. */
type Contents = Uint8Array | string | AsyncIterable<Uint8Array>;

/** Writes beside the target, then renames over it, or links so that an existing file wins. Throws E_IO, E_EXISTS. */
export async function replaceFile(file: string, contents: Contents, overwrite: boolean): Promise<void> {
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    // A device or folder must not be replaced by a picture.
    const existing = await stat(file).catch(() => undefined);
    if (existing && !existing.isFile()) throw Object.assign(new Error("not a regular file"), { code: "EISDIR" });
    if (existing && !overwrite) throw Object.assign(new Error("exists"), { code: "EEXIST" });
    await write(draft, contents);
    if (overwrite) await rename(draft, file);
    // Some file systems have no links; a copy refuses an existing file as a link does.
    else await link(draft, file).catch(() => copyFile(draft, file, constants.COPYFILE_EXCL));
  } catch (cause) {
    throw cause instanceof GradCamError || !isSystemError(cause) ? cause : unwritable(file, cause);
  } finally {
    await rm(draft, { force: true });
  }
}

/** What is large is on the disk before it has its name: a cut in the current leaves the old file or the new one. */
async function write(draft: string, contents: Contents): Promise<void> {
  if (typeof contents === "string" || contents instanceof Uint8Array) {
    await writeFile(draft, contents, { flag: "wx" });
    return;
  }
  const handle = await open(draft, "wx");
  try {
    await writeFile(handle, contents);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && typeof (error as NodeJS.ErrnoException).code === "string";

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
