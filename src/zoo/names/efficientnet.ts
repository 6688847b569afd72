/** EfficientNets in PyTorch: torchvision numbers the parts of a block, timm names them. */
import type { Naming } from "./naming.ts";
import { torchNaming } from "./torch.ts";

/** "block2b_expand_conv" → ["2", "b", "expand_conv"] */
const BLOCK_LAYER = /^block(\d)([a-z])_(\w+)$/;

interface BlockLayer {
  readonly stage: number;
  readonly index: number;
  readonly part: string;
}

function blockLayer(layer: string): BlockLayer | undefined {
  const [match, stage, letter, part] = BLOCK_LAYER.exec(layer) ?? [];
  return match ? { stage: Number(stage), index: letter!.charCodeAt(0) - 97, part: part! } : undefined;
}

/** Parts of a block that expands, by their position in torchvision's sequence; the others' are one less. */
const TORCHVISION_PARTS = new Map([
  ["expand_conv", "0.0"],
  ["expand_bn", "0.1"],
  ["dwconv", "1.0"],
  ["bn", "1.1"],
  ["se_reduce", "2.fc1"],
  ["se_expand", "2.fc2"],
  ["project_conv", "3.0"],
  ["project_bn", "3.1"],
]);

const TORCHVISION_ENDS = new Map([
  ["stem_conv", "features.0.0"],
  ["stem_bn", "features.0.1"],
  ["top_conv", "features.8.0"],
  ["top_bn", "features.8.1"],
  ["predictions", "classifier.1"],
]);

export const torchvisionEfficientnet = (epsilon?: number): Naming =>
  torchNaming({
    name: "torchvision",
    preprocess: "torch",
    geometry: epsilon === undefined ? {} : { epsilon },
    module(layer) {
      const block = blockLayer(layer);
      if (!block) return TORCHVISION_ENDS.get(layer);
      const part = TORCHVISION_PARTS.get(block.part);
      if (part === undefined) return undefined;
      const position = Number(part[0]) - (block.stage === 1 ? 1 : 0);
      return `features.${block.stage}.${block.index}.block.${position}${part.slice(1)}`;
    },
  });

/** Parts of a block that expands. */
const TIMM_PARTS = new Map([
  ["expand_conv", "conv_pw"],
  ["expand_bn", "bn1"],
  ["dwconv", "conv_dw"],
  ["dwconv2", "conv_dw"],
  ["bn", "bn2"],
  ["se_reduce", "se.conv_reduce"],
  ["se_expand", "se.conv_expand"],
  ["project_conv", "conv_pwl"],
  ["project_bn", "bn3"],
]);

/** Parts of one that does not. */
const TIMM_FIRST_PARTS = new Map([...TIMM_PARTS, ["bn", "bn1"], ["project_conv", "conv_pw"], ["project_bn", "bn2"]]);

const TIMM_ENDS = new Map([
  ["stem_conv", "conv_stem"],
  ["stem_bn", "bn1"],
  ["top_conv", "conv_head"],
  ["top_bn", "bn2"],
  ["predictions", "classifier"],
]);

function timmModule(layer: string): string | undefined {
  const block = blockLayer(layer);
  if (!block) return TIMM_ENDS.get(layer);
  const part = (block.stage === 1 ? TIMM_FIRST_PARTS : TIMM_PARTS).get(block.part);
  return part === undefined ? undefined : `blocks.${block.stage - 1}.${block.index}.${part}`;
}

/** timm's own weights, with PyTorch's geometry. */
export const timmEfficientnet = torchNaming({ name: "timm", preprocess: "torch", module: timmModule });

/** Weights ported from TensorFlow (tf_efficientnet_…): the same tensors for another geometry. */
export const timmTensorflowEfficientnet = torchNaming({
  name: "timm tf_",
  preprocess: "torch",
  flavour: "keras",
  geometry: { rescales: false },
  module: timmModule,
});

/** Parts of a block whose expansion has the 3×3 window, and of the one that is a single convolution. */
const FUSED_PARTS = new Map([
  ["expand_conv", "conv_exp"],
  ["expand_bn", "bn1"],
  ["project_conv", "conv_pwl"],
  ["project_bn", "bn2"],
]);
const PLAIN_PARTS = new Map([
  ["project_conv", "conv"],
  ["project_bn", "bn1"],
]);

/** tf_efficientnetv2_b0: stage 1 is plain, 2 and 3 are fused. */
export const timmEfficientnetV2 = torchNaming({
  name: "timm",
  preprocess: "torch",
  flavour: "keras",
  geometry: { rescales: false },
  module(layer) {
    const block = blockLayer(layer);
    if (!block || block.stage > 3) return timmModule(layer);
    const part = (block.stage === 1 ? PLAIN_PARTS : FUSED_PARTS).get(block.part);
    return part === undefined ? undefined : `blocks.${block.stage - 1}.${block.index}.${part}`;
  },
});
