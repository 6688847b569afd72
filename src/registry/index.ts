/** The models that are known by name: what they are, where their official weights lie and how to recognise them. */
import { GradCamError, nearest } from "../errors.ts";
import type { PresetName } from "../image/presets.ts";
import { type ArchitectureName, architectureNames, findArchitecture } from "../zoo/architecture-names.ts";
import { ENTRIES } from "./generated/entries.ts";

/** One model of weights/registry.json. What is not known (sizes of files that nobody measured) is left out. */
export interface RegistryEntry {
  /** What `loadModel` and `pull` call it. */
  readonly name: ArchitectureName;
  readonly title: string;
  /** Side of the square input it was trained with, in pixels. */
  readonly inputSize: number;
  readonly preprocess: PresetName;
  /** The layer that is explained if nobody names one. */
  readonly layer: string;
  readonly labels: "imagenet";
  /** Numbers in its weights, moving averages included. */
  readonly parameters: number;
  /** Percent of ImageNet's validation pictures, as the source says; measured by others. */
  readonly accuracy?: { readonly top1: number; readonly top5?: number; readonly source: string };
  /** For the model that comes with the package: its file in weights/. */
  readonly file?: string;
  /** Where the official weights lie; undefined for the embedded model, and for those that are only loaded from files. */
  readonly url?: string;
  /** The size of that file. */
  readonly bytes?: number;
  /** As published by Keras. */
  readonly md5?: string;
  readonly sha256?: string;
  readonly licence?: string;
}

/** An entry whose weights can be downloaded. */
export type RemoteEntry = RegistryEntry & Required<Pick<RegistryEntry, "url" | "licence">>;

/** All models known by name, in the order of the architectures. Nothing is read and nothing fetched. */
export const listModels = (): RegistryEntry[] => [...ENTRIES];

/** "VGG16", "MobileNet_V2", …; undefined for anything else. */
export function findEntry(name: string): RegistryEntry | undefined {
  const wanted = findArchitecture(name);
  return ENTRIES.find((entry) => entry.name === wanted);
}

export const isRemote = (entry: RegistryEntry): entry is RemoteEntry => entry.url !== undefined;

/** Throws E_MODEL_NOT_FOUND with the nearest name. */
export function requireEntry(name: string): RegistryEntry {
  const found = findEntry(name);
  if (found) return found;
  const near = nearest(name, architectureNames);
  throw new GradCamError("E_MODEL_NOT_FOUND", {
    where: `model ${JSON.stringify(name)}`,
    expected: "a name that gradcam models (listModels()) knows",
    got: "an unknown one",
    ...(near && { hint: `did you mean "${near}"?` }),
  });
}

/** Throws E_MODEL_NOT_FOUND for models whose weights nobody publishes in a form that is read here. */
export function requireRemote(entry: RegistryEntry): RemoteEntry {
  if (isRemote(entry)) return entry;
  throw new GradCamError("E_MODEL_NOT_FOUND", {
    where: `model "${entry.name}"`,
    expected: "a model with official weights to download",
    got: `${entry.title}, which is loaded from files only`,
    hint: "give the path of a safetensors file with its weights",
  });
}
