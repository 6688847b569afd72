/** `--report FILE`: pictures are packed as they are explained, and the file is written when all of them are. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { GradCamError } from "../../errors.ts";
import type { Explanation } from "../../explanation.ts";
import type { ColormapName } from "../../image/colormap.ts";
import type { PagePicture } from "../../report/page-data.ts";
import type { ComparedResult } from "../metrics/measured-explanations.ts";
import type { Picture } from "../files/pictures.ts";

interface ReportFlags {
  readonly report?: string;
  readonly colormap?: ColormapName;
  readonly force?: boolean;
}

/**
 * The report that the flags ask for. Throws E_EXISTS before any work when there is a file that may not be replaced: not even
 * --force replaces one of `inputs`, the pictures that it is about.
 */
export async function reportFile(flags: ReportFlags, inputs: readonly string[]): Promise<ReportFile | undefined> {
  const { report: path, force } = flags;
  if (path === undefined) return undefined;
  if (inputs.some((input) => resolve(input) === resolve(path))) {
    const got = "a picture that this very command reads";
    throw new GradCamError("E_EXISTS", { where: path, expected: "a new file", got, hint: "name another file" });
  }
  if (!force && (await stat(path).catch(() => undefined))) {
    const hint = "--force replaces it";
    throw new GradCamError("E_EXISTS", { where: path, expected: "a new file", got: "an existing one", hint });
  }
  return new ReportFile(path, flags);
}

class ReportFile {
  readonly #path: string;
  readonly #flags: ReportFlags;
  readonly #pictures: PagePicture[] = [];

  constructor(path: string, flags: ReportFlags) {
    this.#path = path;
    this.#flags = flags;
  }

  /** @param measured what was found out about each of the explanations */
  async add(
    { name, upright }: Picture,
    explanations: readonly Explanation[],
    measured: readonly (readonly ComparedResult[])[] = [],
  ): Promise<void> {
    const { jpeg } = await import("../../node.ts");
    const { pagePicture } = await import("../../report/page-picture.ts");
    const { reportMetric } = await import("../../report/report-metric.ts");
    const metrics = measured.map((results) => results.map((result) => reportMetric(result, result.random)));
    this.#pictures.push(await pagePicture({ name, image: upright, explanations, metrics }, jpeg));
  }

  /** The path of what was written; undefined when no picture could be explained. Throws E_EXISTS, E_IO. */
  async write(): Promise<string | undefined> {
    if (this.#pictures.length === 0) return undefined;
    const { pageOf } = await import("../../report/html.ts");
    const { replaceFile } = await import("../../node/replace-file.ts");
    const { colormap, force = false } = this.#flags;
    const page = pageOf(this.#pictures, colormap ? { colormap } : {});
    await replaceFile(this.#path, page, force);
    return this.#path;
  }
}
