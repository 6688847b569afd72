/** Where pictures go: nothing is overwritten unless asked for. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { GradCamError } from "../errors.ts";
import type { Figure } from "../image/figure.ts";
import type { Image } from "../image/image.ts";

export class OutputFolder {
  readonly path: string;
  readonly #force: boolean;
  readonly #written = new Set<string>();

  constructor(path: string, force: boolean) {
    this.path = path;
    this.#force = force;
  }

  /** Writes a picture in the format of its name and returns its path. Throws E_EXISTS, E_IO. */
  async write(name: string, image: Image | Figure): Promise<string> {
    const { writeImage } = await import("../node.ts");
    const path = join(this.path, name);
    // Two pictures of one name in one command: --force does not mean that the second should replace the first.
    if (this.#written.has(path))
      throw exists(path, "a result of this very command", "give the pictures different names");
    await this.#create();
    try {
      await writeImage(path, image, { overwrite: this.#force });
    } catch (error) {
      if (!(error instanceof GradCamError) || error.code !== "E_EXISTS") throw error;
      throw exists(path, "an existing one", "--force replaces it, --output names another folder");
    }
    this.#written.add(path);
    return path;
  }

  async #create(): Promise<void> {
    try {
      await mkdir(this.path, { recursive: true });
    } catch (cause) {
      const got = cause instanceof Error ? cause.message : String(cause);
      throw new GradCamError("E_IO", { where: `--output ${this.path}`, expected: "a folder to write to", got, cause });
    }
  }
}

const exists = (where: string, got: string, hint: string): GradCamError =>
  new GradCamError("E_EXISTS", { where, expected: "a new file", got, hint });
