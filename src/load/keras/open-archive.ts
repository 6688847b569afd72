/** `.keras`: a zip with metadata.json, config.json and model.weights.h5, which is read in place. */
import { GradCamError } from "../../errors.ts";
import type { GraphFile, OpenContext } from "../graph-file.ts";
import { Hdf5File } from "../hdf5.ts";
import { readJson, readJsonText } from "../json-file.ts";
import type { Limits } from "../limits.ts";
import type { RandomAccessSource } from "../source.ts";
import type { ZipArchive } from "../zip.ts";
import { configOf, describeModel } from "./describe.ts";
import { versionOf } from "./open-h5.ts";
import { variableLookup } from "./stored-variables.ts";

const CONFIG = "config.json";
const METADATA = "metadata.json";
const WEIGHTS = "model.weights.h5";

/** By what it holds; one of Keras's name with nothing known in it is a damaged one. */
export function isKerasArchive({ name, names }: ZipArchive): boolean {
  const isOwn = names.includes(CONFIG) || names.includes(WEIGHTS);
  return isOwn || (/\.keras$/i.test(name) && !names.some((member) => /\.json$/i.test(member) && member !== METADATA));
}

/** Throws E_ZIP_…, E_KERAS_MISSING, what reading HDF5 throws, and what layersGraph throws. */
export async function openKerasArchive(archive: ZipArchive, context: OpenContext): Promise<GraphFile> {
  const text = await readJsonText(await required(archive, CONFIG), context.limits);
  const config = configOf(text, archive.name, context);
  const remarks = await archive.member(METADATA);
  const metadata = remarks ? await remarksIn(remarks, context.limits) : {};
  const file = await Hdf5File.open(await required(archive, WEIGHTS), context.limits, context.startHdf5);
  const close = async (): Promise<void> => {
    await file.close();
    await archive.close();
  };
  try {
    const described = {
      format: "keras",
      where: archive.name,
      metadata: { keras_version: versionOf(text), ...metadata },
      context,
      close,
    };
    return await describeModel(config, variableLookup([file], config), described);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function required(archive: ZipArchive, path: string): Promise<RandomAccessSource> {
  const member = await archive.member(path);
  if (member) return member;
  const others = archive.names.filter((name) => !name.includes("/")).slice(0, 8);
  throw new GradCamError("E_KERAS_MISSING", {
    where: archive.name,
    expected: `the member ${path}`,
    got: others.join(", ") || "no members",
    hint: path === WEIGHTS ? "save the model again with model.save(path)" : "is it a .keras file?",
  });
}

/** Texts only. */
async function remarksIn(metadata: RandomAccessSource, limits: Limits): Promise<Record<string, string>> {
  const json = await readJson(metadata, limits);
  const entries = Object.entries(typeof json === "object" && json !== null ? json : {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
