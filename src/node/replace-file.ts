/** Whole files or none: a reader of the path sees the old file or the new one, never a part. */
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, link, open, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { GradCamError } from "../errors.ts";

/** What is written: at once, or piece by piece as it is made. */
type Contents = Uint8Array | string | AsyncIterable<Uint8Array>;

/** Writes beside the target, then renames over it, or links so that an existing file wins. Throws E_IO, E_EXISTS. */
export async function replaceFile(file: string, contents: Contents, overwrite: boolean): Promise<void> {
  // Of a name of its own, as short as it can be: the target's may be as long as the file system allows.
  const draft = join(dirname(file), `.${randomUUID()}.tmp`);
  try {
    // A device or folder must not be replaced by a picture.
    const existing = await stat(file).catch(() => undefined);
    if (existing && !existing.isFile()) throw Object.assign(new Error("not a regular file"), { code: "EISDIR" });
    if (existing && !overwrite) throw Object.assign(new Error("exists"), { code: "EEXIST" });
    await write(draft, contents);
    if (overwrite) await rename(draft, file);
    else await link(draft, file).catch((cause: unknown) => copyWithoutLink(draft, file, cause));
  } catch (cause) {
    throw cause instanceof GradCamError || !isSystemError(cause) ? cause : unwritable(file, cause);
  } finally {
    // What is wrong with the folder has been said already, and a file that is there is there.
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

/** How file systems say that they have no links: FAT, network shares, some containers. */
const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EXDEV", "EMLINK"];

/** A copy refuses an existing file as a link does; what cannot be finished is removed. */
async function copyWithoutLink(draft: string, file: string, cause: unknown): Promise<void> {
  if (!NO_LINKS.includes((cause as NodeJS.ErrnoException).code ?? "")) throw cause;
  try {
    await copyFile(draft, file, constants.COPYFILE_EXCL);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") await rm(file, { force: true }).catch(() => undefined);
    throw error;
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
  ENAMETOOLONG: "a name that is longer than the file system allows",
};

const HINTS: Readonly<Record<string, (file: string) => string>> = {
  ENOENT: (file) => `create ${dirname(file)} first`,
  ENAMETOOLONG: () => "name it yourself, shorter",
};

function unwritable(where: string, cause: unknown): GradCamError {
  const { code = "unknown error" } = cause as NodeJS.ErrnoException;
  if (code === "EEXIST") {
    const facts = { expected: "a new file", got: "an existing one", hint: "--force (overwrite: true) replaces it" };
    return new GradCamError("E_EXISTS", { where, ...facts, cause });
  }
  const hint = HINTS[code]?.(where);
  return new GradCamError("E_IO", {
    where,
    expected: "a file to write to",
    got: REASONS[code] ?? code,
    cause,
    ...(hint && { hint }),
  });
}
