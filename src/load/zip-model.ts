/**
 * Models in a zip: what Keras saves (`.keras`), or a TensorFlow.js model with the files it needs. They are told apart by their
 * members, whatever the archive is called; siblings are members of the same archive.
 */
import { GradCamError } from "../errors.ts";
import type { GraphFile, OpenContext } from "./graph-file.ts";
import { type Head, readHead } from "./head.ts";
import { isKerasArchive, openKerasArchive } from "./keras/open-archive.ts";
import type { RandomAccessSource } from "./source.ts";
import type { TensorFile } from "./tensor-file.ts";
import { openTfjs } from "./tfjs/index.ts";
import { isModelJson } from "./tfjs/recognise.ts";
import { ZipArchive } from "./zip.ts";

/** JSON files that are looked into where none is called model.json. */
const LOOKED_INTO = 16;

/** Names that a message lists. */
const LISTED = 8;

/** Throws E_ZIP_…, E_UNSUPPORTED_FORMAT where no member, or more than one, is a model, and what the formats throw. */
export async function openZip(source: RandomAccessSource, context: OpenContext): Promise<TensorFile | GraphFile> {
  const archive = await ZipArchive.open(source, context.limits);
  if (isKerasArchive(archive)) return openKerasArchive(archive, context);
  const main = await modelIn(archive);
  const file = await openTfjs(main, context);
  const close = async (): Promise<void> => {
    await file.close();
    await archive.close();
  };
  return { ...file, close };
}

/** The member that describes the others. */
async function modelIn(archive: ZipArchive): Promise<RandomAccessSource> {
  const named = archive.names.filter((name) => /(^|\/)model\.json$/i.test(name));
  const candidates = named.length > 0 ? named : archive.names.filter((name) => /\.json$/i.test(name));
  const found: RandomAccessSource[] = [];
  for (const name of candidates.slice(0, LOOKED_INTO)) {
    const member = (await archive.member(name))!;
    const head: Head | undefined = member.size > 0 ? await readHead(member) : undefined;
    if (head && isModelJson(head)) found.push(member);
  }
  const [main, ...others] = found;
  if (main && others.length === 0) return main;
  const names = found.length > 0 ? found.map(({ name }) => name) : archive.names;
  throw new GradCamError("E_UNSUPPORTED_FORMAT", {
    where: archive.name,
    expected: "a zip with one model of Keras or TensorFlow.js",
    got: `${found.length > 0 ? `${found.length} models` : "none"}: ${names.slice(0, LISTED).join(", ") || "no members"}`,
    hint: "unpack it and give the model file inside",
  });
}
