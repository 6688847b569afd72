/** Networks whose layers are called by torchvision's module paths, because nobody else has them. */
import type { PresetName } from "../../image/presets.ts";
import { torchNaming } from "./torch.ts";

/** @param ignores tensors of branches that only training needs */
export const torchvisionPaths = (preprocess: PresetName, ignores?: RegExp) =>
  torchNaming({ name: "torchvision", preprocess, module: (layer) => layer, ...(ignores && { ignores }) });
