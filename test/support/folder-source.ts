/** Files in memory that know each other, as files in a folder do. */
import { GradCamError } from "../../src/errors.ts";
import { bytesSource, type RandomAccessSource } from "../../src/load/source.ts";

export type Folder = Readonly<Record<string, Uint8Array | string>>;

const bytesOf = (contents: Uint8Array | string): Uint8Array =>
  typeof contents === "string" ? new TextEncoder().encode(contents) : contents;

/** The file called `name`; its siblings are the others. */
export function folderSource(folder: Folder, name: string): RandomAccessSource {
  return {
    ...bytesSource(bytesOf(folder[name]!), name),
    sibling: (path) =>
      Object.hasOwn(folder, path)
        ? Promise.resolve(folderSource(folder, path))
        : Promise.reject(new GradCamError("E_SHARD_MISSING", { where: name, expected: path, got: "no such file" })),
  };
}
