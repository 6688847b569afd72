/** How one family of files names and lays out the weights of an architecture. */
import type { PresetName } from "../../image/presets.ts";
import type { BuildOptions, Flavour } from "../architecture.ts";

export interface Naming {
  /** "keras", "torchvision", "timm", … */
  readonly name: string;
  /** Axis order of kernels: Keras HWIO and [in,out], torch OIHW and [out,in]. */
  readonly layout: Flavour;
  /** The geometry that such weights were trained with. */
  readonly flavour: Flavour;
  /** Where such files differ from others of their flavour: BuildOptions. */
  readonly geometry?: Pick<BuildOptions, "epsilon" | "rescales">;
  /** Tensors that such files may have and that only training needs. */
  readonly ignores?: RegExp;
  /** Preset that such weights were trained with. */
  readonly preprocess: PresetName;
  /** The file's name for a canonical one such as "fc1/kernel", or undefined where the file has no such layer. */
  tensor(canonical: string): string | undefined;
}

/** "fc1/kernel" → ["fc1", "kernel"]. Layer names may contain slashes themselves. */
export function splitName(canonical: string): [layer: string, part: string] {
  const slash = canonical.lastIndexOf("/");
  return [canonical.slice(0, slash), canonical.slice(slash + 1)];
}
