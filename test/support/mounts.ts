/** File systems that are full or take nothing, for tests that run as root. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whether this user may mount: root may, outside of most containers. */
export function mayMount(): boolean {
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

/** The folder as a disk of its own, which is soon full. */
export async function onSmallDisk(
  folder: string,
  kibibytes: number,
  work: (folder: string) => Promise<void>,
): Promise<void> {
  mkdirSync(folder);
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${kibibytes}k`, "tmpfs", folder]);
  try {
    await work(folder);
  } finally {
    execFileSync("umount", [folder]);
  }
}

/** What lies in the folder, on a file system that takes nothing. */
export async function onReadOnly(folder: string, work: () => Promise<void>): Promise<void> {
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
