/** VGG in PyTorch: `features` is one sequence in which ReLUs and pools count too. */
import { torchNaming } from "./torch.ts";
import type { Naming } from "./naming.ts";

const TORCHVISION_TOP = new Map([
  ["fc1", "classifier.0"],
  ["fc2", "classifier.3"],
  ["predictions", "classifier.6"],
]);

/** timm keeps fc1 and fc2 as convolutions, fc1 with a 7×7 kernel. */
const TIMM_TOP = new Map([
  ["fc1", "pre_logits.fc1"],
  ["fc2", "pre_logits.fc2"],
  ["predictions", "head.fc"],
]);

/** @param repeats convolutions per block */
export const torchvisionVgg = (repeats: readonly number[]): Naming =>
  torchNaming({ name: "torchvision", preprocess: "torch", module: modules(repeats, TORCHVISION_TOP) });

/** @param repeats convolutions per block */
export const timmVgg = (repeats: readonly number[]): Naming =>
  torchNaming({ name: "timm", preprocess: "torch", module: modules(repeats, TIMM_TOP) });

function modules(repeats: readonly number[], top: ReadonlyMap<string, string>): (layer: string) => string | undefined {
  const paths = new Map(top);
  let index = 0;
  repeats.forEach((count, block) => {
    for (let i = 1; i <= count; i++, index += 2) paths.set(`block${block + 1}_conv${i}`, `features.${index}`);
    index++; // the pool
  });
  return (layer) => paths.get(layer);
}
