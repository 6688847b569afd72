/** Inception v3 in torchvision and timm: the convolutions have names, Keras's numbers count them in the same order. */
import { torchNaming } from "./torch.ts";

const SMALL = "1x1 5x5_1 5x5_2 3x3dbl_1 3x3dbl_2 3x3dbl_3 _pool";
const PARTED = "1x1 7x7_1 7x7_2 7x7_3 7x7dbl_1 7x7dbl_2 7x7dbl_3 7x7dbl_4 7x7dbl_5 _pool";
const WIDE = "1x1 3x3_1 3x3_2a 3x3_2b 3x3dbl_1 3x3dbl_2 3x3dbl_3a 3x3dbl_3b _pool";

/** Blocks and their branches in the order in which they are made. */
const BLOCKS: readonly (readonly [block: string, branches: string])[] = [
  ["5b", SMALL],
  ["5c", SMALL],
  ["5d", SMALL],
  ["6a", "3x3 3x3dbl_1 3x3dbl_2 3x3dbl_3"],
  ["6b", PARTED],
  ["6c", PARTED],
  ["6d", PARTED],
  ["6e", PARTED],
  ["7a", "3x3_1 3x3_2 7x7x3_1 7x7x3_2 7x7x3_3 7x7x3_4"],
  ["7b", WIDE],
  ["7c", WIDE],
];

const STEM = ["Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3", "Conv2d_3b_1x1", "Conv2d_4a_3x3"];

/** "conv2d_12" or "batch_normalization_12" */
const NUMBERED = /^(conv2d|batch_normalization)(?:_(\d+))?$/;

/** Weights ported from TensorFlow: torchvision's network turns ImageNet's normalisation into −1 … 1 before it begins. */
export const torchInceptionV3 = torchNaming({
  name: "torchvision",
  preprocess: "tf",
  ignores: /^AuxLogits\./,
  module(layer) {
    if (layer === "predictions") return "fc";
    const [, kind, number = "0"] = NUMBERED.exec(layer) ?? [];
    const path = kind === undefined ? undefined : paths()[Number(number)];
    return path === undefined ? undefined : `${path}.${kind === "conv2d" ? "conv" : "bn"}`;
  },
});

function paths(): string[] {
  const blocks = BLOCKS.flatMap(([block, branches]) =>
    branches.split(" ").map((branch) => `Mixed_${block}.branch${branch}`),
  );
  return [...STEM, ...blocks];
}
