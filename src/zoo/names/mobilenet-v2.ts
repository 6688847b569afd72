/** MobileNetV2 in PyTorch: torchvision numbers everything, timm groups blocks into stages. */
import { torchNaming } from "./torch.ts";

/** "block_7_depthwise_BN" → ["7", "depthwise", "_BN"]; the first block, "expanded_conv_…", has no number and no expansion. */
const BLOCK_LAYER = /^(?:block_(\d+)|expanded_conv)_(expand|depthwise|project)(_BN)?$/;

export const torchvisionMobilenetV2 = torchNaming({
  name: "torchvision",
  preprocess: "torch",
  module(layer) {
    const [match, id, part, norm] = BLOCK_LAYER.exec(layer) ?? [];
    if (!match) return TORCHVISION_ENDS.get(layer);
    const steps = id === undefined ? ["depthwise", "project"] : ["expand", "depthwise", "project"];
    const step = steps.indexOf(part!);
    if (step < 0) return undefined;
    const conv = `features.${Number(id ?? 0) + 1}.conv`;
    // All steps but the last are wrapped into a sequence of their own with their norm and activation.
    return part === "project" ? `${conv}.${norm ? step + 1 : step}` : `${conv}.${step}.${norm ? 1 : 0}`;
  },
});

const TORCHVISION_ENDS = new Map([
  ["Conv1", "features.0.0"],
  ["bn_Conv1", "features.0.1"],
  ["Conv_1", "features.18.0"],
  ["Conv_1_bn", "features.18.1"],
  ["predictions", "classifier.1"],
]);

export const timmMobilenetV2 = torchNaming({
  name: "timm",
  preprocess: "torch",
  module(layer) {
    const [match, id, part, norm] = BLOCK_LAYER.exec(layer) ?? [];
    if (!match) return TIMM_ENDS.get(layer);
    const index = Number(id ?? 0);
    const modules = TIMM_PARTS.get(part!)![id === undefined ? 0 : 1]!;
    return `blocks.${stageOf(index, STAGES)}.${modules[norm ? 1 : 0]}`;
  },
});

const TIMM_ENDS = new Map([
  ["Conv1", "conv_stem"],
  ["bn_Conv1", "bn1"],
  ["Conv_1", "conv_head"],
  ["Conv_1_bn", "bn2"],
  ["predictions", "classifier"],
]);

// prettier-ignore
/** Convolution and norm of each step: in the first block, which does not expand, and in all others. */
const TIMM_PARTS = new Map([
  ["expand", [[], ["conv_pw", "bn1"]]],
  ["depthwise", [["conv_dw", "bn1"], ["conv_dw", "bn2"]]],
  ["project", [["conv_pw", "bn2"], ["conv_pwl", "bn3"]]],
]);

/** Blocks per stage. */
const STAGES = [1, 2, 3, 4, 3, 3, 1];

/** 4 → "2.1": stage and position in it. @param stages blocks per stage */
export function stageOf(index: number, stages: readonly number[]): string {
  let position = index;
  let stage = 0;
  while (position >= stages[stage]!) position -= stages[stage++]!;
  return `${stage}.${position}`;
}
