/** What the file system answered, as an error that says what to do. */
import { GradCamError } from "../../errors.ts";

const REASONS: Readonly<Record<string, readonly [got: string, hint: string]>> = {
  ENOSPC: [
    "no space left on the device",
    "make room and try again: it goes on where it stopped; gradcam cache rm frees space",
  ],
  EDQUOT: ["a full quota", "make room and try again: it goes on where it stopped; gradcam cache rm frees space"],
  EROFS: ["a read-only file system", "set GRADCAM_CACHE to a folder that can be written"],
  EACCES: ["no permission", "set GRADCAM_CACHE to a folder of your own"],
  EPERM: ["no permission", "set GRADCAM_CACHE to a folder of your own"],
  ENOTDIR: ["a file where a folder should be", "set GRADCAM_CACHE to a folder that can be written"],
  ELOOP: ["a symbolic link", "remove it: files of the cache are no links"],
};

/** E_IO for an error of the file system; others come back as they are. */
export function cacheFailure(where: string, cause: unknown): unknown {
  const code = codeOf(cause);
  if (code === undefined) return cause;
  const [got, hint] = REASONS[code] ?? [code, undefined];
  return new GradCamError("E_IO", {
    where,
    expected: "a cache that works",
    got,
    cause,
    ...(hint !== undefined && { hint }),
  });
}

/** "ENOENT" and the like; undefined for what the file system has not said. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof GradCamError || !(error instanceof Error)) return undefined;
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall === undefined ? undefined : code;
}
