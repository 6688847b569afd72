/** Opens files of the cache: regular files with one name, never through a link that somebody has put there. */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { GradCamError } from "../../errors.ts";

/** Windows has neither flag; opening a pipe must not wait for its other end. */
const NO_LINKS = (constants.O_NOFOLLOW as number | undefined) ?? 0;
const NO_WAITING = (constants.O_NONBLOCK as number | undefined) ?? 0;

/** Of the user alone, as far as the umask does not say less. */
const MODE = 0o600;

/** Throws E_IO for links, pipes and folders, and the file system's own errors. */
export async function openOwn(path: string, purpose: "read" | "change"): Promise<FileHandle> {
  const access = purpose === "read" ? constants.O_RDONLY : constants.O_RDWR | constants.O_CREAT;
  const file = await open(path, access | NO_LINKS | NO_WAITING, MODE);
  const stat = await file.stat();
  if (stat.isFile() && stat.nlink <= 1) return file;
  await file.close();
  throw new GradCamError("E_IO", {
    where: path,
    expected: "a file of the cache's own",
    got: stat.isFile() ? "a file with another name elsewhere" : "a folder, device or pipe",
    hint: "remove it and try again",
  });
}
