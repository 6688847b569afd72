/** The files of `--tuning` and of `gradcam bench --tune`. */
import { access, readFile } from "node:fs/promises";
import { GradCamError } from "../../errors.ts";
import type { Tuning } from "../../graph/tuning.ts";

/** Throws E_IO, E_INPUT_VALUE. What is in it is checked by loadModel. */
export async function readTuning(path: string): Promise<Tuning> {
  const where = `--tuning ${path}`;
  const expected = "a file that gradcam bench --tune wrote";
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    const got = (cause as NodeJS.ErrnoException).code === "ENOENT" ? "no such file" : "a file that cannot be read";
    throw new GradCamError("E_IO", { where, expected, got, cause });
  });
  try {
    return JSON.parse(text) as Tuning;
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    throw new GradCamError("E_INPUT_VALUE", { where, expected, got, cause });
  }
}

/** Before minutes of measuring. Throws E_EXISTS. */
export async function refuseExisting(path: string): Promise<void> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (!exists) return;
  const hint = "--force replaces it, --output names another file";
  throw new GradCamError("E_EXISTS", { where: path, expected: "a new file", got: "an existing one", hint });
}

/** Throws E_IO, and E_EXISTS for a file that is there and may not be replaced. */
export async function writeTuning(path: string, tuning: Tuning, force: boolean): Promise<void> {
  const { replaceFile } = await import("../../node/replace-file.ts");
  await replaceFile(path, `${JSON.stringify(tuning, null, 2)}\n`, force);
}
