/** Where files go: nothing is overwritten unless asked for, and what is written is whole or not there. */
import { mkdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { GradCamError } from "../../errors.ts";
import type { Figure } from "../../image/figure.ts";
import type { Image } from "../../image/image.ts";

export const DEFAULT_FOLDER = "gradcam-output";

export class OutputFolder {
  readonly path: string;
  readonly #force: boolean;
  /** By absolute path: what lies there that not even --force replaces. */
  readonly #taken: Map<string, string>;

  /** @param inputs files that the command reads: no result ever replaces one */
  constructor(path: string, force: boolean, inputs: readonly string[] = []) {
    this.path = path;
    this.#force = force;
    this.#taken = new Map(inputs.map((input) => [resolve(input), "a picture that this very command reads"]));
  }

  /** Writes a picture in the format of its extension and returns its path. Throws E_EXISTS, E_IO, E_OPTION. */
  async write(name: string, image: Image | Figure): Promise<string> {
    const { writeImage } = await import("../../node.ts");
    return this.#place(name, (path) => writeImage(path, image, { overwrite: this.#force }));
  }

  /** Writes text or bytes and returns their path. Throws E_EXISTS, E_IO. */
  async writeData(name: string, data: Uint8Array | string): Promise<string> {
    const { replaceFile } = await import("../../node/replace-file.ts");
    return this.#place(name, (path) => replaceFile(path, data, this.#force));
  }

  async #place(name: string, write: (path: string) => Promise<void>): Promise<string> {
    const path = join(this.path, name);
    // Two results of one name in one command: --force does not mean that the second should replace the first.
    const taken = this.#taken.get(resolve(path));
    if (taken !== undefined)
      throw exists(path, taken, "tell them apart: --output '{folder}/{name}.{method}.{layer}.{target}'");
    await createFolder(dirname(path));
    try {
      await write(path);
    } catch (error) {
      if (!(error instanceof GradCamError) || error.code !== "E_EXISTS") throw error;
      throw exists(path, "an existing one", "--force replaces it; or name another place");
    }
    this.#taken.set(resolve(path), "a result of this very command");
    return path;
  }
}

/** Writes one figure to a path of the user's. Throws E_EXISTS, E_IO, E_OPTION. */
export const writeFigure = (
  path: string,
  figure: Image | Figure,
  force: boolean,
  inputs: readonly string[],
): Promise<string> => new OutputFolder(dirname(path), force, inputs).write(basename(path), figure);

async function createFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const got = code === "EEXIST" || code === "ENOTDIR" ? "a file of this name" : message;
    throw new GradCamError("E_IO", { where: path, expected: "a folder to write to", got, cause });
  }
}

const exists = (where: string, got: string, hint: string): GradCamError =>
  new GradCamError("E_EXISTS", { where, expected: "a new file", got, hint });
