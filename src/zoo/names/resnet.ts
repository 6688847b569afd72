/** ResNets in torchvision and timm, which agree: stage conv2 is `layer1`, the projected shortcut `downsample`. */
import { torchNaming } from "./torch.ts";

const ENDS = new Map([
  ["conv1_conv", "conv1"],
  ["conv1_bn", "bn1"],
  ["predictions", "fc"],
]);

/** "conv3_block2_1_bn": stage, block, position in the bottleneck (0 is the shortcut), kind. */
const BLOCK_LAYER = /^conv(\d)_block(\d+)_(\d)_(conv|bn)$/;

export const torchResnet = torchNaming({
  name: "torchvision",
  preprocess: "torch",
  module(layer) {
    const [match, stage, block, position, kind] = BLOCK_LAYER.exec(layer) ?? [];
    if (!match) return ENDS.get(layer);
    const path = `layer${Number(stage) - 1}.${Number(block) - 1}`;
    if (position === "0") return `${path}.downsample.${kind === "conv" ? 0 : 1}`;
    return `${path}.${kind!}${position!}`;
  },
});

const V2_ENDS = new Map([
  ["conv1_conv", "stem.conv"],
  ["post_bn", "norm"],
  ["predictions", "head.fc"],
]);

/** "conv3_block2_preact_bn" or "conv3_block2_1_bn": every norm stands before the convolution of the next number. */
const V2_BLOCK_LAYER = /^conv(\d)_block(\d+)_(preact|\d)_(conv|bn)$/;

export const timmResnetV2 = torchNaming({
  name: "timm",
  preprocess: "torch",
  module(layer) {
    const [match, stage, block, position, kind] = V2_BLOCK_LAYER.exec(layer) ?? [];
    if (!match) return V2_ENDS.get(layer);
    const path = `stages.${Number(stage) - 2}.blocks.${Number(block) - 1}`;
    if (kind === "bn") return `${path}.norm${position === "preact" ? 1 : Number(position) + 1}`;
    return position === "0" ? `${path}.downsample.conv` : `${path}.conv${position!}`;
  },
});
