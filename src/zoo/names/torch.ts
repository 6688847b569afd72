/** PyTorch state dicts: `module.path.weight`, kernels OIHW, batch norms with `weight`, `bias` and running statistics. */
import type { PresetName } from "../../image/presets.ts";
import { type Naming, splitName } from "./naming.ts";

const PARTS: ReadonlyMap<string, string> = new Map([
  ["kernel", "weight"],
  ["bias", "bias"],
  ["gamma", "weight"],
  ["beta", "bias"],
  ["moving_mean", "running_mean"],
  ["moving_variance", "running_var"],
  // Separable convolutions are two modules: their module() is asked for "layer/depthwise" and "layer/pointwise".
  ["depthwise_kernel", "weight"],
  ["pointwise_kernel", "weight"],
]);

export interface TorchNaming extends Pick<Naming, "name" | "geometry" | "ignores"> {
  readonly preprocess: PresetName;
  /** Default "torch"; weights converted from TensorFlow keep its geometry. */
  readonly flavour?: Naming["flavour"];
  /** The module path of a layer, or undefined where there is none. */
  readonly module: (layer: string) => string | undefined;
}

export function torchNaming({ flavour = "torch", module, ...naming }: TorchNaming): Naming {
  return {
    ...naming,
    layout: "torch",
    flavour,
    tensor(canonical) {
      const [layer, part] = splitName(canonical);
      const separable = /^(depthwise|pointwise)_kernel$/.exec(part)?.[1];
      const path = module(separable === undefined ? layer : `${layer}/${separable}`);
      const suffix = PARTS.get(part);
      return path === undefined || suffix === undefined ? undefined : `${path}.${suffix}`;
    },
  };
}
