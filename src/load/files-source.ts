/** A model in several files that a page was handed: a list from an input element or a drop, in whatever order. */
import { GradCamError, nearest } from "../errors.ts";
import { blobSource, type RandomAccessSource } from "./source.ts";

/** A `File`, or anything like one. */
export type NamedBlob = Blob & { readonly name: string; readonly webkitRelativePath?: string };

/** Which of several files describes the others; the first pattern that fits any. */
const MAIN = [/(^|\/)model\.json$/, /\.index\.json$/, /\.weights\.json$/, /\.json$/, /\.onnx$/];

/** The file that describes the model, with the others as its siblings. Throws E_MODEL_NOT_FOUND for an empty list. */
export function filesSource(files: readonly NamedBlob[]): RandomAccessSource {
  const byPath = new Map(files.map((file) => [pathOf(file), file]));
  const paths = [...byPath.keys()];
  const main = MAIN.flatMap((pattern) => paths.filter((path) => pattern.test(path)))[0] ?? paths[0];
  if (main !== undefined) return open(byPath, main);
  throw new GradCamError("E_MODEL_NOT_FOUND", { where: "model", expected: "at least one file", got: "an empty list" });
}

function open(files: ReadonlyMap<string, NamedBlob>, path: string): RandomAccessSource {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  return {
    ...blobSource(files.get(path)!, path),
    sibling: async (other) => {
      const wanted = folder + other.replace(/^\.\//, "");
      if (files.has(wanted)) return Promise.resolve(open(files, wanted));
      const near = nearest(wanted, files.keys());
      throw new GradCamError("E_SHARD_MISSING", {
        where: path,
        expected: `the file ${JSON.stringify(other)} among those given`,
        got: `${files.size} others`,
        hint: near ? `did you mean ${JSON.stringify(near)}?` : "choose all files of the model",
      });
    },
  };
}

/** Within the folder that was chosen, where one was. */
const pathOf = ({ name, webkitRelativePath }: NamedBlob): string =>
  webkitRelativePath ? webkitRelativePath.slice(webkitRelativePath.indexOf("/") + 1) : name;
