/** PyTorch state dicts: `module.path.weight`, kernels OIHW, batch norms with `weight`, `bias` and running statistics. */
import type { PresetName } from "../../image/presets.ts";
import type { Flavour } from "../architecture.ts";
import { type Naming, splitName } from "./naming.ts";

const PARTS: ReadonlyMap<string, string> = new Map([
  ["kernel", "weight"],
  ["bias", "bias"],
  ["gamma", "weight"],
  ["beta", "bias"],
  ["moving_mean", "running_mean"],
  ["moving_variance", "running_var"],
]);

export interface TorchNaming {
  readonly name: string;
  readonly preprocess: PresetName;
  /** Default "torch"; weights converted from TensorFlow keep its geometry. */
  readonly flavour?: Flavour;
  /** The module path of a layer, or undefined where there is none. */
  readonly module: (layer: string) => string | undefined;
}

export function torchNaming({ name, preprocess, flavour = "torch", module }: TorchNaming): Naming {
  return {
    name,
    layout: "torch",
    flavour,
    preprocess,
    tensor(canonical) {
      const [layer, part] = splitName(canonical);
      const path = module(layer);
      const suffix = PARTS.get(part);
      return path === undefined || suffix === undefined ? undefined : `${path}.${suffix}`;
    },
  };
}
